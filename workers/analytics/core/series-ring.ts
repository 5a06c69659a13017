/** The bounded memory of one series: each reading for a while, then means of ten seconds. */
import type { SeriesPoint } from "../contract.ts";
import { seriesLimits } from "../limits.ts";
import type { Band } from "./anomaly/live-detector.ts";

/** A ring of points in typed arrays; a missing value is NaN inside. */
class Ring {
  readonly #at: Float64Array;
  readonly #values: Float64Array;
  readonly #scores: Float64Array;
  readonly #lows: Float32Array;
  readonly #highs: Float32Array;
  #next = 0;
  #size = 0;

  constructor(size: number) {
    this.#at = new Float64Array(size);
    this.#values = new Float64Array(size);
    this.#scores = new Float64Array(size);
    this.#lows = new Float32Array(size);
    this.#highs = new Float32Array(size);
  }

  push(at: number, value: number | null, score: number | null, band: Band | null): void {
    this.#at[this.#next] = at;
    this.#values[this.#next] = value ?? Number.NaN;
    this.#scores[this.#next] = score ?? Number.NaN;
    this.#lows[this.#next] = band?.low ?? Number.NaN;
    this.#highs[this.#next] = band?.high ?? Number.NaN;
    this.#next = (this.#next + 1) % this.#at.length;
    this.#size = Math.min(this.#size + 1, this.#at.length);
  }

  get size(): number {
    return this.#size;
  }

  /** The newest `count` points, oldest first. */
  newest(count: number): SeriesPoint[] {
    const length = Math.min(count, this.#size);
    const first = this.#next - length + this.#at.length;
    return Array.from({ length }, (_, i) => this.#point((first + i) % this.#at.length));
  }

  #point(index: number): SeriesPoint {
    return {
      at: this.#at[index] as number,
      value: known(this.#values[index] as number),
      score: known(this.#scores[index] as number),
      low: known(this.#lows[index] as number),
      high: known(this.#highs[index] as number),
    };
  }
}

/** What ten seconds come to: the mean, the score furthest out, the band at their end. */
interface Bucket {
  readonly slot: number;
  sum: number;
  count: number;
  score: number;
  band: Band | null;
}

const newBucket = (slot: number): Bucket => ({ slot, sum: 0, count: 0, score: 0, band: null });

export class SeriesRing {
  readonly #fine = new Ring(seriesLimits.finePoints);
  readonly #coarse = new Ring(seriesLimits.coarsePoints);
  #bucket: Bucket = newBucket(-1);

  push(at: number, value: number | null, score: number | null, band: Band | null): void {
    this.#fine.push(at, value, score, band);
    const slot = Math.floor(at / seriesLimits.coarseIntervalMs);
    if (slot !== this.#bucket.slot) {
      this.#closeBucket(slot);
      this.#bucket = newBucket(slot);
    }
    if (value === null) return;
    this.#bucket.sum += value;
    this.#bucket.count += 1;
    this.#bucket.band = band;
    if (Math.abs(score ?? 0) > Math.abs(this.#bucket.score)) this.#bucket.score = score ?? 0;
  }

  get readings(): number {
    return this.#fine.size;
  }

  latest(): SeriesPoint | null {
    return this.#fine.newest(1)[0] ?? null;
  }

  fine(count: number): SeriesPoint[] {
    return this.#fine.newest(count);
  }

  /** Means of the past full ten seconds, with the score furthest out in each. */
  coarse(count: number): SeriesPoint[] {
    return this.#coarse.newest(count);
  }

  /** The slots from the last one to before `slot`; those without any reading are gaps. */
  #closeBucket(slot: number): void {
    const { slot: last, sum, count, score, band } = this.#bucket;
    if (last < 0) return;
    const middle = (each: number) => (each + 0.5) * seriesLimits.coarseIntervalMs;
    if (count === 0) this.#coarse.push(middle(last), null, null, null);
    else this.#coarse.push(middle(last), sum / count, score, band);
    const missing = Math.min(slot - last - 1, seriesLimits.coarsePoints);
    for (let each = slot - missing; each < slot; each += 1) {
      this.#coarse.push(middle(each), null, null, null);
    }
  }
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
