import "@xyflow/react/dist/base.css";
import { graphlib, layout } from "@dagrejs/dagre";
import { useComputedColorScheme } from "@mantine/core";
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
import type { MeshEdge } from "../../../workers/microservices/contract.ts";
import { duration, number, text } from "../../components/format.ts";
import { StatusMark } from "../../components/status-mark.tsx";
import classes from "./microservices.module.css";

interface MeshNode {
  readonly name: string;
  readonly kind: "gateway" | "service";
  readonly healthy: number;
}
type NodeData = Record<string, unknown> & MeshNode;
type FlowNode = Node<NodeData, "service">;

const nodeTypes = { service: ServiceNode };
const size = { width: 168, height: 48 };
const hidden = { opacity: 0 } as const;

interface MeshGraphProps {
  readonly nodes: readonly MeshNode[];
  readonly edges: readonly MeshEdge[];
}

export default function MeshGraph({ nodes, edges }: MeshGraphProps) {
  const scheme = useComputedColorScheme();
  const shape = JSON.stringify([
    nodes.map(({ name }) => name),
    edges.map(({ from, to }) => [from, to]),
  ]);
  // The layout depends on who is there and who called whom, never on readings: nothing jumps.
  const positions = useMemo(() => place(shape), [shape]);
  const flowNodes = useMemo(
    () =>
      nodes.map((node): FlowNode => ({
        id: node.name,
        type: "service",
        data: { ...node },
        position: positions.get(node.name) ?? { x: 0, y: 0 },
        ...size,
      })),
    [nodes, positions],
  );
  const flowEdges = useMemo(() => edges.map(edgeOf), [edges]);
  return (
    <div
      className={classes.graph}
      role="group"
      aria-label="Graph of the service mesh; the list view has the same in words"
    >
      <ReactFlow
        key={shape}
        nodes={flowNodes}
        edges={flowEdges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        fitView
        fitViewOptions={{ padding: 0.12, maxZoom: 1.1 }}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        preventScrolling={false}
      >
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

function ServiceNode({ data }: NodeProps<FlowNode>) {
  return (
    <div className={classes.node}>
      <Handle type="target" position={Position.Left} isConnectable={false} style={hidden} />
      <strong>{data.name}</strong>
      {data.kind === "gateway" ? (
        <span className="soft">requests from outside</span>
      ) : (
        <StatusMark
          health={data.healthy > 0 ? "healthy" : "failed"}
          word={`${data.healthy} healthy`}
        />
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} style={hidden} />
    </div>
  );
}

/** Width shows the rate, colour and pattern the errors. */
function edgeOf(edge: MeshEdge): Edge {
  const { from, to, requests, errors, requestsPerSecond, p99Ms } = edge;
  const color = errors > 0 ? "var(--failed)" : "var(--accent)";
  const failed = errors > 0 ? `, ${number(errors)} failed` : "";
  const latency = p99Ms === null ? "" : `, p99 ${text(duration(p99Ms))}`;
  const words = `${number(requests)} requests${failed}${latency}`;
  return {
    id: `${from} ${to}`,
    source: from,
    target: to,
    ariaLabel: `${from} calls ${to}: ${words}`,
    label: words,
    style: {
      stroke: color,
      strokeWidth: Math.min(6, 1 + Math.log2(1 + requestsPerSecond)),
      ...(errors > 0 ? { strokeDasharray: "6 3" } : {}),
    },
    markerEnd: { type: MarkerType.ArrowClosed, color },
  };
}

function place(shape: string): Map<string, { x: number; y: number }> {
  const [names, pairs] = JSON.parse(shape) as [string[], [string, string][]];
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 24, ranksep: 260 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const name of names) graph.setNode(name, { ...size });
  for (const [from, to] of pairs) graph.setEdge(from, to);
  layout(graph);
  return new Map(
    graph.nodes().map((name) => {
      const { x, y } = graph.node(name);
      return [name, { x: x - size.width / 2, y: y - size.height / 2 }];
    }),
  );
}
