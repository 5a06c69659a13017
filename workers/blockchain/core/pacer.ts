/** Long computations let other work on the thread run, by turning its event loop now and then. */
export interface Turns {
  /** A clock that never goes back. */
  monotonicMs(): number;
  /** Resolves after the event loop turned once. */
  breathe(): Promise<void>;
}

export class Pacer {
  readonly #turns: Turns;
  readonly #sliceMs: number;
  #lastTurnMs: number;
  #line: Promise<unknown> = Promise.resolve();

  constructor(turns: Turns, sliceMs: number) {
    this.#turns = turns;
    this.#sliceMs = sliceMs;
    this.#lastTurnMs = turns.monotonicMs();
  }

  isDue(): boolean {
    return this.#turns.monotonicMs() - this.#lastTurnMs >= this.#sliceMs;
  }

  async pause(): Promise<void> {
    if (!this.isDue()) return;
    await this.#turns.breathe();
    this.#lastTurnMs = this.#turns.monotonicMs();
  }

  /** Runs short works of many callers one after the other, so that together they hold nothing up. */
  inTurn<T>(work: () => T): Promise<T> {
    const done = this.#line.then(async () => {
      await this.pause();
      return work();
    });
    this.#line = done.catch(() => {});
    return done;
  }
}
