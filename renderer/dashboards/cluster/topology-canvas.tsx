import { Button } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";
import classes from "./cluster.module.css";
import { type Box, middleOf, overlap, type Route, routeOf } from "./edge-route.ts";
import { nodeSize, type Picture, type PictureEdge, type PictureNode } from "./topology-model.ts";

interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

interface TopologyCanvasProps {
  readonly picture: Picture;
  readonly onPick: (node: PictureNode) => void;
}

const scales = { min: 0.05, max: 2 } as const;
/** Below this a label could not be read. */
const labelScaleMin = 0.4;
const clickMovementMax = 4;
const edgeLabelsMax = 60;

/** One canvas, however many nodes: only what is in view is drawn. The list view is its twin. */
export function TopologyCanvas({ picture, onPick }: TopologyCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [camera, setCamera] = useState<Camera | null>(null);
  const drag = useRef<{ x: number; y: number; moved: number } | null>(null);
  const fit = useCallback(() => setCamera(null), []);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const draw = () => paint(element, picture, camera ?? fitted(element, picture));
    const frame = requestAnimationFrame(draw);
    const sizes = new ResizeObserver(draw);
    const themes = new MutationObserver(draw);
    sizes.observe(element);
    themes.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    return () => {
      cancelAnimationFrame(frame);
      sizes.disconnect();
      themes.disconnect();
    };
  }, [picture, camera]);

  const zoom = useCallback(
    (factor: number, at?: { readonly x: number; readonly y: number }) => {
      const element = canvas.current;
      if (element === null) return;
      setCamera((before) => {
        const from = before ?? fitted(element, picture);
        const scale = Math.min(scales.max, Math.max(scales.min, from.scale * factor));
        const x = at?.x ?? element.clientWidth / 2;
        const y = at?.y ?? element.clientHeight / 2;
        const ratio = scale / from.scale;
        return { scale, x: x - (x - from.x) * ratio, y: y - (y - from.y) * ratio };
      });
    },
    [picture],
  );
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const onWheel = (event: WheelEvent) => {
      // As elsewhere: the wheel alone scrolls the page.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(event.deltaY > 0 ? 0.85 : 1.18, { x: event.offsetX, y: event.offsetY });
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [zoom]);

  return (
    <div>
      <div className={classes.tools}>
        <Button variant="default" onClick={() => zoom(1.3)}>
          Zoom in
        </Button>
        <Button variant="default" onClick={() => zoom(1 / 1.3)}>
          Zoom out
        </Button>
        <Button variant="default" onClick={fit}>
          Fit
        </Button>
        <span className="soft">
          Width: requests a second; dashed red: errors. Click a group to open it, drag to move.
        </span>
      </div>
      <canvas
        ref={canvas}
        className={classes.canvas}
        role="img"
        aria-label={`Mesh of ${picture.nodes.length} groups and services with ${picture.edges.length} connections; the list view has the same in words`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY, moved: 0 };
        }}
        onPointerMove={(event) => {
          const last = drag.current;
          if (last === null) return;
          const dx = event.clientX - last.x;
          const dy = event.clientY - last.y;
          const moved = last.moved + Math.abs(dx) + Math.abs(dy);
          drag.current = { x: event.clientX, y: event.clientY, moved };
          const element = event.currentTarget;
          setCamera((before) => {
            const from = before ?? fitted(element, picture);
            return { ...from, x: from.x + dx, y: from.y + dy };
          });
        }}
        onPointerUp={(event) => {
          const wasClick = (drag.current?.moved ?? 0) <= clickMovementMax;
          drag.current = null;
          if (!wasClick) return;
          const { x, y, scale } = camera ?? fitted(event.currentTarget, picture);
          const { offsetX, offsetY } = event.nativeEvent;
          const hit = picture.nodes.find((node) => {
            const [dx, dy] = [(offsetX - x) / scale - node.x, (offsetY - y) / scale - node.y];
            return dx >= 0 && dy >= 0 && dx <= nodeSize.width && dy <= nodeSize.height;
          });
          if (hit !== undefined) onPick(hit);
        }}
      />
    </div>
  );
}

const margin = 24;

function fitted(
  { clientWidth, clientHeight }: HTMLCanvasElement,
  { width, height }: Picture,
): Camera {
  const scale = Math.min(
    1.1,
    (clientWidth - 2 * margin) / Math.max(1, width),
    (clientHeight - 2 * margin) / Math.max(1, height),
  );
  const used = Math.max(scales.min, scale);
  return {
    scale: used,
    x: Math.max(margin, (clientWidth - width * used) / 2),
    y: Math.max(margin, (clientHeight - height * used) / 2),
  };
}

function paint(element: HTMLCanvasElement, picture: Picture, camera: Camera): void {
  const context = element.getContext("2d");
  if (context === null) return;
  const ratio = globalThis.devicePixelRatio;
  const { clientWidth: width, clientHeight: height } = element;
  const size = { width: Math.floor(width * ratio), height: Math.floor(height * ratio) };
  if (element.width !== size.width) element.width = size.width;
  if (element.height !== size.height) element.height = size.height;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  const style = getComputedStyle(element);
  // Asking for a colour makes the browser bring its styles up to date: once for each is enough.
  const colors = new Map<string, string>();
  const color = (name: string) => {
    const known = colors.get(name) ?? style.getPropertyValue(`--${name}`).trim();
    colors.set(name, known);
    return known;
  };
  context.setTransform(
    ratio * camera.scale,
    0,
    0,
    ratio * camera.scale,
    ratio * camera.x,
    ratio * camera.y,
  );
  const view = {
    left: -camera.x / camera.scale,
    top: -camera.y / camera.scale,
    right: (width - camera.x) / camera.scale,
    bottom: (height - camera.y) / camera.scale,
  };
  const places = new Map(picture.nodes.map((node) => [node.id, node]));
  const routes = picture.edges.flatMap((edge) => {
    const [from, to] = [places.get(edge.from), places.get(edge.to)];
    return from && to ? [{ edge, route: routeOf(from, to) }] : [];
  });
  for (const { edge, route } of routes) {
    if (isInView(route, view)) paintEdge(context, edge, route, color);
  }
  for (const node of picture.nodes) {
    const isSeen =
      node.x < view.right &&
      node.x + nodeSize.width > view.left &&
      node.y < view.bottom &&
      node.y + nodeSize.height > view.top;
    if (isSeen) paintNode(context, node, color, camera.scale >= labelScaleMin);
  }
  if (camera.scale >= labelScaleMin) paintLabels(context, routes, picture.nodes, color);
}

interface View {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A cubic curve stays among its ends and bends; arrow heads stand out a little. */
function isInView({ start, bends: [first, second], end }: Route, view: View): boolean {
  const points = [start, first, second, end];
  return !(
    points.every(({ x }) => x < view.left - margin) ||
    points.every(({ x }) => x > view.right + margin) ||
    points.every(({ y }) => y < view.top - margin) ||
    points.every(({ y }) => y > view.bottom + margin)
  );
}

type Color = (name: string) => string;

function paintEdge(
  context: CanvasRenderingContext2D,
  edge: PictureEdge,
  { start, bends, end }: Route,
  color: Color,
): void {
  const isFailing = edge.errorsPerSecond > 0;
  const [first, second] = bends;
  const width = Math.min(7, 1 + Math.log2(1 + edge.requestsPerSecond) / 1.5);
  context.strokeStyle = color(isFailing ? "failed" : "accent");
  context.fillStyle = context.strokeStyle;
  context.globalAlpha = 0.75;
  context.lineWidth = width;
  context.setLineDash(isFailing ? [7, 4] : []);
  context.beginPath();
  context.moveTo(start.x, start.y);
  context.bezierCurveTo(first.x, first.y, second.x, second.y, end.x, end.y);
  context.stroke();
  context.setLineDash([]);
  const head = 6 + width;
  const side = Math.sign(second.x - end.x) * head;
  context.beginPath();
  context.moveTo(end.x, end.y);
  context.lineTo(end.x + side, end.y - head / 2);
  context.lineTo(end.x + side, end.y + head / 2);
  context.fill();
  context.globalAlpha = 1;
}

/** What edges say, the busiest first; one that would lie over another or over a node is left out. */
function paintLabels(
  context: CanvasRenderingContext2D,
  routes: readonly { readonly edge: PictureEdge; readonly route: Route }[],
  nodes: readonly PictureNode[],
  color: Color,
): void {
  const taken: Box[] = nodes.map(({ x, y }) => ({ x, y, ...nodeSize }));
  context.font = "11px sans-serif";
  context.textAlign = "center";
  context.lineWidth = 3;
  context.strokeStyle = color("surface");
  context.fillStyle = color("ink");
  const busiest = routes.toSorted((a, b) => b.edge.requestsPerSecond - a.edge.requestsPerSecond);
  for (const { edge, route } of busiest.slice(0, edgeLabelsMax)) {
    const label = edgeLabel(edge);
    const { x, y } = middleOf(route);
    const { width } = context.measureText(label);
    const box = { x: x - width / 2 - 2, y: y - 11, width: width + 4, height: 15 };
    if (taken.some((other) => overlap(box, other))) continue;
    taken.push(box);
    context.strokeText(label, x, y);
    context.fillText(label, x, y);
  }
}

function edgeLabel({ requestsPerSecond, errorsPerSecond, p99Ms }: PictureEdge): string {
  const errors = errorsPerSecond > 0 ? `, ${errorsPerSecond.toFixed(1)} err/s` : "";
  const latency = p99Ms === null ? "" : `, p99 ${p99Ms.toFixed(0)} ms`;
  return `${requestsPerSecond.toFixed(1)}/s${errors}${latency}`;
}

function paintNode(
  context: CanvasRenderingContext2D,
  node: PictureNode,
  color: Color,
  withLabel: boolean,
): void {
  context.fillStyle = color("surface");
  context.strokeStyle = color(node.isGroup ? "ink-soft" : "line-strong");
  context.lineWidth = node.isGroup ? 2 : 1;
  context.beginPath();
  context.roundRect(node.x, node.y, nodeSize.width, nodeSize.height, 6);
  context.fill();
  context.stroke();
  context.fillStyle = color(node.health);
  paintMark(context, node);
  if (!withLabel) return;
  context.textAlign = "left";
  context.fillStyle = color("ink");
  context.font = "600 12px sans-serif";
  context.fillText(node.label, node.x + 26, node.y + 18, nodeSize.width - 32);
  context.fillStyle = color("ink-soft");
  context.font = "11px sans-serif";
  context.fillText(node.detail, node.x + 26, node.y + 34, nodeSize.width - 32);
}

/** The shapes of the status marks: circle, triangle, diamond, ring. */
function paintMark(context: CanvasRenderingContext2D, { health, x, y }: PictureNode): void {
  const [cx, cy] = [x + 13, y + 14];
  context.beginPath();
  if (health === "degraded") {
    context.moveTo(cx, cy - 6);
    context.lineTo(cx + 6, cy + 5);
    context.lineTo(cx - 6, cy + 5);
  } else if (health === "failed") {
    context.moveTo(cx, cy - 6);
    context.lineTo(cx + 6, cy);
    context.lineTo(cx, cy + 6);
    context.lineTo(cx - 6, cy);
  } else {
    context.arc(cx, cy, 5, 0, 2 * Math.PI);
    if (health === "unknown") context.arc(cx, cy, 3, 0, 2 * Math.PI, true);
  }
  context.fill();
}
