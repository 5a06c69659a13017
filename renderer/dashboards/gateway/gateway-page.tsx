import { getRouteApi } from "@tanstack/react-router";
import { Suspense, useCallback, useMemo } from "react";
import { DataTable } from "../../components/data-table.tsx";
import { duration, number, percent } from "../../components/format.ts";
import { lazily } from "../../components/lazily.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { LoadingSkeleton, QueryBoundary } from "../../components/query-boundary.tsx";
import { BalancingPanel } from "./balancing-panel.tsx";
import { routeRows, type RouteRow, serviceState } from "./gateway-rows.ts";
import classes from "./gateway.module.css";
import { routeColumns } from "./route-columns.tsx";
import { TrialPanel } from "./trial-panel.tsx";
import { useGateway } from "./use-gateway.ts";

const route = getRouteApi("/cluster/gateway");
const ConfigPanel = lazily(() => import("./config-panel.tsx"));

/** What the gateway carries, to whom, and by which configuration. */
export function GatewayPage(): React.JSX.Element {
  const { filter = "", route: chosen, service } = route.useSearch();
  const navigate = route.useNavigate();
  const { config, measures, implicit, now, before } = useGateway();
  const rows = useMemo(
    () => routeRows(config.data, measures.data, implicit.data?.routes ?? []),
    [config.data, measures.data, implicit.data],
  );
  const change = useCallback(
    (next: Record<string, unknown>) =>
      void navigate({
        search: (search) => ({ ...search, ...next }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const selected = rows.find(({ key }) => key === chosen);
  const services = measures.data?.services ?? [];
  return (
    <PageFrame
      title="API gateway"
      live
      {...(measures.data === undefined
        ? { health: "unknown" as const, verdict: "Waiting for the gateway" }
        : verdictOf(rows, services.map(serviceState)))}
    >
      <Panel title="Routes" id="routes">
        <QueryBoundary query={config} thread="microservices">
          {({ version, port }) => (
            <>
              <DataTable
                label="Routes of the gateway"
                columns={routeColumns}
                rows={rows}
                rowKey={({ key }) => key}
                onOpen={({ key, services: [first] }) =>
                  change({ route: key, ...(first !== undefined && { service: first }) })
                }
                selectedKey={chosen}
                filter={{
                  value: filter,
                  onChange: (next) => change({ filter: next || undefined }),
                }}
                heightMax={360}
                empty="No route yet: add one below under Configuration, or kubectl create ingress shop --rule=shop.localhost/=web:80."
              />
              <p className={classes.hint}>
                Version {version} of the configuration
                {port === null ? "" : `; routes are served at port ${port}`}. Latency and counts are
                of the time since the thread started. Enter on a row shows its backends.
              </p>
            </>
          )}
        </QueryBoundary>
      </Panel>
      <BalancingPanel
        query={measures}
        now={now}
        before={before}
        service={service}
        onService={(next) => change({ service: next })}
      />
      <TrialPanel route={selected?.config ?? null} port={config.data?.port ?? null} />
      <Suspense fallback={<LoadingSkeleton rows={8} />}>
        <ConfigPanel query={config} />
      </Suspense>
    </PageFrame>
  );
}

function verdictOf(
  rows: readonly RouteRow[],
  states: readonly { readonly health: "healthy" | "degraded" | "failed" }[],
) {
  // What a route carries is counted at its service once more.
  const all = rows.filter(({ source }) => source === "service");
  const sum = (of: (row: RouteRow) => number, list: readonly RouteRow[] = all) =>
    list.reduce((total, row) => total + of(row), 0);
  const [failed, degraded] = (["failed", "degraded"] as const).map(
    (health) => states.filter((each) => each.health === health).length,
  ) as [number, number];
  const requests = sum(({ requests: each }) => each);
  const errors = sum(({ errors: each }) => each);
  const slowest = rows.reduce((most, { latency }) => Math.max(most, latency.p99Ms ?? 0), 0);
  const bad = [
    failed > 0 ? `${number(failed)} of them can ask nobody` : "",
    degraded > 0 ? `${number(degraded)} with ejections or refusals` : "",
  ].filter((words) => words !== "");
  return {
    health:
      failed > 0
        ? ("failed" as const)
        : degraded > 0
          ? ("degraded" as const)
          : ("healthy" as const),
    verdict: `${number(rows.length)} ${rows.length === 1 ? "route" : "routes"} to ${number(states.length)} ${states.length === 1 ? "service" : "services"}${bad.length === 0 ? "" : `: ${bad.join(", ")}`}`,
    figures: [
      figure(
        "Requests",
        { value: number(sum((row) => row.requestsPerSecond)), unit: "/s" },
        "over the last ten seconds",
      ),
      figure(
        "Errors",
        requests === 0 ? null : percent(errors / requests),
        "of all since the start; 0 % is normal",
      ),
      figure("Slowest p99", slowest === 0 ? null : duration(slowest), "of any route"),
      figure(
        "Tried again",
        {
          value: number(sum(({ retries }) => retries) + sum(({ hedges }) => hedges ?? 0, rows)),
          unit: "",
        },
        "retries and hedges",
      ),
      figure(
        "Refused",
        { value: number(sum(({ refused }) => refused, rows)), unit: "" },
        "by limits or for want of an instance",
      ),
    ],
  };
}

const figure = (
  label: string,
  quantity: { readonly value: string; readonly unit: string } | null,
  note: string,
) => ({ label, quantity, note, evidence: "routes" });
