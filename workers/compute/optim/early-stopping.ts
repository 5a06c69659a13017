/** Says when a measure has stopped falling, and remembers the best model. */
import type { Module, StateDict } from "../nn/module.ts";

export interface EarlyStoppingOptions {
  /** Epochs without an improvement that are let pass. */
  readonly patience: number;
  /** A smaller change is none. */
  readonly minDelta?: number;
}

export class EarlyStopping {
  readonly #patience: number;
  readonly #minDelta: number;
  #best = Infinity;
  #bad = 0;
  #state: StateDict | null = null;

  constructor({ patience, minDelta = 0 }: EarlyStoppingOptions) {
    this.#patience = patience;
    this.#minDelta = minDelta;
  }

  /** @returns whether to stop */
  step(loss: number, model: Module): boolean {
    if (loss < this.#best - this.#minDelta) {
      this.#best = loss;
      this.#bad = 0;
      this.#state = model.stateDict();
    } else this.#bad += 1;
    return this.#bad > this.#patience;
  }

  get best(): number {
    return this.#best;
  }

  /** Puts the best values back. */
  restore(model: Module): void {
    if (this.#state !== null) model.loadStateDict(this.#state);
  }
}
