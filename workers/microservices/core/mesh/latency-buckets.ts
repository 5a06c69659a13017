/** Latencies in buckets of an eighth of an octave's width, after HdrHistogram: 6% off at most. */

const perOctave = 8;
/** The upper bound of the first bucket in milliseconds: 2^-4. */
const lowestExponent = -4;
const octaves = 21;
/** Underflow first, overflow (2^17 ms, two minutes) last. */
const bucketCount = octaves * perOctave + 2;

export interface Quantiles {
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
}

export class LatencyBuckets {
  readonly #counts = new Uint32Array(bucketCount);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  record(ms: number): void {
    this.#counts[bucketOf(ms)]! += 1;
    this.#count += 1;
  }

  add(other: LatencyBuckets): void {
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      this.#counts[bucket]! += other.#counts[bucket]!;
    }
    this.#count += other.#count;
  }

  /** The middle of the bucket where the value of this rank is; null without values. */
  quantile(fraction: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(fraction * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= rank) return (boundBelow(bucket) + boundBelow(bucket + 1)) / 2;
    }
    return boundBelow(bucketCount - 1);
  }

  quantiles(): Quantiles {
    return {
      p50Ms: this.quantile(0.5),
      p90Ms: this.quantile(0.9),
      p99Ms: this.quantile(0.99),
    };
  }
}

function bucketOf(ms: number): number {
  if (!(ms >= 2 ** lowestExponent)) return 0;
  const exponent = Math.floor(Math.log2(ms));
  const octave = exponent - lowestExponent;
  if (octave >= octaves) return bucketCount - 1;
  const step = Math.floor((ms / 2 ** exponent - 1) * perOctave);
  return 1 + octave * perOctave + Math.min(perOctave - 1, Math.max(0, step));
}

function boundBelow(bucket: number): number {
  if (bucket === 0) return 0;
  const octave = Math.floor((bucket - 1) / perOctave);
  const step = (bucket - 1) % perOctave;
  return 2 ** (octave + lowestExponent) * (1 + step / perOctave);
}
