import { useState } from "react";
import {
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { axisLook, gridLook } from "../../components/chart-look.ts";
import { number } from "../../components/format.ts";
import chart from "../../components/time-chart.module.css";
import classes from "./anomalies.module.css";
import type { Windows } from "./own-data.ts";
import { plotRows, type PlotRow } from "./plot-rows.ts";

interface ScorePlotProps {
  readonly values: readonly number[];
  readonly scores: readonly (number | null)[];
  readonly threshold: number;
  readonly windows: Windows;
  /** A stretch was drawn, first and last index. */
  readonly onDraw: (window: readonly [number, number]) => void;
}

/** The series with its labelled stretches and alarms, and the scores below; dragging labels one. */
export default function ScorePlot(props: ScorePlotProps) {
  const { values, scores, threshold, windows, onDraw } = props;
  const [drawn, setDrawn] = useState<{ start: number; end: number } | null>(null);
  const rows = plotRows(values, scores, threshold);
  const finish = () => {
    setDrawn(null);
    if (drawn === null || drawn.start === drawn.end) return;
    onDraw([Math.min(drawn.start, drawn.end) - 1, Math.max(drawn.start, drawn.end) - 1]);
  };
  const areas = windows.map(([first, last]) => (
    <ReferenceArea
      key={first}
      x1={first + 0.5}
      x2={last + 1.5}
      fill="var(--healthy)"
      fillOpacity={0.18}
      ifOverflow="hidden"
    />
  ));
  const shared = {
    data: rows,
    syncId: "own",
    margin: { top: 6, right: 12, bottom: 0, left: 0 },
    accessibilityLayer: false,
  };
  const xAxis = (
    <XAxis dataKey="reading" type="number" domain={[1, Math.max(2, values.length)]} {...axisLook} />
  );
  const tip = (
    <Tooltip
      isAnimationActive={false}
      cursor={{ stroke: "var(--line-strong)" }}
      content={({ active, payload }) => {
        const row: PlotRow | undefined = active ? payload[0]?.payload : undefined;
        if (row === undefined) return null;
        return (
          <div className={chart.tip}>
            <strong>Reading {row.reading}</strong> {short(row.value)}, score{" "}
            {row.score === null ? "none" : short(row.score)}
          </div>
        );
      }}
    />
  );
  return (
    <>
      <div className={classes.plot}>
        <ResponsiveContainer width="100%" height="100%">
          <ComposedChart
            {...shared}
            onMouseDown={({ activeLabel }) => {
              const at = Number(activeLabel);
              if (activeLabel !== undefined) setDrawn({ start: at, end: at });
            }}
            onMouseMove={({ activeLabel }) => {
              if (drawn !== null && activeLabel !== undefined) {
                setDrawn({ ...drawn, end: Number(activeLabel) });
              }
            }}
            onMouseUp={finish}
            onMouseLeave={finish}
          >
            <CartesianGrid {...gridLook} />
            {xAxis}
            <YAxis domain={["auto", "auto"]} width={60} tickFormatter={short} {...axisLook} />
            {tip}
            {areas}
            {drawn !== null && (
              <ReferenceArea
                x1={Math.min(drawn.start, drawn.end)}
                x2={Math.max(drawn.start, drawn.end)}
                fill="var(--accent)"
                fillOpacity={0.15}
              />
            )}
            <Line dataKey="value" stroke="var(--series-1)" dot={false} isAnimationActive={false} />
            <Scatter dataKey="alarm" fill="var(--failed)" isAnimationActive={false} />
          </ComposedChart>
        </ResponsiveContainer>
      </div>
      <div className={classes.scorePlot}>
        <ResponsiveContainer width="100%" height="100%">
          <ComposedChart {...shared}>
            <CartesianGrid {...gridLook} />
            {xAxis}
            <YAxis domain={[0, 1]} ticks={[0, 0.5, 1]} width={60} {...axisLook} />
            {tip}
            {areas}
            <ReferenceLine y={threshold} stroke="var(--series-neutral)" strokeDasharray="6 3" />
            <Line dataKey="score" stroke="var(--series-2)" dot={false} isAnimationActive={false} />
          </ComposedChart>
        </ResponsiveContainer>
      </div>
    </>
  );
}

function short(value: number): string {
  return number(Number(value.toPrecision(4)));
}
