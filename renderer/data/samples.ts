/** The bounded window of readings that the charts show, made from the state stream. */
import type { PlatformState, SubsystemId, Thread } from "../../workers/service/contract.ts";

/** 15 minutes at one reading a second. */
export const samplesMax = 900;
/** States arrive on every change too; readings closer than this tell nothing new. */
const sampleIntervalMinMs = 800;
/** A rate is taken over some seconds, because thread and supervisor report out of step. */
const rateSpanMs = 2_500;

export interface ThreadSample {
  readonly cpuFraction: number | null;
  readonly memoryBytes: number | null;
  readonly delayMs: number | null;
  readonly requestsTotal: number | null;
  readonly requestsPerSecond: number | null;
}

export interface Sample {
  readonly at: number;
  readonly residentBytes: number;
  readonly cpuFraction: number;
  readonly threads: Readonly<Partial<Record<SubsystemId, ThreadSample>>>;
}

/** Appends the reading of a state, dropping the oldest beyond the window. */
export function appendSample(samples: readonly Sample[], state: PlatformState): readonly Sample[] {
  const last = samples.at(-1);
  if (last && state.at - last.at < sampleIntervalMinMs) return samples;
  const threads: Partial<Record<SubsystemId, ThreadSample>> = {};
  for (const thread of state.threads) threads[thread.id] = sampleThread(samples, state.at, thread);
  const sample: Sample = {
    at: state.at,
    residentBytes: state.process.residentBytes,
    cpuFraction: state.process.cpuFraction,
    threads,
  };
  return [...samples.slice(samples.length >= samplesMax ? 1 : 0), sample];
}

function sampleThread(samples: readonly Sample[], at: number, thread: Thread): ThreadSample {
  const { vitals } = thread;
  const requestsTotal = vitals?.requestsTotal ?? null;
  return {
    cpuFraction: thread.cpuFraction,
    memoryBytes: vitals && vitals.heapUsedBytes + vitals.externalBytes,
    delayMs: vitals?.eventLoopDelayP99Ms ?? null,
    requestsTotal,
    requestsPerSecond: requestRate(samples, at, thread.id, requestsTotal),
  };
}

/** null until there is something to compare with, and after a restart set the count back. */
function requestRate(
  samples: readonly Sample[],
  at: number,
  id: SubsystemId,
  total: number | null,
): number | null {
  if (total === null) return null;
  for (let index = samples.length - 1; index >= 0; index -= 1) {
    const earlier = samples[index];
    const before = earlier?.threads[id]?.requestsTotal ?? null;
    if (!earlier || before === null || before > total) return null;
    if (at - earlier.at >= rateSpanMs || index === 0) {
      return ((total - before) / (at - earlier.at)) * 1_000;
    }
  }
  return null;
}

export interface SeriesRow {
  readonly at: number;
  readonly values: Readonly<Record<string, number | null>>;
}

/** Readings further apart than this have a gap between them on a chart. */
const gapMs = 5_000;
/** More points than this are not visible on a chart. */
const pointsMax = 300;

/**
 * Rows of a chart over the last `windowMs`: thinned to what is visible, with an empty row where
 * readings are missing, so that no line is drawn across a gap.
 */
export function seriesRows(
  samples: readonly Sample[],
  windowMs: number,
  read: (sample: Sample) => Readonly<Record<string, number | null>>,
): SeriesRow[] {
  const last = samples.at(-1);
  if (!last) return [];
  const shown = samples.filter(({ at }) => at >= last.at - windowMs);
  const stride = Math.max(1, Math.ceil(shown.length / pointsMax));
  const rows: SeriesRow[] = [];
  let previousAt: number | null = null;
  for (const [index, sample] of shown.entries()) {
    if (previousAt !== null && sample.at - previousAt > gapMs) {
      rows.push({ at: previousAt + 1, values: {} });
    }
    previousAt = sample.at;
    // Counted from the newest, so that the newest is always there.
    if ((shown.length - 1 - index) % stride === 0) {
      rows.push({ at: sample.at, values: read(sample) });
    }
  }
  return rows;
}
