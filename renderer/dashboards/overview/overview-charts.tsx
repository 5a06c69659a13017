import { useMemo } from "react";
import {
  type PlatformState,
  type SubsystemId,
  subsystemIds,
} from "../../../workers/service/contract.ts";
import { bytes, duration, number, percent, type Quantity } from "../../components/format.ts";
import { processSeries, residentSeries, threadSeries } from "../../components/series.ts";
import { TimeChart } from "../../components/time-chart.tsx";
import { type Sample, seriesRows, type ThreadSample } from "../../data/samples.ts";
import classes from "./overview.module.css";

interface OverviewChartsProps {
  readonly state: PlatformState;
  readonly samples: readonly Sample[];
  readonly windowMs: number;
}

const perSecond = (rate: number): Quantity => ({ value: number(rate), unit: "/s" });

export function OverviewCharts({ state, samples, windowMs }: OverviewChartsProps) {
  const ids = state.threads.map(({ id }) => id).join(" ");
  const series = useMemo(() => subsystemIdsIn(ids).map(threadSeries), [ids]);
  const withProcess = useMemo(() => [...series, processSeries], [series]);
  const withResident = useMemo(() => [...series, residentSeries], [series]);
  const rows = useMemo(
    () => ({
      cpu: seriesRows(samples, windowMs, (sample) => ({
        ...perThread(sample, ({ cpuFraction }) => cpuFraction),
        process: sample.cpuFraction,
      })),
      memory: seriesRows(samples, windowMs, (sample) => ({
        ...perThread(sample, ({ memoryBytes }) => memoryBytes),
        process: sample.residentBytes,
      })),
      delay: seriesRows(samples, windowMs, (sample) => perThread(sample, ({ delayMs }) => delayMs)),
      requests: seriesRows(samples, windowMs, (sample) =>
        perThread(sample, ({ requestsPerSecond }) => requestsPerSecond),
      ),
    }),
    [samples, windowMs],
  );
  return (
    <div className={classes.charts}>
      <TimeChart
        id="cpu"
        title="CPU, share of one core"
        series={withProcess}
        windowMs={windowMs}
        rows={rows.cpu}
        format={percent}
      />
      <TimeChart
        id="memory"
        title="Memory, heap and external"
        scale="binary"
        series={withResident}
        windowMs={windowMs}
        rows={rows.memory}
        format={bytes}
      />
      <TimeChart
        id="delay"
        title="Event-loop delay, 99th percentile"
        series={series}
        windowMs={windowMs}
        rows={rows.delay}
        format={duration}
      />
      <TimeChart
        id="requests"
        title="Requests answered per second"
        series={series}
        windowMs={windowMs}
        rows={rows.requests}
        format={perSecond}
      />
    </div>
  );
}

function perThread(
  sample: Sample,
  read: (thread: ThreadSample) => number | null,
): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(sample.threads).map(([id, thread]) => [id, read(thread)]),
  );
}

/** The ids travel as one text, so that the series stay the same from state to state. */
function subsystemIdsIn(ids: string): SubsystemId[] {
  return subsystemIds.filter((id) => ids.split(" ").includes(id));
}
