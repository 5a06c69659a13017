import "@xyflow/react/dist/base.css";
import { useComputedColorScheme } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  useReactFlow,
  useStore as useFlowStore,
  ViewportPortal,
} from "@xyflow/react";
import { createContext, use, useEffect, useMemo, useState } from "react";
import type { Frame, MessageView, NodeFrame } from "./engine.worker.ts";
import { LogStrip } from "./log-strip.tsx";
import { Packets } from "./packets.tsx";
import ring from "./ring.module.css";
import { layoutRing, nodeSize, otherSide, type Point } from "./ring-layout.ts";
import { lookOf, RoleMark } from "./roles.tsx";

export interface RingHandlers {
  readonly selected: readonly number[];
  readonly onSelect: (id: number, extend: boolean) => void;
  readonly onMenu: (id: number, at: Point) => void;
  readonly onMessage: (message: MessageView, at: Point) => void;
  /** A key that was pressed on a node; true when it did something. */
  readonly onKey: (id: number, key: string) => boolean;
  /** The nodes that were dragged to the other side, all of them. */
  readonly onSides: (away: readonly number[]) => void;
}

type ServerNode = Node<{ readonly node: NodeFrame; readonly handlers: RingHandlers }, "server">;
type ZoneNode = Node<{ readonly dividerX: number }, "zone">;

const nodeTypes = { server: ServerView, zone: ZoneView };
const DragContext = createContext(false);

interface RingGraphProps extends RingHandlers {
  readonly frame: Frame;
}

export default function RingGraph({ frame, ...handlers }: RingGraphProps) {
  const scheme = useComputedColorScheme();
  const [dragged, setDragged] = useState<{ readonly id: string; readonly at: Point } | null>(null);
  const narrow = useMediaQuery("(width < 1200px)") ?? false;
  const ids = frame.nodes.map(({ id }) => id);
  const away = otherSide(frame);
  const shape = `${ids.length}`;
  const layout = layoutRing(ids, away, narrow);
  const nodes: (ServerNode | ZoneNode)[] = [
    {
      id: "zone",
      type: "zone",
      position: { x: 0, y: 0 },
      data: { dividerX: layout.dividerX },
      width: layout.width,
      height: layout.height,
      draggable: false,
      zIndex: -1,
    },
    ...frame.nodes.map((node): ServerNode => {
      const center = layout.positions.get(node.id) ?? { x: 0, y: 0 };
      const still = { x: center.x - nodeSize.width / 2, y: center.y - nodeSize.height / 2 };
      return {
        id: String(node.id),
        type: "server",
        position: dragged?.id === String(node.id) ? dragged.at : still,
        data: { node, handlers },
        ...nodeSize,
      };
    }),
  ];
  const edges = useEdges(frame);
  return (
    <DragContext value={dragged !== null}>
      <ReactFlow
        key={shape}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        fitView
        fitViewOptions={{ padding: 0.02, maxZoom: 1.15 }}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        zoomOnDoubleClick={false}
        panOnDrag={false}
        preventScrolling={false}
        nodeDragThreshold={6}
        style={transparent}
        onNodeDrag={(_, { id, position }) => setDragged({ id, at: position })}
        onNodeDragStop={(_, { id, position }) => {
          setDragged(null);
          const number = Number(id);
          const isAway = position.x + nodeSize.width / 2 > layout.dividerX;
          if (isAway === away.includes(number)) return;
          handlers.onSides(
            isAway ? [...away, number] : away.filter((candidate) => candidate !== number),
          );
        }}
      >
        <KeepFitted width={layout.width} />
        <ViewportPortal>
          <Packets frame={frame} positions={layout.positions} onPick={handlers.onMessage} />
        </ViewportPortal>
      </ReactFlow>
    </DragContext>
  );
}

/** Fits the picture again when its frame or its content changes in size. */
function KeepFitted({ width: content }: { readonly width: number }) {
  const { fitView } = useReactFlow();
  const width = useFlowStore((state) => state.width);
  const height = useFlowStore((state) => state.height);
  useEffect(() => {
    if (width * height * content > 0) void fitView({ padding: 0.02, maxZoom: 1.15 });
  }, [fitView, width, height, content]);
  return null;
}

function ZoneView({ data }: NodeProps<ZoneNode>) {
  const isDragging = use(DragContext);
  return (
    <div className={ring.zone} data-dragging={isDragging || undefined}>
      <span style={{ left: data.dividerX }} className={ring.divider} />
      <span style={{ left: data.dividerX + 12 }} className={ring.zoneLabel}>
        Cut off: drag nodes here
      </span>
    </div>
  );
}

function ServerView({ data: { node, handlers } }: NodeProps<ServerNode>) {
  const { id } = node;
  const look = lookOf(node);
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} style={centered} />
      <button
        type="button"
        className={ring.server}
        data-look={look}
        aria-pressed={handlers.selected.includes(id)}
        aria-keyshortcuts="c s x"
        onClick={(event) => handlers.onSelect(id, event.shiftKey)}
        onContextMenu={(event) => {
          event.preventDefault();
          const box = event.currentTarget.getBoundingClientRect();
          // The menu key comes without a place of its own.
          const isByKey = event.clientX === 0 && event.clientY === 0;
          handlers.onMenu(
            id,
            isByKey
              ? { x: box.left + box.width / 2, y: box.top + box.height / 2 }
              : { x: event.clientX, y: event.clientY },
          );
        }}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          if (handlers.onKey(id, event.key.toLowerCase())) event.preventDefault();
        }}
      >
        <span className={ring.serverHead}>
          <strong>Node {id}</strong>
          <RoleMark node={node} />
        </span>
        <span className={ring.serverFacts}>{factsOf(node)}</span>
        <LogStrip node={node} shown={6} />
      </button>
      <Handle type="source" position={Position.Top} isConnectable={false} style={centered} />
    </>
  );
}

function factsOf(node: NodeFrame): string {
  if (node.lying) return node.reason ?? "lies";
  if (node.reason !== null) return node.reason;
  const follows =
    node.leader === null || node.leader === node.id ? "" : `, follows\u00a0${node.leader}`;
  return `${node.termName} ${node.term}, commit ${node.commitIndex}${follows}`;
}

const transparent = { background: "transparent" } as const;
const centered = { top: "50%", left: "50%", opacity: 0, pointerEvents: "none" } as const;

function useEdges(frame: Frame): Edge[] {
  const key = JSON.stringify([frame.nodes.length, frame.cut]);
  return useMemo(() => {
    const [count, cut] = JSON.parse(key) as [number, [number, number][]];
    const isCut = new Set(cut.map(([from, to]) => `${from} ${to}`));
    const edges: Edge[] = [];
    for (let from = 1; from <= count; from++) {
      for (let to = from + 1; to <= count; to++) {
        const ways = [isCut.has(`${from} ${to}`), isCut.has(`${to} ${from}`)];
        const state = ways.every(Boolean) ? "cut" : ways.some(Boolean) ? "one-way" : "whole";
        edges.push({
          id: `${from}-${to}`,
          source: String(from),
          target: String(to),
          type: "straight",
          data: { state },
          style: edgeStyles[state],
        });
      }
    }
    return edges;
  }, [key]);
}

const edgeStyles = {
  whole: { stroke: "var(--line-strong)", strokeWidth: 1 },
  cut: { stroke: "var(--failed)", strokeWidth: 1, strokeDasharray: "2 7" },
  "one-way": { stroke: "var(--degraded)", strokeWidth: 1, strokeDasharray: "7 4" },
} as const;
