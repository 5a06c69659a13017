/** A node's own clock: an offset from the true time and a rate that differs from it. */

export class Clock {
  #localUs: number;
  #sinceUs = 0;
  #rate = 1;

  /** `offsetMs` may be negative. */
  constructor(offsetMs: number) {
    this.#localUs = Math.round(offsetMs * 1000);
  }

  /** Local time in milliseconds. */
  nowMs(trueUs: number): number {
    return (this.#localUs + (trueUs - this.#sinceUs) * this.#rate) / 1000;
  }

  /** From now on the clock gains `driftPpm` microseconds every true second. */
  setDrift(trueUs: number, driftPpm: number): void {
    if (!(driftPpm > -1_000_000)) throw new RangeError("a clock cannot run backwards");
    this.#localUs = this.nowMs(trueUs) * 1000;
    this.#sinceUs = trueUs;
    this.#rate = 1 + driftPpm / 1_000_000;
  }

  /** Moves the clock at once, forwards or backwards. */
  step(trueUs: number, byMs: number): void {
    this.#localUs = this.nowMs(trueUs) * 1000 + byMs * 1000;
    this.#sinceUs = trueUs;
  }

  /** The true time that passes while the clock advances by `localMs`. */
  trueUs(localMs: number): number {
    return Math.round((localMs * 1000) / this.#rate);
  }
}
