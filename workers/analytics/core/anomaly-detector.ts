/**
 * Robust streaming anomaly scores in constant memory. The score of a reading is
 * (x - median) / (1.4826 MAD) over the window before it (Iglewicz and Hoaglin 1993), where x is
 * first freed of its season, when there is one, by the median of its predecessors of the last three
 * seasons. The threshold is Student's t at the nominal false-alarm rate, with as many degrees of
 * freedom as the MAD's efficiency of 37 % leaves of the window (Rousseeuw and Croux 1993), because
 * the deviation itself is an estimate.
 */
import { anomalyLimits } from "../limits.ts";
import { findSeason } from "./season.ts";
import { SortedWindow } from "./sorted-window.ts";
import { median, studentQuantile } from "./statistics.ts";

const madEfficiency = 0.367;
/** A reading as far out as so many others of the window is this series' habit. */
const habitRank = 3;
/** An anomaly goes on down to this share of the threshold, so that it does not flicker. */
const continueShare = 0.75;
const seasonsCompared = 3;

export interface DetectorOptions {
  /** The least deviation that matters, in units of the series: quieter ones count as this. */
  readonly deviationMin: number;
  readonly windowSize?: number;
  readonly warmUpSize?: number;
  readonly falsePositiveRate?: number;
  /** Known beforehand; otherwise it is looked for. */
  readonly season?: number;
}

export interface Baseline {
  readonly samples: number;
  readonly samplesNeeded: number;
  /** null while warming up. */
  readonly median: number | null;
  readonly deviation: number | null;
  readonly threshold: number | null;
  readonly season: number | null;
}

export interface Verdict {
  /** null: not enough data yet, or nothing was read. */
  readonly score: number | null;
  readonly unusual: boolean;
  /** What the baseline led to expect. */
  readonly expected: number | null;
  /** The anomaly has lasted so long that it is the new baseline. */
  readonly shifted: boolean;
}

interface Normal {
  readonly median: number;
  readonly deviation: number;
  readonly threshold: number;
  /** Distance from the median that is this series' habit. */
  readonly habit: number;
}

const silent: Verdict = { score: null, unusual: false, expected: null, shifted: false };

export class AnomalyDetector {
  readonly #options: Required<Omit<DetectorOptions, "season">>;
  readonly #seasonKnown: number | null;
  /** Readings as they were, oldest first. */
  #history: number[] = [];
  /** The same freed of their season; what the baseline is made of. */
  #window: SortedWindow;
  #season: number | null;
  /** Readings of an anomaly that is going on; they join the baseline when it is over. */
  #held: { raw: number; residual: number }[] = [];
  #calm = 0;
  #sinceSeasonCheck = 0;
  #baseline: Normal | null = null;

  constructor(options: DetectorOptions) {
    this.#options = {
      windowSize: anomalyLimits.windowSize,
      warmUpSize: anomalyLimits.warmUpSize,
      falsePositiveRate: anomalyLimits.falsePositiveRate,
      ...options,
    };
    this.#window = new SortedWindow(this.#options.windowSize);
    this.#seasonKnown = options.season ?? null;
    this.#season = this.#seasonKnown;
  }

  /** Judges one reading by those before it, then learns it. null: nothing was read. */
  step(value: number | null): Verdict {
    if (value === null) {
      this.#forgetSeason();
      return silent;
    }
    const seasonal = this.#seasonalPart(value);
    const residual = value - seasonal;
    const baseline = this.#baseline;
    if (baseline === null) {
      this.#learn(value, residual);
      return silent;
    }
    const score = (residual - baseline.median) / baseline.deviation;
    const unusual = this.#isUnusual(Math.abs(score), Math.abs(residual - baseline.median));
    const verdict = { score, unusual, expected: baseline.median + seasonal, shifted: false };
    if (!unusual && this.#held.length === 0) {
      this.#learn(value, residual);
      return verdict;
    }
    return this.#hold(value, residual, verdict);
  }

  get baseline(): Baseline {
    return {
      samples: this.#window.length,
      samplesNeeded: this.#options.warmUpSize,
      median: this.#baseline?.median ?? null,
      deviation: this.#baseline?.deviation ?? null,
      threshold: this.#baseline?.threshold ?? null,
      season: this.#season,
    };
  }

  #isUnusual(size: number, distance: number): boolean {
    const { threshold, habit } = this.#baseline as Normal;
    if (this.#held.length > 0) return size > threshold * continueShare;
    return size > threshold && distance > habit;
  }

  /** While an anomaly goes on, its readings stay out of the baseline. */
  #hold(raw: number, residual: number, verdict: Verdict): Verdict {
    this.#held.push({ raw, residual });
    this.#calm = verdict.unusual ? 0 : this.#calm + 1;
    if (this.#calm >= anomalyLimits.calmSize) {
      this.#held.forEach((each) => this.#learn(each.raw, each.residual));
      this.#held = [];
      this.#calm = 0;
    } else if (this.#held.length >= anomalyLimits.levelShiftSize) {
      this.#history = [];
      this.#window = new SortedWindow(this.#options.windowSize);
      this.#baseline = null;
      this.#season = this.#seasonKnown;
      const held = this.#held;
      this.#held = [];
      this.#calm = 0;
      held.forEach((each) => this.#learn(each.raw, each.raw));
      return { ...verdict, shifted: true };
    }
    return verdict;
  }

  #learn(raw: number, residual: number): void {
    const { windowSize, warmUpSize } = this.#options;
    this.#history.push(raw);
    const historyMax = Math.max(windowSize, (this.#seasonKnown ?? 0) * seasonsCompared);
    if (this.#history.length > historyMax) this.#history.shift();
    this.#window.push(residual);
    this.#sinceSeasonCheck += 1;
    if (this.#sinceSeasonCheck >= anomalyLimits.seasonCheckInterval) this.#checkSeason();
    if (this.#window.length >= warmUpSize) this.#renewBaseline();
  }

  #renewBaseline(): void {
    const center = this.#window.median();
    const deviation = Math.max(
      this.#window.scaledMad(),
      this.#options.deviationMin,
      Math.abs(center) * 1e-9,
    );
    this.#baseline = {
      median: center,
      deviation,
      threshold: thresholdOf(this.#window.length, this.#options.falsePositiveRate),
      habit: this.#window.reach(habitRank),
    };
  }

  /** The median of the readings one, two and three seasons ago; 0 without a season. */
  #seasonalPart(value: number): number {
    if (this.#season === null) return 0;
    const before = seasonPredecessors(this.#history, this.#history.length, this.#season);
    return before.length === 0 ? (this.#history.at(-1) ?? value) : median(before);
  }

  #checkSeason(): void {
    this.#sinceSeasonCheck = 0;
    if (this.#seasonKnown !== null) return;
    const found = findSeason(this.#history, Math.floor(this.#options.windowSize / seasonsCompared));
    if (found === this.#season) return;
    this.#season = found;
    const residuals =
      found === null
        ? this.#history
        : this.#history.flatMap((raw, index) => {
            const before = seasonPredecessors(this.#history, index, found);
            return before.length === 0 ? [] : [raw - median(before)];
          });
    this.#window = new SortedWindow(this.#options.windowSize, residuals);
    if (this.#window.length < this.#options.warmUpSize) this.#baseline = null;
  }

  /** A gap breaks the count of a season. */
  #forgetSeason(): void {
    if (this.#season === null || this.#seasonKnown !== null) return;
    this.#season = null;
    this.#history = [];
    this.#window = new SortedWindow(this.#options.windowSize);
    this.#baseline = null;
  }
}

function seasonPredecessors(history: readonly number[], index: number, season: number): number[] {
  return Array.from(
    { length: seasonsCompared },
    (_, i) => history[index - season * (i + 1)],
  ).filter((each) => each !== undefined);
}

const thresholds = new Map<string, number>();

function thresholdOf(samples: number, rate: number): number {
  const key = `${samples} ${rate}`;
  let threshold = thresholds.get(key);
  if (threshold === undefined) {
    threshold = studentQuantile(1 - rate / 2, samples * madEfficiency);
    // One entry for each size of a growing window; full windows share theirs.
    if (thresholds.size > 2 * anomalyLimits.windowSize) thresholds.clear();
    thresholds.set(key, threshold);
  }
  return threshold;
}
