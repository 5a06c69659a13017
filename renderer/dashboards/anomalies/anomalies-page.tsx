import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { number } from "../../components/format.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { PageFrame } from "../../components/page-frame.tsx";
import { type ApiClient, orpc } from "../../data/client.ts";
import { useRefresh } from "../analytics/use-refresh.ts";
import classes from "./anomalies.module.css";
import { FeedbackPanel } from "./feedback-panel.tsx";
import { LiveTab } from "./live-tab.tsx";
import { OwnDataTab } from "./own-data-tab.tsx";
import { SessionsPanel } from "./sessions-panel.tsx";

const route = getRouteApi("/analytics/anomalies");

/** The anomaly console: what stands out now, what people said of it, and data of one's own. */
export function AnomaliesPage(): React.JSX.Element {
  const { tab = "live", anomaly, filter = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const refetchInterval = useRefresh();
  const list = useQuery(
    orpc.analytics.anomalies.list.queryOptions({ input: { limit: 500 }, refetchInterval }),
  );
  const status = useQuery(orpc.analytics.status.queryOptions({ input: {}, refetchInterval }));
  const feedback = useQuery(
    orpc.analytics.detection.feedback.queryOptions({
      input: {},
      refetchInterval: useRefresh(5_000),
    }),
  );
  return (
    <PageFrame
      title="Anomalies"
      live
      {...(status.data && list.data ? { health: healthOf(status.data, list.data) } : {})}
      verdict={
        status.data && list.data
          ? verdictOf(status.data, list.data)
          : "Waiting for the analytics thread"
      }
      figures={
        status.data && list.data
          ? figuresOf(status.data, list.data, feedback.data?.adjustments ?? [])
          : []
      }
    >
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) =>
          void navigate({
            search: (search) => ({ ...search, tab: next === "own" ? "own" : undefined }),
          })
        }
      >
        <Tabs.List aria-label="Whose data">
          <Tabs.Tab value="live">Live</Tabs.Tab>
          <Tabs.Tab value="own">Your data</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="live" pt="sm">
          <LiveTab
            query={list}
            selected={anomaly}
            filter={filter}
            onSelect={(id) =>
              void navigate({ search: (search) => ({ ...search, anomaly: id }), replace: true })
            }
            onFilter={(text) =>
              void navigate({
                search: (search) => ({ ...search, filter: text === "" ? undefined : text }),
                replace: true,
              })
            }
          />
          <FeedbackPanel query={feedback} />
        </Tabs.Panel>
        <Tabs.Panel value="own" pt="sm">
          <div className={classes.details}>
            <OwnDataTab />
            <SessionsPanel />
          </div>
        </Tabs.Panel>
      </Tabs>
    </PageFrame>
  );
}

type Status = Awaited<ReturnType<ApiClient["analytics"]["status"]>>;
type List = Awaited<ReturnType<ApiClient["analytics"]["anomalies"]["list"]>>;
type Adjustments = Awaited<
  ReturnType<ApiClient["analytics"]["detection"]["feedback"]>
>["adjustments"];

function healthOf({ series, warmingUp }: Status, { open }: List) {
  if (open > 0) return "degraded";
  return warmingUp === series ? "unknown" : "healthy";
}

function verdictOf({ series, warmingUp }: Status, { open }: List): string {
  const watched = `${series - warmingUp} of ${series} series are watched`;
  const warming = warmingUp === 0 ? "" : `, ${warmingUp} warm up`;
  if (open === 0) return `Nothing unusual now; ${watched}${warming}`;
  return `${open} ${open === 1 ? "series is" : "series are"} unusual now; ${watched}${warming}`;
}

function figuresOf(
  { falsePositiveRate }: Status,
  { anomalies, total, open }: List,
  adjustments: Adjustments,
): FigureProps[] {
  const labelled = anomalies.filter(({ label }) => label !== null);
  const wrong = labelled.filter(({ label }) => label?.verdict === "false alarm").length;
  const raised = adjustments.filter(({ factor }) => factor > 1).length;
  const count = (value: number) => ({ value: number(value), unit: "" });
  return [
    { label: "Going on", quantity: count(open), note: "normal: none", evidence: "list" },
    { label: "Found", quantity: count(total), note: "since the thread started", evidence: "list" },
    {
      label: "Labelled",
      quantity: count(labelled.length),
      note: `${wrong} of them false alarms`,
      evidence: "feedback",
    },
    {
      label: "Thresholds raised",
      quantity: { value: number(raised), unit: "series" },
      note: "by labels",
      evidence: "feedback",
    },
    {
      label: "False alarms promised",
      quantity: { value: number(falsePositiveRate * 1e4), unit: "in 10,000" },
      note: "readings of stationary noise, at most",
      evidence: "feedback",
    },
  ];
}
