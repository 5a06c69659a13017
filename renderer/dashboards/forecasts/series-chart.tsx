import { useEffect, useMemo, useRef, useState } from "react";
import { type Point, roundTicks, spanOf, thinned } from "./chart-scale.ts";
import classes from "./forecasts.module.css";

export interface ChartLine {
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
  readonly dash?: string;
  /** Place of the first value on the shared axis. */
  readonly start: number;
  readonly values: readonly (number | null)[];
  /** Bars from zero instead of a line. */
  readonly isBars?: boolean;
}

export interface ChartBand {
  readonly name: string;
  readonly start: number;
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

interface Props {
  readonly label: string;
  readonly lines: readonly ChartLine[];
  readonly bands?: readonly ChartBand[];
  /** Level lines, such as bounds of noise or a limit. */
  readonly levels?: readonly { readonly name: string; readonly y: number }[];
  /** Where the forecast begins. */
  readonly divide?: number;
  readonly height: number;
  readonly withZero?: boolean;
  readonly xText: (x: number) => string;
  readonly yText: (y: number) => string;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

const margin = { top: 8, right: 12, bottom: 22, left: 62 };
const shownMin = 4;

/**
 * Lines and fans over one axis. Dragging zooms; by keyboard the arrows read values, + and - zoom,
 * 0 shows all. Drawn here because a chart library takes too long for 2,000 values.
 */
export function SeriesChart(props: Props) {
  const { label, lines, bands = [], height, xText, yText } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const whole = useMemo(() => wholeOf(lines), [lines]);
  const [zoom, setZoom] = useState<Range | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const [drag, setDrag] = useState<number | null>(null);
  const shown = zoom ?? whole;
  const inner = Math.max(1, width - margin.left - margin.right);
  const at = (clientX: number) => {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    const x = shown.from + ((clientX - left - margin.left) / inner) * (shown.to - shown.from);
    return Math.round(Math.min(shown.to, Math.max(shown.from, x)));
  };
  const zoomTo = (from: number, to: number) => {
    const [low, high] = [Math.max(whole.from, from), Math.min(whole.to, to)];
    if (high - low < shownMin) return;
    setZoom(low <= whole.from && high >= whole.to ? null : { from: low, to: high });
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const here = cursor ?? shown.to;
    const span = shown.to - shown.from;
    const step = event.shiftKey ? Math.max(1, Math.round(span / 10)) : 1;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => setCursor(Math.max(shown.from, here - step)),
      ArrowRight: () => setCursor(Math.min(shown.to, here + step)),
      Home: () => setCursor(shown.from),
      End: () => setCursor(shown.to),
      "+": () => zoomTo(Math.round(here - span / 4), Math.round(here + span / 4)),
      "-": () => zoomTo(Math.round(shown.from - span / 2), Math.round(shown.to + span / 2)),
      "0": () => setZoom(null),
      Escape: () => setCursor(null),
    };
    const act = actions[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const read = cursor === null ? null : readingsAt(cursor, lines, bands, yText);
  return (
    <div className={classes.chart}>
      <ul className={classes.legend}>
        {lines.map(({ name, color, dash }) => (
          <li key={name}>
            <svg width="18" height="8" aria-hidden="true">
              <path d="M0 4H18" stroke={color} strokeWidth="2" strokeDasharray={dash} />
            </svg>
            {name}
          </li>
        ))}
        {bands.map(({ name }, i) => (
          <li key={name}>
            <svg width="18" height="10" aria-hidden="true">
              <rect width="18" height="10" fill="var(--series-3)" opacity={bandOpacity(i)} />
            </svg>
            {name}
          </li>
        ))}
      </ul>
      {/* The keyboard is how the chart is read without a pointer. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={box}
        role="application"
        aria-roledescription="chart"
        aria-label={`${label}. Arrow keys read values, plus and minus zoom, 0 shows all.`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className={classes.canvas}
        style={{ height }}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => setDrag(at(event.clientX))}
        onPointerMove={(event) => setCursor(at(event.clientX))}
        onPointerLeave={() => {
          setCursor(null);
          setDrag(null);
        }}
        onPointerUp={(event) => {
          const here = at(event.clientX);
          if (drag !== null && drag !== here) zoomTo(Math.min(drag, here), Math.max(drag, here));
          setDrag(null);
        }}
        onDoubleClick={() => setZoom(null)}
      >
        <Picture {...props} width={width} shown={shown} cursor={cursor} drag={drag} />
      </div>
      <p className={classes.reading} role="status" aria-label={`Value of ${label}`}>
        {read === null || cursor === null ? (
          <span className="soft">
            {zoom === null ? "Drag to zoom." : "Double click or 0 shows all."}
          </span>
        ) : (
          <>
            <strong>{xText(cursor)}</strong> {read}
          </>
        )}
      </p>
    </div>
  );
}

interface PictureProps extends Props {
  readonly width: number;
  readonly shown: Range;
  readonly cursor: number | null;
  readonly drag: number | null;
}

function Picture({ cursor, drag, ...props }: PictureProps) {
  const { width, height, shown } = props;
  const x = scaleOf(shown.from, shown.to, margin.left, width - margin.right);
  return (
    <svg width={width} height={height} aria-hidden="true">
      <Drawing {...props} />
      {cursor !== null && drag !== null && cursor !== drag && (
        <rect
          x={x(Math.min(cursor, drag))}
          width={x(Math.max(cursor, drag)) - x(Math.min(cursor, drag))}
          y={margin.top}
          height={height - margin.top - margin.bottom}
          fill="var(--accent)"
          opacity={0.15}
        />
      )}
      {cursor !== null && (
        <path
          d={`M${x(cursor)} ${margin.top}V${height - margin.bottom}`}
          stroke="var(--line-strong)"
        />
      )}
    </svg>
  );
}

/** All but the cursor, made anew only when what is shown changes. */
function Drawing(props: Omit<PictureProps, "cursor" | "drag">) {
  const { lines, bands, levels, divide, height, width, shown, withZero, xText, yText } = props;
  return useMemo(() => {
    const visible = lines.map((line) => ({ ...line, points: pointsOf(line, shown) }));
    const fans = (bands ?? []).map(({ name, start, lower, upper }) => ({
      name,
      lower: pointsOf({ start, values: lower }, shown),
      upper: pointsOf({ start, values: upper }, shown),
    }));
    // Zoomed into the past, the forecast is not in sight.
    const seen = fans.filter(({ upper }) => upper.length > 0);
    const all = [
      ...visible.map(({ points }) => points),
      ...seen.flatMap((f) => [f.lower, f.upper]),
    ];
    const ys = all.flatMap((points) => points.flatMap(({ y }) => (y === null ? [] : [y])));
    const [low, high] = spanOf(
      [...ys, ...(levels ?? []).map((level) => level.y)],
      withZero ?? false,
    );
    const x = scaleOf(shown.from, shown.to, margin.left, width - margin.right);
    const y = scaleOf(low, high, height - margin.bottom, margin.top);
    const marks = roundTicks(shown.from, shown.to).filter(Number.isInteger);
    return (
      <g>
        {roundTicks(low, high).map((tick) => (
          <g key={tick}>
            <path
              d={`M${margin.left} ${y(tick)}H${width - margin.right}`}
              className={classes.grid}
            />
            <text x={margin.left - 6} y={y(tick) + 4} textAnchor="end" className={classes.tick}>
              {yText(tick)}
            </text>
          </g>
        ))}
        {marks.map((tick) => (
          <text key={tick} x={x(tick)} y={height - 6} textAnchor="middle" className={classes.tick}>
            {xText(tick)}
          </text>
        ))}
        {seen.map(({ name, lower, upper }, i) => (
          <path
            key={name}
            d={`${pathOf(upper, x, y)}${pathOf([...lower].toReversed(), x, y).replace("M", "L")}Z`}
            fill="var(--series-3)"
            opacity={bandOpacity(i)}
          />
        ))}
        {divide !== undefined && divide > shown.from && divide < shown.to && (
          <path
            d={`M${x(divide)} ${margin.top}V${height - margin.bottom}`}
            stroke="var(--line-strong)"
            strokeDasharray="2 3"
          />
        )}
        {(levels ?? []).map((level) => (
          <path
            key={level.name}
            d={`M${margin.left} ${y(level.y)}H${width - margin.right}`}
            stroke="var(--series-5)"
            strokeDasharray="4 3"
          />
        ))}
        {visible.map(({ name, color, dash, points, isBars }) => (
          <path
            key={name}
            d={isBars ? barsOf(points, x, y) : pathOf(points, x, y)}
            stroke={color}
            strokeWidth={isBars ? 3 : 1.5}
            fill="none"
            strokeDasharray={dash}
          />
        ))}
      </g>
    );
  }, [lines, bands, levels, divide, height, width, shown, withZero, xText, yText]);
}

/** The widest first in the list is the palest, those within lie over it. */
function bandOpacity(index: number): number {
  return 0.16 + 0.06 * index;
}

function wholeOf(lines: readonly ChartLine[]): Range {
  const from = Math.min(...lines.map(({ start }) => start));
  const to = Math.max(...lines.map(({ start, values }) => start + values.length - 1));
  return Number.isFinite(from) ? { from, to: Math.max(from + 1, to) } : { from: 0, to: 1 };
}

function pointsOf(
  { start, values }: Pick<ChartLine, "start" | "values">,
  { from, to }: Range,
): readonly Point[] {
  const first = Math.max(0, Math.floor(from) - start);
  const part = values.slice(first, Math.max(0, Math.ceil(to) - start + 1));
  return thinned(part.map((y, i) => ({ x: start + first + i, y })));
}

type Scale = (value: number) => number;

function scaleOf(from: number, to: number, start: number, end: number): Scale {
  const factor = (end - start) / (to - from || 1);
  return (value) => Math.round((start + (value - from) * factor) * 10) / 10;
}

function pathOf(points: readonly Point[], x: Scale, y: Scale): string {
  let isOpen = false;
  let path = "";
  for (const point of points) {
    if (point.y !== null) path += `${isOpen ? "L" : "M"}${x(point.x)} ${y(point.y)}`;
    isOpen = point.y !== null;
  }
  return path;
}

function barsOf(points: readonly Point[], x: Scale, y: Scale): string {
  return points.map((p) => (p.y === null ? "" : `M${x(p.x)} ${y(0)}V${y(p.y)}`)).join("");
}

function readingsAt(
  x: number,
  lines: readonly ChartLine[],
  bands: readonly ChartBand[],
  yText: (y: number) => string,
): string {
  const of = lines.flatMap(({ name, start, values }) => {
    const value = values[x - start];
    return value === undefined || value === null ? [] : [`${name} ${yText(value)}`];
  });
  const within = bands.flatMap(({ name, start, lower, upper }) => {
    const [low, high] = [lower[x - start], upper[x - start]];
    return low === undefined || high === undefined
      ? []
      : [`${name} ${yText(low)} to ${yText(high)}`];
  });
  return [...of, ...within].join(", ");
}

function useWidth(box: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.max(200, element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
