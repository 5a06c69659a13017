/**
 * Durations in buckets that widen with them, as HdrHistogram lays them out: every percentile is at
 * most 1/64 too high, whatever the range, in constant memory (Tene, hdrhistogram.org).
 */

const subBucketBits = 6;
const subBuckets = 2 ** subBucketBits;
/** Above this many microseconds (71 minutes) durations count as this long. */
const highestUs = 2 ** 32 - 1;
const buckets = (32 - subBucketBits) * subBuckets + subBuckets;

export class LatencyHistogram {
  readonly #counts = new Uint32Array(buckets);
  #count = 0;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  record(ms: number): void {
    const us = Math.min(highestUs, Math.max(0, Math.round(ms * 1_000)));
    this.#counts[bucketOf(us)]! += 1;
    this.#count += 1;
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  /** @param share 0 to 1 @returns milliseconds; null while nothing was recorded */
  percentile(share: number): number | null {
    if (this.#count === 0) return null;
    const wanted = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let at = 0; at < buckets; at++) {
      seen += this.#counts[at]!;
      if (seen >= wanted) return Math.min(this.#maxMs, highestOf(at) / 1_000);
    }
    return this.#maxMs;
  }

  add(other: LatencyHistogram): void {
    other.#counts.forEach((count, at) => (this.#counts[at]! += count));
    this.#count += other.#count;
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#maxMs = 0;
  }
}

function bucketOf(us: number): number {
  if (us < subBuckets) return us;
  const shift = 31 - Math.clz32(us) - subBucketBits;
  return (shift + 1) * subBuckets + (Math.floor(us / 2 ** shift) - subBuckets);
}

/** The longest duration of a bucket, in microseconds. */
function highestOf(bucket: number): number {
  if (bucket < subBuckets) return bucket;
  const shift = Math.floor(bucket / subBuckets) - 1;
  return ((bucket % subBuckets) + subBuckets + 1) * 2 ** shift - 1;
}

const slots = 6;
const slotMs = 10_000;

export interface Percentiles {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** The last minute, in pieces of ten seconds, beside all there was. */
export class RollingLatency {
  readonly #all = new LatencyHistogram();
  readonly #slots = Array.from({ length: slots }, () => new LatencyHistogram());
  readonly #numbers = Array<number>(slots).fill(-1);

  record(ms: number, nowMs: number): void {
    this.#all.record(ms);
    const number = Math.floor(nowMs / slotMs);
    const place = number % slots;
    const slot = this.#slots[place]!;
    if (this.#numbers[place] !== number) slot.clear();
    this.#numbers[place] = number;
    slot.record(ms);
  }

  all(): Percentiles {
    return percentilesOf(this.#all);
  }

  lastMinute(nowMs: number): Percentiles {
    const newest = Math.floor(nowMs / slotMs);
    const sum = new LatencyHistogram();
    this.#slots.forEach((slot, place) => {
      const age = newest - this.#numbers[place]!;
      if (this.#numbers[place]! >= 0 && age < slots) sum.add(slot);
    });
    return percentilesOf(sum);
  }
}

function percentilesOf(histogram: LatencyHistogram): Percentiles {
  return {
    count: histogram.count,
    p50: histogram.percentile(0.5),
    p90: histogram.percentile(0.9),
    p99: histogram.percentile(0.99),
    max: histogram.count === 0 ? null : histogram.maxMs,
  };
}
