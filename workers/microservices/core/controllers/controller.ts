/**
 * What every controller is: it hears of changes, keeps the keys it has to look at, and brings the
 * cluster nearer to what is desired when it is stepped. Time comes in with the step, so that a day
 * of cluster life can pass in seconds.
 */
import type { Change } from "../store/change-log.ts";

export interface Controller {
  readonly name: string;
  /** Hears of every change, right after it; notes keys and changes nothing. */
  observe(change: Change): void;
  /** Works off what is due at `now` (milliseconds since the epoch), until the budget is spent. */
  step(now: number, budget: Budget): void;
  /** When the next step has something to do; Infinity where only a change brings work. */
  dueAt(): number;
}

/** How much one turn of the event loop may do: one unit is one object looked at. */
export class Budget {
  #left: number;
  readonly #isLate: () => boolean;

  /** @param isLate whether the turn has taken long enough, whatever is left */
  constructor(units: number, isLate: () => boolean = () => false) {
    this.#left = units;
    this.#isLate = isLate;
  }

  get spent(): boolean {
    return this.#left <= 0 || this.#isLate();
  }

  /** Takes a unit; false when there is none left. */
  take(units = 1): boolean {
    if (this.spent) return false;
    this.#left -= units;
    return true;
  }
}
