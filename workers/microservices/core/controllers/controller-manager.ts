/** Runs the controllers over one store, one after another, until none has anything left to do now. */
import type { ObjectStore } from "../store/object-store.ts";
import { Budget, type Controller } from "./controller.ts";

export class ControllerManager {
  readonly #controllers: readonly Controller[];
  readonly #unsubscribe: () => void;

  constructor(store: ObjectStore, controllers: readonly Controller[]) {
    this.#controllers = controllers;
    this.#unsubscribe = store.subscribe((change) => {
      for (const controller of controllers) controller.observe(change);
    });
  }

  /**
   * Steps every controller that is due, again and again, until nothing is due at `now` or `units`
   * objects were looked at. Call it again at `dueAt()`, at once where that is not after `now`.
   */
  step(now: number, units: number): void {
    const budget = new Budget(units);
    while (!budget.spent) {
      const due = this.#controllers.filter((controller) => controller.dueAt() <= now);
      if (due.length === 0) return;
      for (const controller of due) {
        if (!budget.spent) controller.step(now, budget);
      }
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
