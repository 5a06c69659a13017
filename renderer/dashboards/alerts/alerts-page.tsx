import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { AlertsOutput } from "../../../workers/analytics/contract.ts";
import { number } from "../../components/format.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { SideDrawer } from "../../components/side-drawer.tsx";
import { orpc } from "../../data/client.ts";
import type { Health } from "../../data/health.ts";
import { useLive } from "../../data/hooks.ts";
import { AlertDetails } from "./alert-details.tsx";
import { AlertTable, RuleTable } from "./alert-tables.tsx";

const route = getRouteApi("/alerts");
const refreshMs = 2_000;

export function AlertsPage(): React.JSX.Element {
  const { alert: selected } = route.useSearch();
  const navigate = route.useNavigate();
  const { paused, freshness } = useLive();
  const query = useQuery(
    orpc.analytics.alerts.list.queryOptions({
      input: {},
      refetchInterval: paused || freshness !== "live" ? false : refreshMs,
    }),
  );
  const open = (alert: string | undefined) =>
    void navigate({ search: () => (alert === undefined ? {} : { alert }) });
  const shown = [...(query.data?.active ?? []), ...(query.data?.history ?? [])].find(
    ({ id }) => id === selected,
  );
  const verdict = query.data && verdictOf(query.data);
  return (
    <PageFrame
      title="Alerts"
      live
      {...(verdict ? { health: verdict.health } : {})}
      verdict={verdict?.sentence ?? "Waiting for the analytics thread"}
      figures={query.data ? figuresOf(query.data) : []}
    >
      <Panel title="Active alerts" id="active">
        <QueryBoundary query={query} thread="analytics">
          {({ active }) => (
            <AlertTable
              label="Active alerts"
              alerts={active}
              selectedKey={selected}
              onOpen={({ id }) => open(id)}
              empty="No alert is pending or firing. Break a thread under Components to see one."
            />
          )}
        </QueryBoundary>
      </Panel>
      <Panel title="Resolved alerts" id="history">
        <QueryBoundary query={query} thread="analytics">
          {({ history, dropped }) => (
            <>
              <AlertTable
                label="Resolved alerts"
                alerts={history}
                selectedKey={selected}
                onOpen={({ id }) => open(id)}
                empty="No alert has ended since the analytics thread started."
              />
              {dropped > 0 && <p className="soft">{number(dropped)} older ones were dropped.</p>}
            </>
          )}
        </QueryBoundary>
      </Panel>
      <Panel title="Rules" id="rules">
        <QueryBoundary query={query} thread="analytics">
          {({ rules }) => <RuleTable rules={rules} />}
        </QueryBoundary>
      </Panel>
      <SideDrawer
        title={shown?.title ?? "Alert"}
        opened={selected !== undefined && query.data !== undefined}
        onClose={() => open(undefined)}
      >
        {shown ? (
          <AlertDetails alert={shown} key={shown.id} />
        ) : (
          <p>
            This alert is not known; it may have been forgotten or belonged to an earlier start.
          </p>
        )}
      </SideDrawer>
    </PageFrame>
  );
}

function verdictOf({ active, firing, pending }: AlertsOutput): {
  health: Health;
  sentence: string;
} {
  const loud = active.filter(
    ({ state, silencedUntil }) => state === "firing" && silencedUntil === null,
  );
  const silenced = firing - loud.length;
  const tail = `${silenced > 0 ? `, ${silenced} silenced` : ""}, ${pending} pending`;
  if (loud.length === 0) return { health: "healthy", sentence: `No alert is firing${tail}` };
  const critical = loud.some(({ severity }) => severity === "critical");
  const are = loud.length === 1 ? "alert is" : "alerts are";
  return {
    health: critical ? "failed" : "degraded",
    sentence: `${loud.length} ${are} firing${tail}`,
  };
}

function figuresOf({ active, firing, pending, history, rules }: AlertsOutput): FigureProps[] {
  const waiting = active.filter(
    ({ state, acknowledgedAt }) => state === "firing" && acknowledgedAt === null,
  ).length;
  const count = (value: number) => ({ value: number(value), unit: "" });
  return [
    { label: "Firing", quantity: count(firing), note: "normal: none", evidence: "active" },
    { label: "Not acknowledged", quantity: count(waiting), note: "of these", evidence: "active" },
    {
      label: "Pending",
      quantity: count(pending),
      note: "not held long enough",
      evidence: "active",
    },
    { label: "Resolved", quantity: count(history.length), note: "kept", evidence: "history" },
    {
      label: "Rules",
      quantity: count(rules.length),
      note: "evaluated each second",
      evidence: "rules",
    },
  ];
}
