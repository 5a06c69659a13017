/** Steps the controllers whenever one of them is due, a slice at a time, so that requests come between. */
import type { ControllerManager } from "../core/controllers/controller-manager.ts";
import { clusterLoopLimits } from "../limits.ts";

export interface StepLoopHost {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onFailure: (error: unknown) => void;
}

export class StepLoop {
  readonly #manager: ControllerManager;
  readonly #host: StepLoopHost;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #stepping = false;
  #closed = false;

  constructor(manager: ControllerManager, host: StepLoopHost) {
    this.#manager = manager;
    this.#host = host;
  }

  /** Something changed: many changes of one turn are one step. */
  wake(): void {
    if (this.#closed || this.#stepping) return;
    clearTimeout(this.#timer);
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#step();
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.#manager.close();
  }

  #step(): void {
    this.#stepping = true;
    try {
      const { objectsPerTurn, turnMs } = clusterLoopLimits;
      const lateAt = performance.now() + turnMs;
      this.#manager.step(this.#host.now(), objectsPerTurn, () => performance.now() >= lateAt);
    } catch (error) {
      this.#host.onFailure(error);
    } finally {
      this.#stepping = false;
    }
    if (this.#closed) return;
    const waitMs = this.#manager.dueAt() - this.#host.now();
    if (waitMs <= 0) this.wake();
    else if (waitMs !== Number.POSITIVE_INFINITY) {
      const delayMs = Math.min(Math.max(1, waitMs), clusterLoopLimits.timerMsMax);
      this.#timer = setTimeout(() => this.wake(), delayMs);
    }
  }
}
