/** The pages of the learning machines. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "./root-route.ts";
import { experimentsSearch, forecastsSearch, labSearch, modelsSearch } from "./search-params.ts";

const getParentRoute = () => root;

const models = createRoute({
  getParentRoute,
  path: "/learning/models",
  validateSearch: modelsSearch,
  component: lazyRouteComponent(() => import("../dashboards/models/models-page.tsx"), "ModelsPage"),
});

const lab = createRoute({
  getParentRoute,
  path: "/learning/lab",
  validateSearch: labSearch,
  component: lazyRouteComponent(() => import("../dashboards/learning/lab-page.tsx"), "LabPage"),
});

const experiments = createRoute({
  getParentRoute,
  path: "/learning/experiments",
  validateSearch: experimentsSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/learning/experiments-page.tsx"),
    "ExperimentsPage",
  ),
});

const forecasts = createRoute({
  getParentRoute,
  path: "/learning/forecasts",
  validateSearch: forecastsSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/forecasts/forecasts-page.tsx"),
    "ForecastsPage",
  ),
});

export const learningRoutes = [forecasts, models, lab, experiments] as const;
