/** The pages of the learning machines. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "./root-route.ts";
import { experimentsSearch, forecastsSearch, labSearch, modelsSearch } from "./search-params.ts";

const getParentRoute = () => root;

const hub = createRoute({
  getParentRoute,
  path: "/learning",
  component: lazyRouteComponent(() => import("../dashboards/learning/hub-page.tsx"), "HubPage"),
});

const jobs = createRoute({
  getParentRoute,
  path: "/learning/jobs",
  component: lazyRouteComponent(() => import("../dashboards/learning/jobs-page.tsx"), "JobsPage"),
});

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

const devices = createRoute({
  getParentRoute,
  path: "/learning/devices",
  component: lazyRouteComponent(
    () => import("../dashboards/devices/devices-page.tsx"),
    "DevicesPage",
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

export const learningRoutes = [hub, jobs, forecasts, models, lab, experiments, devices] as const;
