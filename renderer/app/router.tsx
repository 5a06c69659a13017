import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { RouteError } from "../components/route-error.tsx";
import { PageSkeleton } from "../components/page-skeleton.tsx";
import { NotFoundPage } from "./not-found.tsx";
import {
  componentsSearch,
  consoleSearch,
  docsSearch,
  overviewSearch,
  quantumSearch,
} from "./search-params.ts";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });

const overview = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: overviewSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/overview/overview-page.tsx"),
    "OverviewPage",
  ),
});

const components = createRoute({
  getParentRoute: () => root,
  path: "/components",
  validateSearch: componentsSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/components/components-page.tsx"),
    "ComponentsPage",
  ),
});

const quantum = createRoute({
  getParentRoute: () => root,
  path: "/quantum",
  validateSearch: quantumSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/quantum/quantum-page.tsx"),
    "QuantumPage",
  ),
});

const consolePage = createRoute({
  getParentRoute: () => root,
  path: "/console",
  validateSearch: consoleSearch,
  component: lazyRouteComponent(() => import("../console/console-page.tsx"), "ConsolePage"),
});

const docs = createRoute({
  getParentRoute: () => root,
  path: "/docs",
  validateSearch: docsSearch,
  component: lazyRouteComponent(
    () => import("../console/reference/reference-page.tsx"),
    "ReferencePage",
  ),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings-page.tsx"), "SettingsPage"),
});

const routeTree = root.addChildren([overview, components, quantum, consolePage, docs, settings]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 150,
  defaultErrorComponent: RouteError,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
