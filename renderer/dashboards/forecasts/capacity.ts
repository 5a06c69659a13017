/** When a forecast reaches a limit, at which probability. */
import type { ForecastOutput } from "../../../workers/analytics/contract.ts";

type Points = ForecastOutput["points"];

export interface Crossing {
  /** That a value at this step is at the limit or beyond it. */
  readonly probability: number;
  /** The first such step; null: none within the horizon. */
  readonly step: number | null;
  readonly at: number | null;
}

/** The ends of the intervals are quantiles: beyond the upper end of one at 95 % lie 2.5 %. */
export function crossings(points: Points, limit: number): Crossing[] {
  const levels = points[0]?.bands.map(({ level }) => level) ?? [];
  const first = (probability: number, value: (point: Points[number]) => number): Crossing => {
    const point = points.find((each) => value(each) >= limit);
    return { probability, step: point?.step ?? null, at: point?.at ?? null };
  };
  return [
    ...levels.flatMap((level, i) => [
      first((1 - level) / 2, ({ bands }) => bands[i]!.upper),
      first((1 + level) / 2, ({ bands }) => bands[i]!.lower),
    ]),
    first(0.5, ({ mean }) => mean),
  ].toSorted((a, b) => a.probability - b.probability);
}

/** In plain words, the least probability that matters first. */
export function capacitySentence(
  found: readonly Crossing[],
  horizon: number,
  when: (crossing: Crossing) => string,
): string {
  const reached = found.filter(({ step }) => step !== null);
  const even = reached.find(({ probability }) => probability === 0.5);
  const earliest = reached[0];
  if (earliest === undefined) {
    const least = found[0]?.probability ?? 0.5;
    return `Within ${horizon} steps the probability of reaching it stays below ${share(least)}.`;
  }
  if (even === undefined) {
    return `It is not expected within ${horizon} steps, but with a probability of ${share(earliest.probability)} it is reached ${when(earliest)}.`;
  }
  if (even.step === earliest.step) return `It is expected to be reached ${when(even)}.`;
  return `It is expected to be reached ${when(even)}, and with a probability of ${share(earliest.probability)} as early as ${when(earliest)}.`;
}

export function share(probability: number): string {
  return `${Number((100 * probability).toPrecision(3))} %`;
}
