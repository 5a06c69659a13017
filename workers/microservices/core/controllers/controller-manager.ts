/** Runs the controllers over one store, one after another, until none has anything left to do now. */
import type { ObjectStore } from "../store/object-store.ts";
import { Budget, type Controller } from "./controller.ts";

export class ControllerManager {
  readonly #controllers: readonly Controller[];
  readonly #unsubscribe: () => void;
  /** Whose turn is first: after a spent budget it goes on with the next, so that none starves the rest. */
  #first = 0;

  constructor(store: ObjectStore, controllers: readonly Controller[]) {
    this.#controllers = controllers;
    this.#unsubscribe = store.subscribe((change) => {
      for (const controller of controllers) controller.observe(change);
    });
  }

  /**
   * Steps every controller that is due, again and again, until nothing is due at `now` or `units`
   * objects were looked at, or the turn is late. Call it again at `dueAt()`, at once where that is
   * not after `now`.
   */
  step(now: number, units: number, isLate?: () => boolean): void {
    const budget = new Budget(units, isLate);
    while (!budget.spent) {
      let stepped = false;
      const count = this.#controllers.length;
      const first = this.#first;
      for (let turn = 0; turn < count && !budget.spent; turn++) {
        const at = (first + turn) % count;
        const controller = this.#controllers[at]!;
        if (controller.dueAt() > now) continue;
        stepped = true;
        controller.step(now, budget);
        if (budget.spent) this.#first = (at + 1) % count;
      }
      if (!stepped) return;
      // A controller that is due and looks at nothing would hold the loop for ever.
      budget.take();
    }
  }

  /** When the next step has something to do; -Infinity: at once. */
  dueAt(): number {
    return Math.min(...this.#controllers.map((controller) => controller.dueAt()));
  }

  close(): void {
    this.#unsubscribe();
  }
}
