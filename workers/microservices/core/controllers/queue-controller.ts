/** A controller that works off keys: what nearly all of them are. */
import { ApiError } from "../store/api-error.ts";
import type { Change } from "../store/change-log.ts";
import type { Budget, Controller } from "./controller.ts";
import { WorkQueue } from "./work-queue.ts";

export abstract class QueueController implements Controller {
  abstract readonly name: string;
  protected readonly queue = new WorkQueue();

  abstract observe(change: Change): void;

  /**
   * Brings what `key` names nearer to what is desired; one unit of the budget.
   * @throws ApiError: the key comes again after a pause that grows
   */
  protected abstract sync(key: string, now: number): void;

  step(now: number, budget: Budget): void {
    while (!budget.spent) {
      const key = this.queue.take(now);
      if (key === undefined) return;
      budget.take();
      try {
        this.sync(key, now);
        this.queue.done(key);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.queue.retry(key, now);
      }
    }
  }

  dueAt(): number {
    return this.queue.dueAt();
  }
}
