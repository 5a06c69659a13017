import "@xyflow/react/dist/base.css";
import { graphlib, layout } from "@dagrejs/dagre";
import { useMantineColorScheme, useComputedColorScheme } from "@mantine/core";
import { Link as RouteLink } from "@tanstack/react-router";
import {
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from "@xyflow/react";
import { useMemo } from "react";
import type { PlatformState, SubsystemId } from "../../../workers/service/contract.ts";
import { bytes, text } from "../../components/format.ts";
import { StatusMark } from "../../components/status-mark.tsx";
import { type Health, threadHealth } from "../../data/health.ts";
import classes from "./overview.module.css";
import type { Link } from "./topology-model.ts";

interface NodeData extends Record<string, unknown> {
  readonly title: string;
  readonly thread: SubsystemId | null;
  readonly health: Health | null;
  readonly word: string;
  readonly facts: string;
}
type ThreadNode = Node<NodeData, "thread">;

const nodeTypes = { thread: ThreadNodeView };
const size = { width: 184, height: 64 };

interface TopologyGraphProps {
  readonly state: PlatformState;
  readonly links: readonly Link[];
}

export default function TopologyGraph({ state, links }: TopologyGraphProps) {
  const scheme = useComputedColorScheme();
  const { colorScheme } = useMantineColorScheme();
  const shape = JSON.stringify([
    state.threads.map(({ id }) => id),
    links.map(({ from, to }) => [from, to]),
  ]);
  // The layout depends on who is there and who is linked, never on readings: nothing jumps.
  const positions = useMemo(() => place(shape), [shape]);
  const nodes = useMemo(
    () =>
      describeNodes(state).map((described) => ({
        ...described,
        position: positions.get(described.id) ?? { x: 0, y: 0 },
      })),
    [state, positions],
  );
  const edges = useMemo(() => links.map(edgeOf), [links]);
  return (
    <div
      className={classes.graph}
      role="group"
      aria-label="Graph of the threads; the list view has the same in words"
    >
      <ReactFlow
        key={shape}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={colorScheme === "auto" ? scheme : colorScheme}
        fitView
        fitViewOptions={{ padding: 0.12, maxZoom: 1.1 }}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: false }}
      >
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

function ThreadNodeView({ data }: NodeProps<ThreadNode>) {
  return (
    <div className={classes.node}>
      <Handle type="target" position={Position.Top} isConnectable={false} style={hidden} />
      <strong>
        {data.thread === null ? (
          data.title
        ) : (
          <RouteLink to="/components" search={{ thread: data.thread }}>
            {data.title}
          </RouteLink>
        )}
      </strong>
      {data.health === null ? (
        <span className="soft">{data.word}</span>
      ) : (
        <StatusMark health={data.health} word={data.word} />
      )}
      <span className="soft">{data.facts}</span>
      <Handle type="source" position={Position.Bottom} isConnectable={false} style={hidden} />
    </div>
  );
}

const hidden = { opacity: 0 } as const;

function describeNodes(state: PlatformState): Omit<ThreadNode, "position">[] {
  const { process } = state;
  return [
    node("page", {
      title: "This page",
      thread: null,
      health: null,
      word: "browser",
      facts: "state stream and API",
    }),
    node("supervisor", {
      title: "Supervisor",
      thread: null,
      health: null,
      word: `process ${process.pid}`,
      facts: `${text(bytes(process.residentBytes))} resident`,
    }),
    ...state.threads.map(({ id, title, state: now, port, vitals }) =>
      node(id, {
        title,
        thread: id,
        health: threadHealth(now),
        word: now,
        facts: [
          port === null ? "no port of its own" : `port ${port}`,
          ...(vitals ? [text(bytes(vitals.heapUsedBytes + vitals.externalBytes))] : []),
        ].join(", "),
      }),
    ),
  ];
}

function node(id: string, data: NodeData): Omit<ThreadNode, "position"> {
  return { id, type: "thread", data, ...size };
}

function edgeOf({ id, from, to, kind, errors, words }: Link): Edge {
  const color =
    errors > 0 ? "var(--failed)" : kind === "supervision" ? "var(--line-strong)" : "var(--accent)";
  return {
    id,
    source: from,
    target: to,
    ariaLabel: words,
    style: {
      stroke: color,
      strokeWidth: kind === "calls" ? 2 : 1,
      ...(kind === "supervision" || errors > 0
        ? { strokeDasharray: errors > 0 ? "6 3" : "2 4" }
        : {}),
    },
    markerEnd: { type: MarkerType.ArrowClosed, color },
  };
}

function place(shape: string): Map<string, { x: number; y: number }> {
  const [ids, pairs] = JSON.parse(shape) as [string[], [string, string][]];
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 40, ranksep: 48 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ["page", "supervisor", ...ids]) graph.setNode(id, { ...size });
  for (const [from, to] of pairs) graph.setEdge(from, to);
  layout(graph);
  return new Map(
    graph.nodes().map((id) => {
      const { x, y } = graph.node(id);
      return [id, { x: x - size.width / 2, y: y - size.height / 2 }];
    }),
  );
}
