import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { duration, number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import type { Health } from "../../data/health.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { DeploymentsPanel } from "./deployments-panel.tsx";
import { EventsPanel } from "./events-panel.tsx";
import { GatewayPanel } from "./gateway-panel.tsx";
import { MeshPanel } from "./mesh-panel.tsx";
import { OrchestrationPanel } from "./orchestration-panel.tsx";
import { PodDrawer } from "./pod-drawer.tsx";
import { PodsPanel } from "./pods-panel.tsx";
import { RegistryPanel } from "./registry-panel.tsx";
import { useRefresh } from "./use-cluster.ts";

const route = getRouteApi("/microservices");

export function MicroservicesPage(): React.JSX.Element {
  const { pod } = route.useSearch();
  const navigate = route.useNavigate();
  const status = useQuery(
    orpc.microservices.status.queryOptions({ input: {}, refetchInterval: useRefresh(1_000) }),
  );
  const { data } = status;
  const open = (name: string | undefined) =>
    void navigate({ search: (search) => ({ ...search, pod: name }), resetScroll: false });
  return (
    <PageFrame
      title="Microservices"
      live
      {...(data ? { health: healthOf[data.verdict] } : {})}
      verdict={data?.sentence ?? "Waiting for the first state of the cluster"}
      figures={data ? figuresOf(data) : []}
    >
      {status.isError && !data ? (
        <Panel title="The cluster does not answer">
          <QueryBoundary query={status} thread="microservices">
            {() => null}
          </QueryBoundary>
        </Panel>
      ) : (
        <>
          <OrchestrationPanel />
          <DeploymentsPanel />
          <PodsPanel selected={pod} onOpen={open} />
          <RegistryPanel />
          <GatewayPanel />
          <MeshPanel />
          <EventsPanel />
          <PodDrawer name={pod} onClose={() => open(undefined)} />
        </>
      )}
    </PageFrame>
  );
}

type Status = Awaited<ReturnType<typeof orpc.microservices.status.call>>;

const healthOf: Record<Status["verdict"], Health> = {
  healthy: "healthy",
  degraded: "degraded",
  idle: "unknown",
};

function figuresOf({ pods, services, deployments, gateway }: Status): FigureProps[] {
  const of = (part: number, whole: number) => ({
    value: `${number(part)} of ${number(whole)}`,
    unit: "",
  });
  return [
    {
      label: "Pods ready",
      quantity: of(pods.ready, pods.desired),
      note: `${pods.failing} failing, ${number(pods.restarts)} restarts`,
      evidence: "pods",
    },
    {
      label: "Deployments available",
      quantity: of(deployments.available, deployments.total),
      note: `${deployments.progressing} in progress`,
      evidence: "deployments",
    },
    {
      label: "Healthy instances",
      quantity: of(services.healthy, services.instances),
      note: `of ${services.total} services`,
      evidence: "registry",
    },
    {
      label: "Gateway",
      quantity: { value: gateway.requestsPerSecond.toFixed(1), unit: "req/s" },
      note: `${number(gateway.requests)} in all, ${number(gateway.errors)} failed`,
      evidence: "gateway",
    },
    {
      label: "Latency p99",
      quantity: gateway.p99Ms === null ? { value: "none", unit: "" } : duration(gateway.p99Ms),
      note:
        gateway.openCircuits === 0 ? "all circuits closed" : `${gateway.openCircuits} not closed`,
      evidence: "gateway",
    },
  ];
}
