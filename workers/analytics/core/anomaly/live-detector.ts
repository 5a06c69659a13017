/**
 * The combined detector as it watches a live series: the same views of novelty (see
 * combined-detector.ts), with what an operator needs besides. A reading is unusual when a view goes
 * beyond the range that it had kept to, by the combined detector's own threshold, and also further
 * from its median than noise does: in scaled median absolute deviations beyond Student's t at the
 * nominal rate of false alarms, divided by the number of views, with as many degrees of freedom as
 * the efficiency of that deviation, 37 %, leaves of the window (Rousseeuw and Croux 1993).
 *
 * While an anomaly goes on, its readings stay out of the baseline; they join it when it is over. One
 * that lasts is a new level, and the baseline starts over from it.
 */
import assert from "node:assert/strict";
import { studentQuantile, studentTail } from "../statistics.ts";
import { noveltyOfHalf } from "./combined-detector.ts";
import { anomalyDetectionLimits, liveDetectionLimits as limits } from "./limits.ts";
import { Novelty, spanOf } from "./novelty.ts";
import { SeasonalHistory } from "./seasonal-history.ts";

export const liveViews = ["reading", "mean"] as const;
export type LiveView = (typeof liveViews)[number];

const madEfficiency = 0.367;
/** An anomaly goes on down to this share of the threshold, so that it does not flicker. */
const continueShare = 0.75;
/** Below this share of what the series spans, a deviation is rounding. */
const relativeFloor = 1e-9;
const flatShare = 1e-3;
/** Further out than this, a number of deviations says no more. */
const deviationsMax = 1_000;
const smoothing = anomalyDetectionLimits.noveltySmoothing;

export interface LiveOptions {
  /** The least deviation that matters, in units of the series: quieter ones count as this. */
  readonly deviationMin: number;
  /** Per reading of stationary noise. */
  readonly falsePositiveRate?: number;
  /** Readings by which what is costly comes earlier, so that series take turns. */
  readonly phase?: number;
  /** Readings before the first judgement; a season of them when one is known. */
  readonly warmUp?: number;
}

export interface Baseline {
  readonly samples: number;
  readonly samplesNeeded: number;
  /** null while warming up. */
  readonly median: number | null;
  readonly deviation: number | null;
  readonly threshold: number | null;
  readonly season: number | null;
  readonly seasonMs: number | null;
}

/** Where a reading would not be called unusual. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

/** What one view makes of a reading. */
export interface Finding extends Band {
  readonly view: LiveView;
  readonly observed: number;
  readonly expected: number;
  /** Distance from the expected, in deviations of the baseline. */
  readonly deviations: number;
  /** The distance that is called unusual. */
  readonly threshold: number;
  readonly sensitivity: number;
  /** One less the probability that noise goes so far, corrected for the number of views. */
  readonly likelihood: number;
}

export interface Verdict {
  /** Deviations of the reading; null: not enough data yet, or nothing was read. */
  readonly score: number | null;
  readonly band: Band | null;
  readonly unusual: boolean;
  /** The view that stands out most; null while nothing can be judged. */
  readonly finding: Finding | null;
  /** The anomaly has lasted so long that it is the new baseline. */
  readonly shifted: boolean;
}

interface Judged extends Finding {
  readonly beyond: boolean;
}

const silent: Verdict = { score: null, band: null, unusual: false, finding: null, shifted: false };

export class LiveDetector {
  readonly #deviationMin: number;
  readonly #rate: number;
  readonly #history: SeasonalHistory;
  readonly #warmUp: number;
  readonly #phase: number;
  #views: Record<LiveView, Novelty>;
  /** Of full windows they stay the same. */
  readonly #quantiles = {
    reading: { degrees: 0, value: 0 },
    mean: { degrees: 0, value: 0 },
  };
  /** The newest residuals, for their mean. */
  #recent: number[] = [];
  #held: { atMs: number; value: number; residual: number }[] = [];
  /** The view that began the anomaly that is going on. */
  #by: LiveView = "reading";
  #calm = 0;
  #lastMs = -Infinity;
  /** By how much feedback raised the threshold; 1 when it did not. */
  sensitivity = 1;

  constructor(options: LiveOptions) {
    const { deviationMin, falsePositiveRate = limits.falsePositiveRate } = options;
    assert(deviationMin >= 0 && falsePositiveRate > 0 && falsePositiveRate < 1);
    this.#deviationMin = deviationMin;
    this.#rate = falsePositiveRate / liveViews.length;
    this.#phase = options.phase ?? 0;
    this.#history = new SeasonalHistory(this.#phase);
    this.#warmUp = options.warmUp ?? limits.warmUp;
    assert(this.#warmUp >= limits.warmUp && this.#warmUp <= anomalyDetectionLimits.noveltyWindow);
    this.#views = newViews(this.#warmUp, this.#phase);
  }

  /**
   * Judges one reading by those before it, then learns it. null: nothing was read, which is no
   * anomaly and teaches nothing. A reading from before the last one is not judged.
   */
  step(atMs: number, value: number | null): Verdict {
    if (value === null || atMs < this.#lastMs) return silent;
    assert(Number.isFinite(value), `A reading is a finite number, not ${value}`);
    this.#lastMs = atMs;
    const seasonal = this.#history.seasonalPart(atMs);
    if (seasonal === null) {
      this.#learn(atMs, value, null);
      return silent;
    }
    const residual = value - seasonal;
    const judged = this.#judge(residual, seasonal);
    if (judged.length === 0) {
      this.#learn(atMs, value, residual);
      return silent;
    }
    const { unusual, finding } = this.#weigh(judged);
    const [reading] = judged;
    const { low, high } = reading!;
    const verdict = {
      score: reading!.deviations,
      band: { low, high },
      unusual,
      finding,
      shifted: false,
    };
    if (!unusual && this.#held.length === 0) {
      this.#learn(atMs, value, residual);
      return verdict;
    }
    if (this.#held.length === 0) this.#by = finding.view;
    this.#held.push({ atMs, value, residual });
    // A season later, what was expected is remembered: an anomaly has no echo.
    this.#learnHistory(atMs, unusual ? reading!.expected : value);
    return { ...verdict, shifted: this.#hold(unusual) };
  }

  get baseline(): Baseline {
    const { reading } = this.#views;
    const warm = reading.size >= this.#warmUp;
    const { middle } = reading.range();
    return {
      samples: reading.size,
      samplesNeeded: this.#warmUp,
      median: warm ? middle : null,
      deviation: warm ? this.#deviationOf("reading") : null,
      threshold: warm ? this.#threshold("reading") : null,
      season: this.#history.season,
      seasonMs: this.#history.seasonMs,
    };
  }

  /** Values held; it has an upper bound that does not depend on the length of the stream. */
  get size(): number {
    const { reading, mean } = this.#views;
    const short = this.#recent.length + this.#held.length;
    return reading.size + mean.size + short + this.#history.size;
  }

  /** The views that have enough of a past, the reading first. */
  #judge(residual: number, seasonal: number): Judged[] {
    const reading = this.#judgeView("reading", residual, seasonal);
    if (reading === null) return [];
    // While something stands out, the mean is made of it as well.
    if (this.#held.length > 0 && this.#by === "reading") return [reading];
    if (this.#recent.length < smoothing - 1) return [reading];
    const mean = meanOf([...this.#recent.slice(1 - smoothing), residual]);
    const judged = this.#judgeView("mean", mean, seasonal);
    return judged === null ? [reading] : [reading, judged];
  }

  #judgeView(view: LiveView, observed: number, seasonal: number): Judged | null {
    const judgement = this.#views[view].judge(observed);
    if (judgement === null) return null;
    const { low, high, middle, novelty } = judgement;
    const deviation = this.#deviationOf(view);
    const threshold = this.#threshold(view);
    const distance = (observed - middle) / deviation;
    const deviations = Math.max(-deviationsMax, Math.min(deviationsMax, distance));
    const margin = noveltyOfHalf * spanOf(low, high);
    const tail = 2 * liveViews.length * studentTail(Math.abs(deviations), this.#degrees(view));
    return {
      view,
      observed: observed + seasonal,
      expected: middle + seasonal,
      low: Math.min(low - margin, middle - threshold * deviation) + seasonal,
      high: Math.max(high + margin, middle + threshold * deviation) + seasonal,
      deviations,
      threshold,
      sensitivity: this.sensitivity,
      likelihood: Math.max(0, 1 - tail),
      beyond: novelty > noveltyOfHalf,
    };
  }

  #weigh(judged: readonly Judged[]): { unusual: boolean; finding: Finding } {
    const goesOn = this.#held.length > 0;
    const isUnusual = ({ view, beyond, deviations, threshold }: Judged): boolean => {
      const size = Math.abs(deviations);
      if (goesOn && view === this.#by) return size > threshold * continueShare;
      return beyond && size > threshold;
    };
    const far = judged.filter(isUnusual);
    const [first, ...others] = far.length > 0 ? far : judged;
    let furthest = first!;
    for (const each of others) if (excessOf(each) > excessOf(furthest)) furthest = each;
    const { beyond: _, ...finding } = furthest;
    return { unusual: far.length > 0, finding };
  }

  /** Whether what is held became the new level. */
  #hold(unusual: boolean): boolean {
    this.#calm = unusual ? 0 : this.#calm + 1;
    const isOver = this.#calm >= limits.calmReadings;
    const isLevel = this.#held.length >= limits.levelShiftReadings;
    if (!isOver && !isLevel) return false;
    const held = this.#held;
    const ordinary = held.slice(held.length - this.#calm);
    this.#held = [];
    this.#calm = 0;
    if (!isOver) {
      this.#views = newViews(this.#warmUp, this.#phase);
      this.#recent = [];
      this.#history.restart();
      for (const { atMs, value } of held) this.#learn(atMs, value, value);
      return true;
    }
    for (const { residual } of held) this.#learnResidual(residual);
    // The mean begins anew from the ordinary readings: one spike is one anomaly.
    if (this.#by === "reading") this.#recent = ordinary.map(({ residual }) => residual);
    return false;
  }

  #learn(atMs: number, value: number, residual: number | null): void {
    if (residual !== null) this.#learnResidual(residual);
    this.#learnHistory(atMs, value);
  }

  #learnResidual(residual: number): void {
    this.#views.reading.learn(residual);
    this.#recent.push(residual);
    if (this.#recent.length > smoothing) this.#recent.shift();
    if (this.#recent.length === smoothing) this.#views.mean.learn(meanOf(this.#recent));
  }

  /** Another season makes all residuals others. */
  #learnHistory(atMs: number, value: number): void {
    if (!this.#history.learn(atMs, value)) return;
    this.#views = newViews(this.#warmUp, this.#phase);
    this.#recent = [];
    this.#held = [];
    this.#calm = 0;
    for (const each of this.#history.residuals()) this.#views.reading.learn(each);
  }

  /** Without any spread, a share of what the series spans stands in for it. */
  #deviationOf(view: LiveView): number {
    const deviation = this.#views[view].deviation();
    if (this.#deviationMin > 0) return Math.max(deviation, this.#deviationMin);
    const { scale } = this.#history;
    return deviation < relativeFloor * scale ? flatShare * scale : deviation;
  }

  /** Means of overlapping readings count as few as do not overlap. */
  #degrees(view: LiveView): number {
    return (this.#views[view].size / (view === "mean" ? smoothing : 1)) * madEfficiency;
  }

  #threshold(view: LiveView): number {
    const degrees = this.#degrees(view);
    if (this.#quantiles[view].degrees !== degrees) {
      this.#quantiles[view] = { degrees, value: studentQuantile(1 - this.#rate / 2, degrees) };
    }
    return this.sensitivity * this.#quantiles[view].value;
  }
}

function newViews(warmUp: number, phase: number): Record<LiveView, Novelty> {
  const ignored = limits.ignoredReadings;
  const { noveltyWindow } = anomalyDetectionLimits;
  return {
    reading: new Novelty({ warmUp, ignored, phase }),
    mean: new Novelty({
      warmUp: Math.min(warmUp * smoothing, noveltyWindow),
      ignored,
      phase: phase + 1,
    }),
  };
}

function excessOf({ deviations, threshold }: Finding): number {
  return Math.abs(deviations) / threshold;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}
