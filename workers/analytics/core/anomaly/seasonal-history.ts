/**
 * The newest readings of a stream with their times, and its season by the clock: found as a number
 * of evenly spaced readings, kept as milliseconds, so that a gap does not put it out of step.
 */
import { findSeason } from "../season.ts";
import { SortedWindow } from "../sorted-window.ts";
import { median } from "../statistics.ts";
import { liveDetectionLimits as limits } from "./limits.ts";

/** A time this many typical intervals after the last one has a gap before it. */
const gapIntervals = 4;
const seasonsCompared = 3;

interface Timed {
  readonly atMs: number;
  readonly value: number;
}

export class SeasonalHistory {
  /** Oldest first. */
  readonly #kept: Timed[] = [];
  readonly #intervals = new SortedWindow(limits.intervalsKept);
  #sinceCheck: number;
  #sinceGap = 0;
  #season: { readonly ms: number; readonly readings: number } | null = null;
  /** What the last check found; a season is believed when two checks agree. */
  #suspected: number | null = null;

  /** @param phase readings that the first check comes earlier, so that series take turns. */
  constructor(phase: number) {
    this.#sinceCheck = phase % limits.seasonCheckInterval;
  }

  get seasonMs(): number | null {
    return this.#season?.ms ?? null;
  }

  /** Readings in a season. */
  get season(): number | null {
    return this.#season?.readings ?? null;
  }

  get size(): number {
    return this.#kept.length + this.#intervals.length;
  }

  /** Time between readings; null before there are two. */
  get intervalMs(): number | null {
    return this.#intervals.length === 0 ? null : this.#intervals.median();
  }

  /** What the readings kept span; their level when that is nothing, or 1 when that is 0. */
  get scale(): number {
    let [low, high] = [Infinity, -Infinity];
    for (const { value } of this.#kept) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return high - low || Math.abs(high) || 1;
  }

  /** Whether the season changed, and with it what every reading is compared with. */
  learn(atMs: number, value: number): boolean {
    const last = this.#kept.at(-1);
    if (last !== undefined) {
      const isGap = atMs - last.atMs > gapIntervals * (this.intervalMs ?? Infinity);
      this.#sinceGap = isGap ? 0 : this.#sinceGap + 1;
      if (!isGap && atMs > last.atMs) this.#intervals.push(atMs - last.atMs);
    }
    this.#kept.push({ atMs, value });
    if (this.#kept.length > limits.historyReadings) this.#kept.shift();
    this.#sinceCheck += 1;
    if (this.#sinceCheck < limits.seasonCheckInterval) return false;
    this.#sinceCheck = 0;
    return this.#check();
  }

  /**
   * What the season makes one expect: the median of the readings one, two and three seasons before;
   * 0 without a season, null when none of them was seen.
   */
  seasonalPart(atMs: number): number | null {
    if (this.#season === null) return 0;
    const before: number[] = [];
    for (let i = 1; i <= seasonsCompared; i += 1) {
      const found = this.#near(atMs - i * this.#season.ms);
      if (found !== null) before.push(found);
    }
    return before.length === 0 ? null : median(before);
  }

  /** Every reading kept, freed of the season; those without a past are left out. */
  residuals(): number[] {
    return this.#kept.flatMap(({ atMs, value }) => {
      const seasonal = this.seasonalPart(atMs);
      return seasonal === null ? [] : value - seasonal;
    });
  }

  /** A new level has other seasons, if any. */
  restart(): void {
    this.#kept.length = 0;
    this.#sinceGap = 0;
    this.#season = null;
    this.#suspected = null;
  }

  #check(): boolean {
    const even = Math.min(this.#kept.length, this.#sinceGap + 1);
    // After a gap the readings before it do not count, and too few prove nothing either way.
    if (even < limits.seasonCheckInterval && this.#season !== null) return false;
    const values = this.#kept.slice(-even).map(({ value }) => value);
    const found = findSeason(values, Math.floor(limits.historyReadings / seasonsCompared));
    const agrees = found === this.#suspected;
    this.#suspected = found;
    if (!agrees || found === this.season) return false;
    const interval = this.intervalMs;
    this.#season =
      found === null || interval === null ? null : { ms: found * interval, readings: found };
    return true;
  }

  /** The reading at a time, within half an interval. */
  #near(atMs: number): number | null {
    const kept = this.#kept;
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (kept[middle]!.atMs < atMs) low = middle + 1;
      else high = middle;
    }
    const [before, after] = [kept[low - 1], kept[low]];
    const distance = (each: Timed | undefined) =>
      each === undefined ? Infinity : Math.abs(each.atMs - atMs);
    const nearest = distance(before) < distance(after) ? before : after;
    return distance(nearest) <= (this.intervalMs ?? 0) / 2 + 1 ? nearest!.value : null;
  }
}
