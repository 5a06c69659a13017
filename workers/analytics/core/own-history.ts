/** A platform series as a forecast needs it: evenly spaced, without gaps, long enough. */
import type { SeriesPoint } from "../contract.ts";
import { forecastLimits, seriesLimits } from "../limits.ts";

export interface History {
  readonly values: readonly number[];
  readonly resolutionMs: number;
  /** When the newest value was taken; null without any. */
  readonly lastAt: number | null;
  /** Missing values that were bridged by a straight line. */
  readonly bridged: number;
}

/** A longer gap ends the usable past. */
const bridgeMax = 3;

/**
 * The newest stretch without long gaps: means of ten seconds when there are enough of them,
 * one-second readings otherwise. Nothing from before `from` counts.
 */
export function historyOf(
  points: (resolution: "1s" | "10s", count: number) => readonly SeriesPoint[],
  from: number,
): History {
  const since = (resolution: "1s" | "10s", count: number) =>
    points(resolution, count).filter(({ at }) => at >= from);
  const coarse = stretch(since("10s", 360), seriesLimits.coarseIntervalMs);
  if (coarse.values.length >= forecastLimits.ownReadingsMin) return coarse;
  return stretch(since("1s", 300), seriesLimits.fineIntervalMs);
}

function stretch(points: readonly SeriesPoint[], resolutionMs: number): History {
  const newestFirst: number[] = [];
  let bridged = 0;
  let lastAt: number | null = null;
  let later: { at: number; value: number } | null = null;
  const newest = points.at(-1)?.at ?? 0;
  for (const { at, value } of points.toReversed()) {
    if (value === null) continue;
    const since = later === null ? newest + resolutionMs : later.at;
    // Readings come a second apart, give or take, so time counts and not the number of points.
    const missing = Math.max(0, Math.round((since - at) / resolutionMs) - 1);
    if (missing > bridgeMax) break;
    if (later !== null) {
      for (let i = 1; i <= missing; i += 1) {
        newestFirst.push(later.value + ((value - later.value) * i) / (missing + 1));
      }
      bridged += missing;
    }
    newestFirst.push(value);
    lastAt ??= at;
    later = { at, value };
  }
  return { values: newestFirst.toReversed(), resolutionMs, lastAt, bridged };
}
