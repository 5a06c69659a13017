import type { PlatformState } from "../../../workers/service/contract.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { bytes, duration, number, percent, text } from "../../components/format.ts";
import type { Sample } from "../../data/samples.ts";
import { subsystemTitle } from "../../data/subsystem.ts";

/** The five numbers that answer "what is it doing?", each with the chart that it comes from. */
export function overviewFigures(state: PlatformState, samples: readonly Sample[]): FigureProps[] {
  const ready = state.threads.filter((thread) => thread.state === "ready").length;
  const worst = worstDelay(state);
  const rate = samples.at(-1) ? totalRate(samples.at(-1)) : null;
  return [
    {
      label: "Threads ready",
      quantity: { value: String(ready), unit: `of ${state.threads.length}` },
      note:
        state.readyAfterMs === null
          ? "not all ready yet"
          : `all ready ${text(duration(state.readyAfterMs))} after start`,
      evidence: "topology",
    },
    {
      label: "Resident memory",
      quantity: bytes(state.process.residentBytes),
      note: "whole process",
      trend: samples.map(({ residentBytes }) => residentBytes),
      evidence: "memory",
    },
    {
      label: "CPU",
      quantity: percent(state.process.cpuFraction),
      note: `of one core; ${state.process.cores} cores here`,
      trend: samples.map(({ cpuFraction }) => cpuFraction),
      evidence: "cpu",
    },
    {
      label: "Worst event-loop delay",
      quantity: worst && duration(worst.delayMs),
      note: worst ? `99th percentile, ${worst.title}` : "no thread reports",
      trend: samples.map((sample) => maxOf(sample, ({ delayMs }) => delayMs)),
      evidence: "delay",
    },
    {
      label: "Requests",
      quantity: rate === null ? null : { value: number(rate), unit: "/s" },
      note: "over all ports",
      trend: samples.map(totalRate),
      evidence: "requests",
    },
  ];
}

function worstDelay(state: PlatformState) {
  const delays = state.threads.flatMap(({ id, vitals }) =>
    vitals ? [{ title: subsystemTitle(id), delayMs: vitals.eventLoopDelayP99Ms }] : [],
  );
  return delays.toSorted((a, b) => b.delayMs - a.delayMs)[0] ?? null;
}

function totalRate(sample: Sample | undefined): number | null {
  const rates = Object.values(sample?.threads ?? {}).flatMap(
    ({ requestsPerSecond }) => requestsPerSecond ?? [],
  );
  return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0);
}

function maxOf(
  sample: Sample,
  read: (thread: NonNullable<Sample["threads"]["gateway"]>) => number | null,
): number | null {
  const values = Object.values(sample.threads).flatMap((thread) => read(thread) ?? []);
  return values.length === 0 ? null : Math.max(...values);
}
