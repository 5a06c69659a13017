import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import type { ClusterNode } from "../../../workers/microservices/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { bytes, number, text } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { useAct, useRefresh } from "../microservices/use-cluster.ts";
import classes from "./cluster.module.css";
import { DeleteObjects } from "./delete-objects.tsx";
import { nodeHealthOf } from "./health.ts";
import { ObjectDrawer } from "./object-drawer.tsx";
import { readReference, type Reference, referenceText } from "./references.ts";

const route = getRouteApi("/cluster/nodes");

const referenceOf = (name: string): Reference => ({ resource: "nodes", namespace: "", name });
const cores = (millicores: number | null) =>
  millicores === null ? "" : (millicores / 1_000).toFixed(1);

const columns: readonly Column<ClusterNode>[] = [
  { id: "name", header: "Node", value: ({ name }) => name },
  { id: "zone", header: "Zone", value: ({ zone }) => zone, width: "110px" },
  {
    id: "state",
    header: "State",
    value: (node) => nodeHealthOf(node).word,
    cell: (node) => <StatusMark {...nodeHealthOf(node)} />,
    width: "170px",
  },
  {
    id: "pods",
    header: "Pods",
    value: ({ pods }) => pods,
    cell: ({ pods, allocatable }) => `${number(pods)}/${number(allocatable.pods)}`,
    numeric: true,
  },
  {
    id: "requested-cpu",
    header: "CPU asked, cores",
    value: ({ requests }) => requests.cpuMillicores,
    cell: ({ requests, allocatable }) =>
      `${cores(requests.cpuMillicores)}/${cores(allocatable.cpuMillicores)}`,
    numeric: true,
  },
  {
    id: "cpu",
    header: "CPU used, cores",
    value: ({ cpuMillicores }) => cpuMillicores,
    cell: ({ cpuMillicores }) => cores(cpuMillicores),
    numeric: true,
  },
  {
    id: "requested-memory",
    header: "Memory asked",
    value: ({ requests }) => requests.memoryBytes,
    cell: ({ requests }) => text(bytes(requests.memoryBytes)),
    numeric: true,
  },
  {
    id: "memory",
    header: "Memory used",
    value: ({ memoryBytes }) => memoryBytes,
    cell: ({ memoryBytes }) => (memoryBytes === null ? "" : text(bytes(memoryBytes))),
    numeric: true,
  },
  { id: "taints", header: "Taints", value: ({ taints }) => taints.join(", ") },
];

export function NodesPage(): React.JSX.Element {
  const { filter = "", open, tab } = route.useSearch();
  const navigate = route.useNavigate();
  const [deleting, setDeleting] = useState<readonly Reference[]>([]);
  const query = useQuery(
    orpc.microservices.cluster.nodes.queryOptions({
      input: {},
      refetchInterval: useRefresh(2_000),
    }),
  );
  const change = (next: Record<string, unknown>) =>
    void navigate({
      search: (search) => ({ ...search, ...next }),
      replace: true,
      resetScroll: false,
    });
  const nodes = query.data?.nodes ?? [];
  const ready = nodes.filter((node) => node.ready === "True").length;
  const selected = nodes.find(({ name }) => referenceText(referenceOf(name)) === open);
  return (
    <PageFrame
      title="Nodes"
      live
      health={query.data === undefined ? "unknown" : ready === nodes.length ? "healthy" : "failed"}
      verdict={
        query.data === undefined
          ? "Waiting for the list of nodes"
          : `${number(ready)} of ${number(nodes.length)} nodes are ready`
      }
    >
      <Drains />
      <Panel title="All nodes" id="nodes">
        {selected !== undefined && (
          <NodeControls node={selected} onTab={(next) => change({ tab: next })} />
        )}
        <QueryBoundary query={query} thread="microservices">
          {(answer) => (
            <DataTable
              label="Nodes"
              columns={columns}
              rows={answer.nodes}
              rowKey={({ name }) => referenceText(referenceOf(name))}
              selectedKey={open}
              onOpen={({ name }) =>
                change({ open: referenceText(referenceOf(name)), tab: undefined })
              }
              filter={{
                value: filter,
                onChange: (value) => change({ filter: value || undefined }),
              }}
              heightMax={640}
              empty="The cluster has no node yet: kubectl get nodes shows them as they join."
            />
          )}
        </QueryBoundary>
      </Panel>
      <ObjectDrawer
        open={tab === undefined ? undefined : open}
        tab={tab}
        onChange={(next) => change("open" in next ? { tab: undefined } : next)}
        onDelete={(object) => setDeleting([object])}
      />
      <DeleteObjects
        objects={deleting}
        onClose={() => {
          setDeleting([]);
          if (readReference(open) !== null) change({ open: undefined, tab: undefined });
        }}
      />
    </PageFrame>
  );
}

function NodeControls(props: {
  readonly node: ClusterNode;
  readonly onTab: (tab: "yaml" | "events") => void;
}) {
  const { name, cordoned } = props.node;
  const mayAct = useMay("operator");
  const { cluster } = client.microservices;
  const toggle = useAct(cordoned ? cluster.uncordon : cluster.cordon, () =>
    cordoned ? `Uncordoned ${name}` : `Cordoned ${name}`,
  );
  const drain = useAct(cluster.drain.start, () => `Draining ${name}`);
  return (
    <section className={classes.padded} aria-label={`Controls of ${name}`}>
      <div className={classes.row}>
        <strong>{name}</strong>
        <Button
          variant="default"
          disabled={!mayAct}
          loading={toggle.isPending}
          onClick={() => toggle.mutate({ node: name })}
        >
          {cordoned ? `Uncordon ${name}` : `Cordon ${name}`}
        </Button>
        <Button
          variant="default"
          disabled={!mayAct}
          loading={drain.isPending}
          onClick={() => drain.mutate({ node: name })}
        >
          Drain {name}
        </Button>
        <Link to="/cluster/pods" search={{ filter: `node:${name}` }}>
          Its pods
        </Link>
        <Button variant="default" onClick={() => props.onTab("yaml")}>
          YAML
        </Button>
        <Button variant="default" onClick={() => props.onTab("events")}>
          Events
        </Button>
      </div>
    </section>
  );
}

/** Drains under way, each with what is left and a way to stop it. */
function Drains() {
  const mayAct = useMay("operator");
  const { data } = useQuery(
    orpc.microservices.cluster.drain.list.queryOptions({
      input: {},
      refetchInterval: useRefresh(1_000),
    }),
  );
  const cancel = useAct(client.microservices.cluster.drain.cancel, () => "Drain cancelled");
  const shown = (data?.drains ?? []).slice(0, 5);
  if (shown.length === 0) return null;
  return (
    <Panel title="Drains" id="drains">
      <div className={classes.padded}>
        {shown.map(({ id, node, state, total, left, sentence }) => (
          <div key={id} className={classes.row}>
            <strong>{node}</strong>
            <progress
              max={Math.max(1, total)}
              value={Math.max(0, total - left.length)}
              aria-label={`Drain of ${node}`}
            />
            <span role="status">
              {state}: {left.length} of {total} pods left. {sentence}
            </span>
            {state === "draining" && (
              <Button variant="default" disabled={!mayAct} onClick={() => cancel.mutate({ id })}>
                Stop draining {node}
              </Button>
            )}
          </div>
        ))}
      </div>
    </Panel>
  );
}
