/** The fleet in tables: what nodes use, how traffic spreads over them, what their caches do. */
import { useMemo } from "react";
import type { EdgeNode, RequestRecord } from "../../../workers/edge/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { bytes, duration, formatTime, number, percent, text } from "../../components/format.ts";
import { StatusMark } from "../../components/status-mark.tsx";
import { usePreferences } from "../../data/preferences.ts";
import classes from "./edge.module.css";

interface NodesProps {
  readonly nodes: readonly EdgeNode[];
  readonly onOpen: (id: string) => void;
}

const bytesPerMiB = 1_048_576;
const none = <span className="soft">none</span>;

const place: Column<EdgeNode> = { id: "node", header: "Node", value: ({ id }) => id };
const state: Column<EdgeNode> = {
  id: "state",
  header: "State",
  value: (node) => node.state,
  cell: (node) => <StatusMark health={node.state} word={node.state} />,
  width: "100px",
};

const placeColumns: readonly Column<EdgeNode>[] = [
  place,
  { id: "place", header: "Place", value: (node) => node.place },
  state,
  { id: "latitude", header: "Latitude", value: ({ latitude }) => latitude, numeric: true },
  { id: "longitude", header: "Longitude", value: ({ longitude }) => longitude, numeric: true },
  { id: "answered", header: "Answered", value: ({ completed }) => completed, numeric: true },
];

export function NodeList({ nodes, onOpen }: NodesProps) {
  return (
    <DataTable
      label="Edge nodes"
      columns={placeColumns}
      rows={nodes}
      rowKey={({ id }) => id}
      onOpen={({ id }) => onOpen(id)}
      heightMax={420}
    />
  );
}

const resourceColumns: readonly Column<EdgeNode>[] = [
  place,
  state,
  {
    id: "cpu",
    header: "CPU",
    value: ({ cpuFraction }) => cpuFraction,
    cell: ({ cpuFraction, capabilities }) => `${text(percent(cpuFraction))} of ${capabilities.cpu}`,
    numeric: true,
  },
  {
    id: "memory",
    header: "Memory",
    value: ({ memoryUsedBytes }) => memoryUsedBytes,
    cell: ({ memoryUsedBytes, capabilities }) =>
      `${text(bytes(memoryUsedBytes))} of ${text(bytes(capabilities.memory * bytesPerMiB))}`,
    numeric: true,
  },
  {
    id: "received",
    header: "Received",
    value: ({ receivedBytes }) => receivedBytes,
    cell: ({ receivedBytes }) => text(bytes(receivedBytes)),
    numeric: true,
  },
  {
    id: "sent",
    header: "Sent",
    value: ({ sentBytes }) => sentBytes,
    cell: ({ sentBytes }) => text(bytes(sentBytes)),
    numeric: true,
  },
  { id: "running", header: "In work", value: ({ running }) => running, numeric: true },
  { id: "queued", header: "Waiting", value: ({ queued }) => queued, numeric: true },
];

export function ResourceTable({ nodes, onOpen }: NodesProps) {
  return (
    <DataTable
      label="Resources of each node"
      columns={resourceColumns}
      rows={nodes}
      rowKey={({ id }) => id}
      onOpen={({ id }) => onOpen(id)}
      heightMax={300}
    />
  );
}

interface CacheRow {
  readonly id: string;
  readonly cache: EdgeNode["cache"];
  readonly serviceMs: number | null;
}

const hitRate = ({ cache: { hits, misses } }: CacheRow): number | null =>
  hits + misses === 0 ? null : hits / (hits + misses);
const shown = (value: number | null, write: (value: number) => string): React.ReactNode =>
  value === null ? none : write(value);

const cacheColumns: readonly Column<CacheRow>[] = [
  { id: "node", header: "Node", value: ({ id }) => id },
  {
    id: "rate",
    header: "Hit rate",
    value: hitRate,
    cell: (row) => shown(hitRate(row), (rate) => text(percent(rate))),
    numeric: true,
  },
  { id: "hits", header: "Hits", value: ({ cache }) => cache.hits, numeric: true },
  { id: "misses", header: "Misses", value: ({ cache }) => cache.misses, numeric: true },
  {
    id: "hit",
    header: "A hit takes",
    value: ({ cache }) => cache.hitMs,
    cell: ({ cache }) => shown(cache.hitMs, (ms) => text(duration(ms))),
    numeric: true,
  },
  {
    id: "compute",
    header: "Computing takes",
    value: ({ serviceMs }) => serviceMs,
    cell: ({ serviceMs }) => shown(serviceMs, (ms) => text(duration(ms))),
    numeric: true,
  },
  { id: "entries", header: "Entries", value: ({ cache }) => cache.entries, numeric: true },
  {
    id: "bytes",
    header: "Size",
    value: ({ cache }) => cache.bytes,
    cell: ({ cache }) => text(bytes(cache.bytes)),
    numeric: true,
  },
];

export function CacheTable({ nodes }: Pick<NodesProps, "nodes">) {
  return (
    <DataTable
      label="Caches of each node"
      columns={cacheColumns}
      rows={nodes}
      rowKey={({ id }) => id}
      heightMax={300}
    />
  );
}

const barsMax = 12;

/** How the answered requests spread; the table of nodes holds the same counts. */
export function LoadBars({ nodes }: Pick<NodesProps, "nodes">) {
  const total = nodes.reduce((sum, node) => sum + node.completed, 0);
  const busiest = useMemo(
    () => nodes.toSorted((a, b) => b.completed - a.completed).slice(0, barsMax),
    [nodes],
  );
  return (
    <ul className={`${classes.bars} ${classes.named}`} aria-label="Requests answered by each node">
      {busiest.map((node) => {
        const share = total === 0 ? 0 : node.completed / total;
        return (
          <li key={node.id}>
            <span>{node.place}</span>
            <span className={classes.track}>
              <span className={classes.bar} style={{ width: `${share * 100}%` }} />
            </span>
            <span className={classes.count}>
              {number(node.completed)} · {text(percent(share))}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

export function RequestTable({ requests }: { readonly requests: readonly RequestRecord[] }) {
  const { timeFormat } = usePreferences();
  const columns = useMemo<Column<RequestRecord>[]>(
    () => [
      {
        id: "time",
        header: "Time",
        value: ({ at }) => at,
        cell: ({ at }) => formatTime(at, timeFormat),
        width: "96px",
      },
      { id: "what", header: "What", value: ({ subject }) => subject },
      { id: "outcome", header: "Outcome", value: ({ outcome }) => outcome },
      {
        id: "from",
        header: "From",
        value: ({ from }) => from.place ?? `${from.latitude}, ${from.longitude}`,
      },
      { id: "node", header: "Node", value: ({ node }) => node },
      { id: "cache", header: "Cache", value: ({ cache }) => cache, width: "90px" },
      {
        id: "queue",
        header: "Queue",
        value: ({ queueMs }) => queueMs,
        cell: ({ queueMs }) => text(duration(queueMs)),
        numeric: true,
      },
      {
        id: "compute",
        header: "Compute",
        value: ({ computeMs }) => computeMs,
        cell: ({ computeMs }) => text(duration(computeMs)),
        numeric: true,
      },
      {
        id: "network",
        header: "Network (model)",
        value: ({ networkMs }) => networkMs,
        cell: ({ networkMs }) => text(duration(networkMs)),
        numeric: true,
      },
    ],
    [timeFormat],
  );
  return (
    <DataTable
      label="Recent routes"
      columns={columns}
      rows={requests}
      rowKey={({ requestId }) => requestId}
      heightMax={300}
      empty="No request yet: send one with the form."
    />
  );
}
