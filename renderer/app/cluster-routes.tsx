/** The pages of the cluster. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "./root-route.ts";
import {
  clusterGatewaySearch,
  clusterListSearch,
  clusterPodsSearch,
  clusterRegistrySearch,
  clusterTopologySearch,
} from "./search-params.ts";

const getParentRoute = () => root;

const cluster = createRoute({
  getParentRoute,
  path: "/cluster",
  component: lazyRouteComponent(
    () => import("../dashboards/cluster/cluster-page.tsx"),
    "ClusterPage",
  ),
});

const workloads = createRoute({
  getParentRoute,
  path: "/cluster/workloads",
  validateSearch: clusterListSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/cluster/workloads-page.tsx"),
    "WorkloadsPage",
  ),
});

const rollout = createRoute({
  getParentRoute,
  path: "/cluster/rollouts/$namespace/$name",
  component: lazyRouteComponent(
    () => import("../dashboards/cluster/rollout-page.tsx"),
    "RolloutPage",
  ),
});

const pods = createRoute({
  getParentRoute,
  path: "/cluster/pods",
  validateSearch: clusterPodsSearch,
  component: lazyRouteComponent(() => import("../dashboards/cluster/pods-page.tsx"), "PodsPage"),
});

const nodes = createRoute({
  getParentRoute,
  path: "/cluster/nodes",
  validateSearch: clusterListSearch,
  component: lazyRouteComponent(() => import("../dashboards/cluster/nodes-page.tsx"), "NodesPage"),
});

const events = createRoute({
  getParentRoute,
  path: "/cluster/events",
  validateSearch: clusterListSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/cluster/events-page.tsx"),
    "ClusterEventsPage",
  ),
});

const registry = createRoute({
  getParentRoute,
  path: "/cluster/registry",
  validateSearch: clusterRegistrySearch,
  component: lazyRouteComponent(
    () => import("../dashboards/registry/registry-page.tsx"),
    "RegistryPage",
  ),
});

const gateway = createRoute({
  getParentRoute,
  path: "/cluster/gateway",
  validateSearch: clusterGatewaySearch,
  component: lazyRouteComponent(
    () => import("../dashboards/gateway/gateway-page.tsx"),
    "GatewayPage",
  ),
});

const topology = createRoute({
  getParentRoute,
  path: "/cluster/topology",
  validateSearch: clusterTopologySearch,
  component: lazyRouteComponent(
    () => import("../dashboards/cluster/topology-page.tsx"),
    "TopologyPage",
  ),
});

const chaos = createRoute({
  getParentRoute,
  path: "/cluster/chaos",
  component: lazyRouteComponent(() => import("../dashboards/cluster/chaos-page.tsx"), "ChaosPage"),
});

export const clusterRoutes = [
  cluster,
  workloads,
  rollout,
  pods,
  nodes,
  events,
  registry,
  gateway,
  topology,
  chaos,
] as const;
