import { NativeSelect } from "@mantine/core";
import { Suspense, useMemo, useState } from "react";
import type { DeviceMeasurement, Measured } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { duration, text } from "../../components/format.ts";
import { lazily } from "../../components/lazily.ts";
import { Panel } from "../../components/page-frame.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import classes from "./devices.module.css";

const BackendChart = lazily(() => import("./backend-chart.tsx"));

interface Row extends DeviceMeasurement {
  readonly task: string;
  readonly isChosen: boolean;
}

const columns: readonly Column<Row>[] = [
  { id: "operation", header: "Operation", value: ({ operation }) => operation, width: "112px" },
  { id: "size", header: "Size", value: ({ size }) => size },
  { id: "backend", header: "Backend", value: ({ backend }) => backend, width: "128px" },
  {
    id: "ms",
    header: "Median",
    numeric: true,
    width: "88px",
    value: ({ msMedian }) => msMedian,
    cell: ({ msMedian }) => (msMedian === null ? "none" : text(duration(msMedian))),
  },
  {
    id: "gigaflops",
    header: "GFLOP/s",
    numeric: true,
    width: "80px",
    value: ({ gigaflops }) => gigaflops,
    cell: ({ gigaflops }) => gigaflops?.toPrecision(3) ?? "none",
  },
  {
    id: "error",
    header: "Max error",
    numeric: true,
    width: "88px",
    value: ({ maxError }) => maxError,
    cell: ({ maxError }) => maxError?.toExponential(1) ?? "none",
  },
  {
    id: "verdict",
    header: "Verdict",
    width: "192px",
    value: ({ verdict, isChosen, note }) => `${isChosen ? "chosen" : verdict} ${note}`.trim(),
    cell: ({ verdict, isChosen, note }) => (
      <span title={note}>
        <StatusMark
          health={verdict === "right" ? "healthy" : verdict === "slow" ? "degraded" : "failed"}
          word={isChosen ? "right, chosen" : verdict}
        />{" "}
        <span className="soft">{note}</span>
      </span>
    ),
  },
];

const taskOf = ({ operation, size }: { readonly operation: string; readonly size: string }) =>
  `${operation}, ${size}`;

/** Every backend on every operation: how fast, how exact, and which one was chosen. */
export function MeasurementsPanel({ measured }: { readonly measured: Measured }) {
  const rows = useMemo(() => rowsOf(measured), [measured]);
  return (
    <Panel title="Measurements" id="measurements">
      <DataTable
        label="Measured backends"
        columns={columns}
        rows={rows}
        rowKey={({ task, backend }) => `${task} ${backend}`}
        heightMax={420}
      />
    </Panel>
  );
}

/** The same as bars, an operation at a time. */
export function SpeedPanel({ measured }: { readonly measured: Measured }) {
  const rows = useMemo(() => rowsOf(measured), [measured]);
  const tasks = [...new Set(rows.map(({ task }) => task))];
  const [wanted, setWanted] = useState<string | null>(null);
  const task = tasks.find((each) => each === wanted) ?? tasks[0] ?? "";
  const own = rows.filter((row) => row.task === task);
  const bars = own.flatMap(({ backend, gigaflops, msMedian, verdict }) =>
    gigaflops === null || msMedian === null || verdict === "wrong"
      ? []
      : [{ backend, gigaflops, label: text(duration(msMedian)) }],
  );
  const chosen = own.find(({ isChosen }) => isChosen)?.backend;
  const summary = bars
    .map(({ backend, gigaflops }) => `${backend} ${gigaflops.toPrecision(2)} GFLOP/s`)
    .join(", ");
  return (
    <Panel title="Speed" id="speed">
      <div className={classes.content}>
        <NativeSelect
          label="Operation"
          data={tasks}
          value={task}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <figure className={classes.figure} aria-label={`Speed of ${task}: ${summary}`}>
          <div className={classes.plot}>
            <Suspense fallback={<LoadingSkeleton rows={3} />}>
              <BackendChart bars={bars} />
            </Suspense>
          </div>
          <figcaption className="soft">
            {chosen === undefined ? "No backend is right." : `${chosen} is chosen.`} Longer is
            faster; beside each bar is the median time of a run.
          </figcaption>
        </figure>
      </div>
    </Panel>
  );
}

function rowsOf({ measurements, chosen }: Measured): readonly Row[] {
  const winners = new Set(chosen.map((each) => `${taskOf(each)} ${each.backend}`));
  return measurements.map((each) => ({
    ...each,
    task: taskOf(each),
    isChosen: winners.has(`${taskOf(each)} ${each.backend}`),
  }));
}
