/** The pages of the learning machines. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "./root-route.ts";
import { modelsSearch } from "./search-params.ts";

const models = createRoute({
  getParentRoute: () => root,
  path: "/learning/models",
  validateSearch: modelsSearch,
  component: lazyRouteComponent(() => import("../dashboards/models/models-page.tsx"), "ModelsPage"),
});

export const learningRoutes = [models] as const;
