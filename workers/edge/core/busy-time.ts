/** Work done over the last ten seconds, in buckets of one second. */
const buckets = 10;
const bucketMs = 1_000;

export class BusyTime {
  readonly #busyMs = new Float64Array(buckets);
  readonly #epochs = new Float64Array(buckets).fill(-1);

  add(busyMs: number, now: number): void {
    const epoch = Math.floor(now / bucketMs);
    const bucket = epoch % buckets;
    if (this.#epochs[bucket] !== epoch) {
      this.#epochs[bucket] = epoch;
      this.#busyMs[bucket] = 0;
    }
    this.#busyMs[bucket]! += busyMs;
  }

  /** Share of what `slots` workers could have done, 0 to 1. */
  fraction(slots: number, now: number): number {
    const oldest = Math.floor(now / bucketMs) - buckets + 1;
    let busyMs = 0;
    this.#epochs.forEach((epoch, bucket) => {
      if (epoch >= oldest) busyMs += this.#busyMs[bucket]!;
    });
    return Math.min(1, busyMs / (buckets * bucketMs * slots));
  }
}
