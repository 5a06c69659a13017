/** Rows of the two charts of an anomaly: the series with its expected band, and the score. */
import type { Anomaly, SeriesPoint } from "../../../workers/analytics/contract.ts";
import type { SeriesRow } from "../../data/samples.ts";

const beforeMs = 180_000;
const afterMs = 60_000;
/** Means of ten seconds tell little of a few minutes. */
const coarseFactor = 10;

export interface AnomalyRows {
  readonly series: readonly SeriesRow[];
  readonly score: readonly SeriesRow[];
  readonly spanMs: number;
}

/** @param stepMs time between points: a second, or ten for means */
export function anomalyRows(
  points: readonly SeriesPoint[],
  anomaly: Pick<Anomaly, "since" | "until" | "threshold">,
  stepMs: number,
): AnomalyRows {
  const wide = stepMs > 1_000 ? coarseFactor : 1;
  const [from, to] = [
    anomaly.since - beforeMs * wide,
    (anomaly.until ?? Infinity) + afterMs * wide,
  ];
  const inside = points.filter(({ at }) => at >= from && at <= to);
  const isUnusual = (at: number) =>
    at >= anomaly.since - stepMs / 2 && at <= (anomaly.until ?? at) + stepMs / 2;
  return {
    spanMs: (inside.at(-1)?.at ?? 0) - (inside[0]?.at ?? 0),
    series: inside.map(({ at, value, low, high }) => ({
      at,
      values: {
        reading: value,
        low,
        high,
        ...(isUnusual(at) ? { unusual: value } : {}),
      },
    })),
    score: inside.map(({ at, score }) => ({
      at,
      values: {
        score: score === null ? null : Math.abs(score),
        threshold: score === null ? null : anomaly.threshold,
      },
    })),
  };
}
