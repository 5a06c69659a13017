import type { UseQueryResult } from "@tanstack/react-query";
import type { GatewayMeasures } from "../../../workers/microservices/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { duration, number, percent, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import {
  type BackendRow,
  backendRows,
  backendState,
  type Reading,
  serviceState,
} from "./gateway-rows.ts";
import classes from "./gateway.module.css";

type ServiceMeasures = GatewayMeasures["services"][number];

const soft = <span className="soft">none</span>;

const serviceColumns: readonly Column<ServiceMeasures>[] = [
  { id: "service", header: "Service", value: ({ service }) => service },
  { id: "balancer", header: "Balancing", value: ({ balancer }) => balancer },
  {
    id: "breaker",
    header: "Breakers",
    value: (each) => serviceState(each).word,
    cell: (each) => <StatusMark {...serviceState(each)} />,
  },
  {
    id: "backends",
    header: "Backends",
    value: ({ endpoints }) => endpoints.length,
    cell: ({ endpoints }) =>
      `${endpoints.filter(({ healthy, ejected }) => healthy && !ejected).length} of ${endpoints.length}`,
    numeric: true,
  },
  { id: "flight", header: "In flight", value: ({ requests }) => requests, numeric: true },
  {
    id: "retries",
    header: "Retries now",
    value: ({ retries }) => retries,
    cell: ({ retries, retryLimit }) => `${retries} of ${retryLimit}`,
    numeric: true,
  },
  {
    id: "overflows",
    header: "Breakers refused",
    value: ({ overflows }) => overflows,
    numeric: true,
  },
  {
    id: "connections",
    header: "Connections",
    value: ({ connections }) => connections,
    numeric: true,
  },
];

const backendColumns: readonly Column<BackendRow>[] = [
  { id: "backend", header: "Backend", value: ({ id }) => id },
  { id: "address", header: "Address", value: ({ address }) => address },
  {
    id: "state",
    header: "State",
    value: (row) => backendState(row).word,
    cell: (row) => <StatusMark {...backendState(row)} />,
  },
  { id: "weight", header: "Weight", value: ({ weight }) => weight, numeric: true },
  {
    id: "now",
    header: "Now, req/s",
    value: ({ perSecond }) => perSecond,
    cell: ({ perSecond }) => (perSecond === null ? soft : number(perSecond)),
    numeric: true,
  },
  {
    id: "share",
    header: "Share",
    value: ({ share }) => share,
    cell: ({ share }) => (share === null ? soft : <Share of={share} />),
    width: "180px",
  },
  { id: "requests", header: "Requests", value: ({ requests }) => requests, numeric: true },
  { id: "errors", header: "Errors", value: ({ errors }) => errors, numeric: true },
  { id: "flight", header: "In flight", value: ({ inFlight }) => inFlight, numeric: true },
  {
    id: "p50",
    header: "p50",
    value: ({ latency }) => latency.p50Ms,
    cell: ({ latency }) => (latency.p50Ms === null ? soft : text(duration(latency.p50Ms))),
    numeric: true,
  },
  {
    id: "p99",
    header: "p99",
    value: ({ latency }) => latency.p99Ms,
    cell: ({ latency }) => (latency.p99Ms === null ? soft : text(duration(latency.p99Ms))),
    numeric: true,
  },
  { id: "ejections", header: "Ejected, times", value: ({ ejections }) => ejections, numeric: true },
];

interface BalancingPanelProps {
  readonly query: UseQueryResult<GatewayMeasures, unknown>;
  readonly now: Reading | null;
  readonly before: Reading | null;
  readonly service: string | undefined;
  readonly onService: (service: string) => void;
}

/** Who gets how many, who is kept out, and what the breakers hold. */
export function BalancingPanel(props: BalancingPanelProps) {
  const { query, now, before, service, onService } = props;
  return (
    <Panel title="Balancing" id="balancing">
      <QueryBoundary query={query} thread="microservices">
        {({ services }) => {
          const chosen = services.find((each) => each.service === service) ?? busiest(services);
          return (
            <>
              <DataTable
                label="Services behind the gateway"
                columns={serviceColumns}
                rows={services}
                rowKey={(each) => each.service}
                onOpen={(each) => onService(each.service)}
                selectedKey={chosen?.service}
                heightMax={260}
                empty="No service has an instance yet: kubectl create deployment web --image=nginx makes one."
              />
              {chosen !== undefined && now !== null && (
                <>
                  <h3 className={classes.subtitle}>Backends of {chosen.service}</h3>
                  <DataTable
                    label={`Backends of ${chosen.service}`}
                    columns={backendColumns}
                    rows={backendRows(chosen.service, now, before)}
                    rowKey={({ key }) => key}
                    heightMax={320}
                  />
                </>
              )}
            </>
          );
        }}
      </QueryBoundary>
    </Panel>
  );
}

function busiest(services: readonly ServiceMeasures[]): ServiceMeasures | undefined {
  const total = ({ endpoints }: ServiceMeasures) =>
    endpoints.reduce((sum, { requests }) => sum + requests, 0);
  return services.toSorted((a, b) => total(b) - total(a))[0];
}

function Share({ of }: { readonly of: number }) {
  return (
    <span className={classes.share}>
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect width={100 * of} height="8" />
      </svg>
      {text(percent(of))}
    </span>
  );
}
