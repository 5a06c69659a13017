import { ActionIcon, Tooltip } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import type { TrainingView } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { duration, text } from "../../components/format.ts";
import { Icon, type IconName } from "../../components/icon.tsx";
import { Panel } from "../../components/page-frame.tsx";
import { EmptyView } from "../../components/query-boundary.tsx";
import chart from "../../components/time-chart.module.css";
import classes from "./distributed-training.module.css";
import {
  moved,
  type Range,
  sharesOf,
  type Span,
  spanLooks,
  wholeRange,
  type WorkerShare,
  zoomed,
} from "./gantt.ts";

const rowHeight = 22;
const axisHeight = 18;
const nameWidth = 92;

/** What each worker did in the newest steps: a picture to zoom and drag, and a table. */
export function TimelinePanel({ view }: { readonly view: TrainingView }) {
  const [range, setRange] = useState<Range | null>(null);
  const [asTable, setAsTable] = useState(false);
  const { spans, clock } = view;
  const whole = useMemo(() => wholeRange(spans), [spans]);
  // A stretch that has scrolled out of what is kept shows the whole again.
  const shown = range !== null && range.to > whole.from && range.from < whole.to ? range : whole;
  const kinds = Object.keys(spanLooks).filter((kind) => spans.some((span) => span.kind === kind));
  return (
    <Panel
      title="Step timeline"
      id="timeline"
      tools={
        <span className={chart.tools}>
          <Tool name="Zoom in" icon="zoomIn" onClick={() => setRange(zoomed(shown, whole, 0.5))} />
          <Tool name="Zoom out" icon="zoomOut" onClick={() => setRange(zoomed(shown, whole, 2))} />
          <Tool
            name="Earlier"
            icon="previous"
            onClick={() => setRange(moved(shown, whole, (shown.from - shown.to) / 2))}
          />
          <Tool
            name="Later"
            icon="next"
            onClick={() => setRange(moved(shown, whole, (shown.to - shown.from) / 2))}
          />
          <Tool name="Show the whole timeline" icon="refresh" onClick={() => setRange(null)} />
          <Tool
            name={asTable ? "Show as picture" : "Show as table"}
            icon={asTable ? "chart" : "table"}
            onClick={() => setAsTable(!asTable)}
          />
        </span>
      }
    >
      <div className={classes.content}>
        {spans.length === 0 ? (
          <EmptyView>
            <p>No step has been timed yet: they come with the first checkpoint.</p>
          </EmptyView>
        ) : asTable ? (
          <SharesTable spans={spans} kinds={kinds} names={view.workers} />
        ) : (
          <>
            <Gantt spans={spans} view={view} shown={shown} whole={whole} onRange={setRange} />
            <ul className={classes.legend}>
              {kinds.map((kind) => (
                <li key={kind}>
                  <span
                    style={{
                      background: `var(${spanLooks[kind]!.color})`,
                      height: Math.max(3, 12 * spanLooks[kind]!.height),
                    }}
                  />
                  {spanLooks[kind]!.text}
                </li>
              ))}
              <li className="soft">
                {text(duration(shown.to - shown.from))} of {clock} time
              </li>
            </ul>
          </>
        )}
      </div>
    </Panel>
  );
}

function Tool(props: {
  readonly name: string;
  readonly icon: IconName;
  readonly onClick: () => void;
}) {
  return (
    <Tooltip label={props.name}>
      <ActionIcon size="sm" aria-label={props.name} onClick={props.onClick}>
        <Icon name={props.icon} />
      </ActionIcon>
    </Tooltip>
  );
}

interface GanttProps {
  readonly spans: readonly Span[];
  readonly view: TrainingView;
  readonly shown: Range;
  readonly whole: Range;
  readonly onRange: (range: Range) => void;
}

function Gantt({ spans, view, shown, whole, onRange }: GanttProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(600);
  const workers = useMemo(
    () => [...new Set(spans.map(({ worker }) => worker))].toSorted((a, b) => a - b),
    [spans],
  );
  const height = workers.length * rowHeight + axisHeight;
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const names = new Map(view.workers.map(({ id, name }) => [id, name]));
    if (canvas.current !== null) {
      draw(canvas.current, { spans, workers, names, shown, width, height });
    }
  });
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    // React listens passively, and could not keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      const center = (event.offsetX - nameWidth) / Math.max(1, width - nameWidth);
      const factor = event.deltaY + event.deltaX > 0 ? 1.25 : 0.8;
      onRange(zoomed(shown, whole, factor, Math.min(1, Math.max(0, center))));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [shown, whole, width, onRange]);
  const msPerPixel = (shown.to - shown.from) / Math.max(1, width - nameWidth);
  return (
    <canvas
      ref={canvas}
      className={classes.gantt}
      style={{ height }}
      role="img"
      aria-label={`Timeline of ${workers.length} workers over ${text(duration(shown.to - shown.from))}; the table has the sums`}
      title="Drag to move, Ctrl or Shift and wheel to zoom"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.buttons === 1) onRange(moved(shown, whole, -event.movementX * msPerPixel));
      }}
    />
  );
}

interface Drawing {
  readonly spans: readonly Span[];
  readonly workers: readonly number[];
  readonly names: ReadonlyMap<number, string>;
  readonly shown: Range;
  readonly width: number;
  readonly height: number;
}

function draw(canvas: HTMLCanvasElement, drawing: Drawing): void {
  const { spans, workers, names, shown, width, height } = drawing;
  const density = globalThis.devicePixelRatio;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  const context = canvas.getContext("2d");
  if (context === null) return;
  const look = getComputedStyle(canvas);
  const color = (name: string): string => look.getPropertyValue(name);
  context.scale(density, density);
  context.clearRect(0, 0, width, height);
  context.font = `12px ${look.fontFamily}`;
  context.textBaseline = "middle";
  const scale = (width - nameWidth) / (shown.to - shown.from);
  const rows = new Map(workers.map((worker, row) => [worker, row * rowHeight]));
  for (const [worker, top] of rows) {
    context.fillStyle = color("--ink-soft");
    context.fillText(
      names.get(worker) ?? `worker ${worker}`,
      0,
      top + rowHeight / 2,
      nameWidth - 6,
    );
    context.fillStyle = color("--line");
    context.fillRect(nameWidth, top + rowHeight - 1, width - nameWidth, 1);
  }
  context.save();
  context.beginPath();
  context.rect(nameWidth, 0, width - nameWidth, height);
  context.clip();
  // What is waited through is drawn under what is done meanwhile.
  for (const span of spans.toSorted(
    (a, b) => Number(b.kind === "wait") - Number(a.kind === "wait"),
  )) {
    if (span.toMs < shown.from || span.fromMs > shown.to) continue;
    const kind = spanLooks[span.kind];
    if (kind === undefined) continue;
    const left = nameWidth + (span.fromMs - shown.from) * scale;
    const room = rowHeight - 6;
    context.fillStyle = color(kind.color);
    context.fillRect(
      left,
      rows.get(span.worker)! + 2 + kind.top * room,
      Math.max(0.75, (span.toMs - span.fromMs) * scale - 0.5),
      kind.height * room,
    );
  }
  context.restore();
  context.fillStyle = color("--ink-soft");
  for (const [share, align] of [
    [0, "left"],
    [0.5, "center"],
    [1, "right"],
  ] as const) {
    context.textAlign = align;
    const at = shown.from + (shown.to - shown.from) * share;
    context.fillText(
      text(duration(at)),
      nameWidth + (width - nameWidth) * share,
      height - axisHeight / 2,
    );
  }
}

function SharesTable(props: {
  readonly spans: readonly Span[];
  readonly kinds: readonly string[];
  readonly names: TrainingView["workers"];
}) {
  const { spans, kinds, names } = props;
  const rows = useMemo(() => sharesOf(spans), [spans]);
  const columns: Column<WorkerShare>[] = [
    {
      id: "worker",
      header: "Worker",
      value: ({ worker }) => names.find(({ id }) => id === worker)?.name ?? `worker ${worker}`,
    },
    { id: "steps", header: "Steps", numeric: true, value: ({ steps }) => steps },
    ...kinds.map((kind) => ({
      id: kind,
      header: spanLooks[kind]!.text,
      numeric: true,
      value: ({ ms }: WorkerShare) => ms[kind] ?? 0,
      cell: ({ ms }: WorkerShare) => text(duration(ms[kind] ?? 0)),
    })),
  ];
  return (
    <DataTable
      label="Time of each worker"
      columns={columns}
      rows={rows}
      rowKey={({ worker }) => String(worker)}
      heightMax={260}
    />
  );
}
