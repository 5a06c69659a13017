import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ClusterOverview } from "../../../workers/microservices/contract.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { bytes, number, text } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import { useRefresh } from "../microservices/use-cluster.ts";
import classes from "./cluster.module.css";
import { EventsTable } from "./events-table.tsx";
import { FaultBanner } from "./fault-banner.tsx";
import { overviewHealth } from "./health.ts";

export function ClusterPage(): React.JSX.Element {
  const query = useQuery(
    orpc.microservices.cluster.overview.queryOptions({
      input: {},
      refetchInterval: useRefresh(2_000),
    }),
  );
  const { data } = query;
  return (
    <PageFrame
      title="Cluster"
      live
      {...(data && { health: overviewHealth[data.verdict] })}
      verdict={data?.sentence ?? "Waiting for the state of the cluster"}
      figures={data === undefined ? [] : figuresOf(data)}
    >
      <FaultBanner />
      <QueryBoundary query={query} thread="microservices">
        {(overview) => (
          <div className={classes.stack}>
            <div className={classes.columns}>
              <Zones overview={overview} />
              <Resources overview={overview} />
            </div>
            <Trouble overview={overview} />
            <Panel title="Warnings of the last ten minutes" id="warnings">
              <EventsTable label="Warnings" events={overview.warnings} heightMax={320} />
            </Panel>
          </div>
        )}
      </QueryBoundary>
    </PageFrame>
  );
}

function figuresOf({ nodes, pods, workloads, requests, capacity }: ClusterOverview): FigureProps[] {
  const of = (part: number, whole: number) => ({
    value: number(part),
    unit: `of ${number(whole)}`,
  });
  const share =
    capacity.cpuMillicores === 0 ? null : requests.cpuMillicores / capacity.cpuMillicores;
  return [
    {
      label: "Nodes ready",
      quantity: of(nodes.ready, nodes.total),
      note: `${number(nodes.cordoned)} cordoned`,
      evidence: "zones",
    },
    {
      label: "Pods ready",
      quantity: of(pods.ready, pods.total),
      note: `${number(pods.failing)} failing, ${number(pods.phases["Pending"] ?? 0)} pending`,
      evidence: "zones",
    },
    {
      label: "Workloads well",
      quantity: of(workloads.healthy, workloads.total),
      note: `${number(workloads.progressing)} degraded or in motion`,
      evidence: "trouble",
    },
    {
      label: "Workloads failing",
      quantity: { value: number(workloads.failing), unit: "" },
      note: "normal is 0",
      evidence: "trouble",
    },
    {
      label: "CPU asked for",
      quantity: share === null ? null : { value: (share * 100).toFixed(0), unit: "%" },
      note: "of what ready nodes offer",
      evidence: "resources",
    },
  ];
}

function Zones({ overview }: { readonly overview: ClusterOverview }) {
  return (
    <Panel title="Zones" id="zones">
      <ul className={classes.list}>
        {overview.nodes.zones.map(({ zone, total, ready, pods }) => (
          <li key={zone}>
            <StatusMark
              health={ready === total ? "healthy" : ready === 0 ? "failed" : "degraded"}
              word={zone || "no zone"}
            />{" "}
            {number(ready)} of {number(total)} nodes ready, {number(pods)} pods
          </li>
        ))}
      </ul>
      <p className={classes.hint}>
        <Link to="/cluster/nodes">All nodes</Link> · <Link to="/cluster/pods">All pods</Link>
      </p>
    </Panel>
  );
}

function Resources({ overview }: { readonly overview: ClusterOverview }) {
  const { capacity, requests, usage } = overview;
  const cores = (millicores: number) => `${(millicores / 1_000).toFixed(1)} cores`;
  return (
    <Panel title="Capacity" id="resources">
      <div className={classes.padded}>
        <Bar
          label="CPU"
          capacity={capacity.cpuMillicores}
          asked={requests.cpuMillicores}
          used={usage?.cpuMillicores ?? null}
          words={cores}
        />
        <Bar
          label="Memory"
          capacity={capacity.memoryBytes}
          asked={requests.memoryBytes}
          used={usage?.memoryBytes ?? null}
          words={(value) => text(bytes(value))}
        />
        <Bar
          label="Pods"
          capacity={capacity.pods}
          asked={requests.pods}
          used={null}
          words={(value) => number(value)}
        />
      </div>
    </Panel>
  );
}

function Bar(props: {
  readonly label: string;
  readonly capacity: number;
  readonly asked: number;
  readonly used: number | null;
  readonly words: (value: number) => string;
}) {
  const { label, capacity, asked, used, words } = props;
  const share = (value: number) => `${Math.min(100, (value / Math.max(1, capacity)) * 100)}%`;
  return (
    <div className={classes.bar}>
      <span>
        {label}: {words(asked)} asked for of {words(capacity)}
        {used === null ? "" : `, ${words(used)} used`}
      </span>
      <svg className={classes.track} width="100%" height="12" aria-hidden="true">
        <rect width={share(asked)} height="12" fill="var(--series-1)" fillOpacity="0.45" />
        {used !== null && <rect y="3" width={share(used)} height="6" fill="var(--series-2)" />}
      </svg>
    </div>
  );
}

function Trouble({ overview }: { readonly overview: ClusterOverview }) {
  const { worst } = overview.workloads;
  return (
    <Panel title="What is in the way" id="trouble">
      {worst.length === 0 ? (
        <p className={classes.hint}>Every workload holds what it should.</p>
      ) : (
        <ul className={classes.list}>
          {worst.map(({ kind, namespace, name, why }) => (
            <li key={`${kind} ${namespace}/${name}`}>
              <Link to="/cluster/workloads" search={{ filter: name }}>
                {kind} {namespace}/{name}
              </Link>
              : {why}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
