/** The running timers of one node, by name. */
import { timersPerNodeMax } from "./limits.ts";

export interface Timer {
  readonly name: string;
  /** Moved later without a new event when the timer is set again; the event then waits once more. */
  dueUs: number;
  active: boolean;
}

export class Timers {
  readonly #running = new Map<string, Timer>();

  /** Starts a timer, or moves one of this name. Returns the timer that needs an event, if any does. */
  set(name: string, dueUs: number): Timer | null {
    const running = this.#running.get(name);
    if (running !== undefined && dueUs >= running.dueUs) {
      running.dueUs = dueUs;
      return null;
    }
    if (running !== undefined) {
      running.active = false;
    } else if (this.#running.size >= timersPerNodeMax) {
      throw new RangeError(`more than ${timersPerNodeMax} timers at once`);
    }
    const timer = { name, dueUs, active: true };
    this.#running.set(name, timer);
    return timer;
  }

  cancel(name: string): void {
    const timer = this.#running.get(name);
    if (timer === undefined) return;
    timer.active = false;
    this.#running.delete(name);
  }

  clear(): void {
    for (const timer of this.#running.values()) timer.active = false;
    this.#running.clear();
  }
}
