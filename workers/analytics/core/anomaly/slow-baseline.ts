/** Mean and deviation of a stream in three numbers, forgetting at a given rate. */

/** Below this share of the level a deviation is rounding. */
const relativeFloor = 1e-9;

export class SlowBaseline {
  readonly #rate: number;
  count = 0;
  mean = 0;
  #variance = 0;

  /** @param rate weight of the newest reading once warm; its inverse is the memory in readings. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  learn(value: number): void {
    this.count += 1;
    // The plain mean and variance until the rate takes over (West 1979).
    const rate = Math.max(this.#rate, 1 / this.count);
    const error = value - this.mean;
    this.mean += rate * error;
    this.#variance = (1 - rate) * (this.#variance + rate * error * error);
  }

  get deviation(): number {
    return Math.max(Math.sqrt(this.#variance), relativeFloor * Math.max(1, Math.abs(this.mean)));
  }
}
