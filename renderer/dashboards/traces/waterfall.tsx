import { useMemo, useRef, useState } from "react";
import { duration, text } from "../../components/format.ts";
import { threadSeries } from "../../components/series.ts";
import { StatusMark } from "../../components/status-mark.tsx";
import { tickText, valueTicks } from "../../components/ticks.ts";
import { subsystemTitle } from "../../data/subsystem.ts";
import classes from "./traces.module.css";
import { visibleRows, type Waterfall, type WaterfallRow } from "./waterfall-model.ts";

interface WaterfallViewProps {
  readonly waterfall: Waterfall;
  readonly selected: string | undefined;
  readonly onSelect: (spanId: string) => void;
}

/** Spans by start, indented under their parents. A tree to screen readers and to the keyboard. */
export function WaterfallView({ waterfall, selected, onSelect }: WaterfallViewProps) {
  const { rows, durationMs } = waterfall;
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => visibleRows(rows, folded), [rows, folded]);
  const [active, setActive] = useState(0);
  const tree = useRef<HTMLDivElement>(null);

  const setFold = (spanId: string, closed: boolean) => {
    const next = new Set(folded);
    if (closed) next.add(spanId);
    else next.delete(spanId);
    setFolded(next);
  };
  const focus = (index: number) => {
    const next = Math.max(0, Math.min(shown.length - 1, index));
    setActive(next);
    tree.current?.querySelectorAll<HTMLElement>('[role="treeitem"]')[next]?.focus();
  };
  const onKeyDown = (event: React.KeyboardEvent, index: number, row: WaterfallRow) => {
    const { spanId } = row.span;
    const open = row.children > 0 && !folded.has(spanId);
    const actions: Record<string, () => void> = {
      ArrowDown: () => focus(index + 1),
      ArrowUp: () => focus(index - 1),
      Home: () => focus(0),
      End: () => focus(shown.length - 1),
      ArrowRight: () => (row.children > 0 && !open ? setFold(spanId, false) : focus(index + 1)),
      ArrowLeft: () => (open ? setFold(spanId, true) : focus(parentIndex(shown, index))),
      Enter: () => onSelect(spanId),
      " ": () => onSelect(spanId),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  return (
    <div className={classes.waterfall}>
      <Axis durationMs={durationMs} />
      <div role="tree" aria-label="Spans of the trace" ref={tree}>
        {shown.map((row, index) => (
          <SpanRow
            key={row.span.spanId}
            row={row}
            durationMs={durationMs}
            folded={folded.has(row.span.spanId)}
            selected={row.span.spanId === selected}
            tabIndex={index === Math.min(active, shown.length - 1) ? 0 : -1}
            onFocus={() => setActive(index)}
            onKeyDown={(event) => onKeyDown(event, index, row)}
            onSelect={() => onSelect(row.span.spanId)}
            onFold={() => setFold(row.span.spanId, !folded.has(row.span.spanId))}
          />
        ))}
      </div>
    </div>
  );
}

function parentIndex(rows: readonly WaterfallRow[], index: number): number {
  const depth = rows[index]?.depth ?? 0;
  for (let above = index - 1; above >= 0; above -= 1) {
    if ((rows[above]?.depth ?? 0) < depth) return above;
  }
  return index;
}

/** Marks at round times; the last one may lie beyond the end and is left out. */
function Axis({ durationMs }: { readonly durationMs: number }) {
  const ticks = valueTicks(durationMs).filter((tick) => tick <= durationMs);
  return (
    <div className={classes.axis} aria-hidden="true">
      <span className={classes.axisName}>Span</span>
      <div className={classes.track}>
        {ticks.map((tick) => (
          <span key={tick} style={{ left: `${share(tick, durationMs)}%` }}>
            {tickText(text(duration(tick)))}
          </span>
        ))}
      </div>
    </div>
  );
}

interface SpanRowProps {
  readonly row: WaterfallRow;
  readonly durationMs: number;
  readonly folded: boolean;
  readonly selected: boolean;
  readonly tabIndex: number;
  readonly onFocus: () => void;
  readonly onKeyDown: (event: React.KeyboardEvent) => void;
  readonly onSelect: () => void;
  readonly onFold: () => void;
}

function SpanRow(props: SpanRowProps) {
  const { row, durationMs, folded, selected } = props;
  const { span, depth, children, offsetMs } = row;
  const failed = span.status === "error";
  const left = share(offsetMs, durationMs);
  const width = share(span.durationMs, durationMs);
  const took = text(duration(span.durationMs));
  return (
    <div
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={selected}
      aria-expanded={children > 0 ? !folded : undefined}
      className={classes.span}
      data-selected={selected || undefined}
      tabIndex={props.tabIndex}
      onFocus={props.onFocus}
      onKeyDown={props.onKeyDown}
      onClick={(event) => {
        const onMark = (event.target as HTMLElement).dataset["open"] !== undefined;
        if (onMark) props.onFold();
        else props.onSelect();
      }}
    >
      <span className={classes.spanName} style={{ paddingLeft: `${depth * 14}px` }}>
        <span className={classes.fold} data-open={children > 0 ? !folded : undefined} />
        {failed && <StatusMark health="failed" word="failed" hideWord />}
        <span className={classes.spanText} title={span.name}>
          {span.name}
        </span>
        <span className="soft">{subsystemTitle(span.subsystem)}</span>
      </span>
      <span className={classes.track}>
        <span
          className={classes.bar}
          data-failed={failed || undefined}
          style={{
            left: `${left}%`,
            width: `max(3px, ${width}%)`,
            color: threadSeries(span.subsystem).color,
          }}
        />
        <span className={classes.took} style={{ left: `max(3px, ${left + width}%)` }}>
          {took}
        </span>
      </span>
      <span className="visually-hidden">after {text(duration(offsetMs))}</span>
    </div>
  );
}

function share(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.min(100, (part / whole) * 100);
}
