/** From what somebody sent to a series that methods can work on. */
import { isConstant } from "./unit-roots.ts";
import { type Series, SeriesProblem } from "./series.ts";

/** Squares of larger numbers leave the range of double precision. */
export const magnitudeMax = 1e100;
/** More gaps than this share leave too little to fill them from. */
const gapShareMax = 0.5;

export interface Prepared {
  readonly series: Series;
  /** Places in `series.values` that were gaps and are filled. */
  readonly filled: readonly number[];
  /** Values before the first one that was observed; they are left out. */
  readonly dropped: number;
  readonly notes: readonly string[];
}

/**
 * @param given null: a gap. Gaps before the first value are dropped, those between values are filled.
 * @param seasons lengths in values; those that the series does not hold twice are left out
 * @throws SeriesProblem naming the first value that cannot be
 */
export function prepare(given: readonly (number | null)[], seasons: readonly number[]): Prepared {
  for (const [index, value] of given.entries()) {
    if (value === null) continue;
    if (!Number.isFinite(value)) {
      throw new SeriesProblem(`Value ${index} is ${value}, not a finite number.`, index);
    }
    if (Math.abs(value) > magnitudeMax) {
      throw new SeriesProblem(`Value ${index} is beyond ${magnitudeMax} in size.`, index);
    }
  }
  const dropped = given.findIndex((value) => value !== null);
  if (dropped < 0)
    throw new SeriesProblem("There is no value at all.", given.length > 0 ? 0 : null);
  const last = given.length - 1;
  if (given[last] === null) {
    throw new SeriesProblem(
      `Value ${last} is a gap. Leave the gaps at the end out and forecast further instead.`,
      last,
    );
  }
  const kept = given.slice(dropped);
  const gaps = kept.flatMap((value, t) => (value === null ? [t] : []));
  if (gaps.length > gapShareMax * kept.length) {
    throw new SeriesProblem(
      `${gaps.length} of ${kept.length} values are gaps, the first is value ${dropped + gaps[0]!}: too many to fill.`,
      dropped + gaps[0]!,
    );
  }
  const notes: string[] = [];
  if (dropped > 0) notes.push(`${dropped} gaps before the first value are left out.`);
  const wanted = [...new Set(seasons)].filter((season) => season > 1).toSorted((a, b) => a - b);
  const held = wanted.filter((season) => kept.length >= 2 * season);
  for (const season of wanted) {
    if (held.includes(season)) continue;
    notes.push(
      `A season of ${season} needs ${2 * season} values; with ${kept.length} it is left out.`,
    );
  }
  const values = filled(kept, held[0] ?? 1);
  if (gaps.length > 0) {
    notes.push(
      `${gaps.length} gaps are filled from their neighbours, the first at value ${dropped + gaps[0]!}.`,
    );
  }
  if (isConstant(values)) notes.push("All values are the same.");
  return {
    series: { values, season: held[0] ?? 1, seasons: held },
    filled: gaps,
    dropped,
    notes,
  };
}

/** Straight lines over the gaps, drawn after the means of the season's places are taken out. */
function filled(values: readonly (number | null)[], season: number): Float64Array {
  const means = placeMeans(values, season);
  const whole = Float64Array.from(values, (value) => value ?? Number.NaN);
  let before = 0;
  for (let t = 1; t < whole.length; t += 1) {
    if (values[t] === null) continue;
    const level = (at: number) => whole[at]! - means[at % season]!;
    for (let gap = before + 1; gap < t; gap += 1) {
      const share = (gap - before) / (t - before);
      whole[gap] = level(before) + share * (level(t) - level(before)) + means[gap % season]!;
    }
    before = t;
  }
  return whole;
}

/** All 0 unless every place of the season was observed. */
function placeMeans(values: readonly (number | null)[], season: number): Float64Array {
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  for (const [t, value] of values.entries()) {
    if (value === null) continue;
    sums[t % season]! += value;
    counts[t % season]! += 1;
  }
  if (counts.some((count) => count === 0)) return sums.fill(0);
  return sums.map((sum, place) => sum / counts[place]!);
}
