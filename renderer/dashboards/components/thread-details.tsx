import { Button } from "@mantine/core";
import { useMemo } from "react";
import type { Thread } from "../../../workers/service/contract.ts";
import {
  bytes,
  duration,
  formatDateTime,
  number,
  percent,
  type Quantity,
  text,
} from "../../components/format.ts";
import { RelativeAge } from "../../components/relative-age.tsx";
import { threadSeries } from "../../components/series.ts";
import { StatusMark } from "../../components/status-mark.tsx";
import { threadActions, useThreadActions } from "../../components/thread-actions.tsx";
import { TimeChart } from "../../components/time-chart.tsx";
import { threadHealth } from "../../data/health.ts";
import { useLive, useMay } from "../../data/hooks.ts";
import { usePreferences } from "../../data/preferences.ts";
import { seriesRows, type ThreadSample } from "../../data/samples.ts";
import classes from "./components.module.css";
import { ExperimentBanners } from "./experiment-banners.tsx";
import { Experiments } from "./experiments.tsx";
import { LifecycleEvents } from "./lifecycle-events.tsx";

const chartWindowMs = 60_000;

export function ThreadDetails({ thread }: { readonly thread: Thread }) {
  return (
    <div className={classes.details}>
      <p className={classes.line}>
        <StatusMark health={threadHealth(thread.state)} word={thread.state} />
        <span className="soft">
          since <RelativeAge at={thread.since} />
          {thread.url !== null && (
            <>
              , at <a href={thread.url}>{thread.url}</a>
            </>
          )}
        </span>
      </p>
      <ExperimentBanners threads={[thread]} />
      <Actions thread={thread} />
      <LastExit thread={thread} />
      <Vitals thread={thread} />
      <ThreadCharts thread={thread} />
      <Experiments thread={thread} />
      <LifecycleEvents thread={thread.id} />
    </div>
  );
}

function Actions({ thread }: { readonly thread: Thread }) {
  const { act, busy } = useThreadActions();
  const mayOperate = useMay("operator");
  return (
    <div className={classes.actions} role="group" aria-label={`Actions on ${thread.title}`}>
      {threadActions.map(({ action, verb, from }) => (
        <Button
          key={action}
          variant="default"
          disabled={!mayOperate || !from.includes(thread.state)}
          loading={busy === thread.id}
          onClick={() => act(thread.id, action)}
        >
          {verb} {thread.title}
        </Button>
      ))}
      {!mayOperate && <span className="soft">These need the role operator.</span>}
    </div>
  );
}

function LastExit({ thread }: { readonly thread: Thread }) {
  const { timeFormat } = usePreferences();
  const { lastExit, downtimeMs, restarts } = thread;
  return (
    <section
      aria-label="Last exit"
      className={classes.exit}
      data-exited={lastExit !== null || undefined}
    >
      <h3>Last exit</h3>
      {lastExit === null ? (
        <p className="soft">This thread has not exited since the platform started.</p>
      ) : (
        <>
          <p>
            <span className="mono">{lastExit.kind}</span> at{" "}
            {formatDateTime(lastExit.at, timeFormat)},{" "}
            {downtimeMs === null ? "not back yet" : `back after ${text(duration(downtimeMs))}`},{" "}
            {restarts} automatic {restarts === 1 ? "restart" : "restarts"} so far
          </p>
          <pre className={classes.reason}>{lastExit.reason}</pre>
        </>
      )}
    </section>
  );
}

function Vitals({ thread }: { readonly thread: Thread }) {
  const { vitals, cpuFraction, startDurationMs } = thread;
  const rows: readonly (readonly [string, Quantity | null])[] = [
    ["CPU, share of one core", cpuFraction === null ? null : percent(cpuFraction)],
    ["Start took", startDurationMs === null ? null : duration(startDurationMs)],
    ["Heap used", vitals && bytes(vitals.heapUsedBytes)],
    ["Heap reserved", vitals && bytes(vitals.heapTotalBytes)],
    ["External memory", vitals && bytes(vitals.externalBytes)],
    ["Event-loop utilization", vitals && percent(vitals.eventLoopUtilization)],
    ["Event-loop delay, median", vitals && duration(vitals.eventLoopDelayP50Ms)],
    ["Event-loop delay, p99", vitals && duration(vitals.eventLoopDelayP99Ms)],
    ["Event-loop delay, maximum", vitals && duration(vitals.eventLoopDelayMaxMs)],
    ["Requests answered", vitals && { value: number(vitals.requestsTotal), unit: "" }],
    ["Of these, server errors", vitals && { value: number(vitals.requestErrorsTotal), unit: "" }],
    ["Requests in flight", vitals && { value: number(vitals.requestsInFlight), unit: "" }],
  ];
  return (
    <section aria-label="Vitals">
      <h3>Vitals</h3>
      <dl className={classes.vitals}>
        {rows.map(([name, quantity]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {quantity === null ? (
                <span className="soft">none</span>
              ) : (
                <>
                  {quantity.value} <span className="unit">{quantity.unit}</span>
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function ThreadCharts({ thread }: { readonly thread: Thread }) {
  const { samples } = useLive();
  const { id } = thread;
  const series = useMemo(() => [threadSeries(id)], [id]);
  const rows = useMemo(() => {
    const of = (read: (reading: ThreadSample) => number | null) =>
      seriesRows(samples, chartWindowMs, ({ threads }) => {
        const reading = threads[id];
        return { [id]: reading ? read(reading) : null };
      });
    return {
      cpu: of(({ cpuFraction }) => cpuFraction),
      memory: of(({ memoryBytes }) => memoryBytes),
      delay: of(({ delayMs }) => delayMs),
    };
  }, [samples, id]);
  return (
    <>
      <TimeChart
        title="CPU"
        series={series}
        rows={rows.cpu}
        format={percent}
        height={110}
        windowMs={chartWindowMs}
      />
      <TimeChart
        title="Memory, heap and external"
        series={series}
        rows={rows.memory}
        windowMs={chartWindowMs}
        format={bytes}
        scale="binary"
        height={110}
      />
      <TimeChart
        title="Event-loop delay p99"
        series={series}
        rows={rows.delay}
        windowMs={chartWindowMs}
        format={duration}
        height={110}
      />
    </>
  );
}
