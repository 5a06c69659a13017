/**
 * How long a block waits for company: senders who were in the last block together will soon be back,
 * and one block for all of them costs less than one for each. A lone sender never waits.
 */
import { chainLimits } from "../limits.ts";

export class Gathering {
  readonly #host: { after(ms: number, act: () => void): () => void };
  readonly #wake: () => void;
  #last = 0;
  #isOver = false;
  #callOff: (() => void) | null = null;

  /** @param wake to be called when the wait is over */
  constructor(host: { after(ms: number, act: () => void): () => void }, wake: () => void) {
    this.#host = host;
    this.#wake = wake;
  }

  /**
   * Whether a block of so many transactions waits for more; if not, it is taken to be made now.
   * @param count at least 1
   */
  waitsWith(count: number): boolean {
    if (count < this.#last && !this.#isOver) {
      this.#callOff ??= this.#host.after(chainLimits.gatheringMs, () => {
        this.#callOff = null;
        this.#isOver = true;
        this.#wake();
      });
      return true;
    }
    this.#callOff?.();
    this.#callOff = null;
    this.#isOver = false;
    this.#last = Math.max(count, this.#last - 1);
    return false;
  }
}
