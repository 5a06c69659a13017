/**
 * A cluster in real time: the same simulation, with every event handled when a real clock reaches it.
 * All its faults, its log and its invariants are at hand while it runs. The clock is lent by the
 * thread, which keeps this room free of timers.
 */
import { eventsPerTurnMax } from "./limits.ts";
import type { Simulation } from "./simulation.ts";

export interface LiveClock {
  /** Milliseconds from an arbitrary start that never run backwards. */
  monotonicMs(): number;
  /** Calls once after the delay; the returned function calls it off. */
  wake(delayMs: number, run: () => void): () => void;
}

export interface LiveOptions {
  /** How late events may be handled when nobody waits for them: fewer wakings, the same order. */
  readonly patienceMs?: () => number;
  /** Asked now and then: whether time may stand still until the next act from outside. */
  readonly mayRest?: () => boolean;
}

export class LiveCluster<Message, Stored> {
  readonly simulation: Simulation<Message, Stored>;
  readonly #clock: LiveClock;
  readonly #options: LiveOptions;
  /** Real time minus virtual time. */
  #offsetMs = 0;
  #callOff: (() => void) | null = null;
  #running = false;
  #resting = false;

  constructor(
    simulation: Simulation<Message, Stored>,
    clock: LiveClock,
    options: LiveOptions = {},
  ) {
    this.simulation = simulation;
    this.#clock = clock;
    this.#options = options;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Whether its time stands still, for all nodes alike, until somebody acts on it. */
  get resting(): boolean {
    return this.#resting;
  }

  /** Lets time pass, from where it stood. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#proceed();
    this.#arrange();
  }

  /** Stands still until it is started again. Nothing wakes it meanwhile. */
  stop(): void {
    this.#running = false;
    this.#resting = false;
    this.#callOff?.();
    this.#callOff = null;
  }

  /**
   * Does something to the cluster from outside, such as scheduling an action, at the present time.
   * What becomes due without delay happens before this returns.
   */
  act(run: (simulation: Simulation<Message, Stored>) => void): void {
    if (this.#resting) this.#proceed();
    if (this.#running) this.#catchUp();
    run(this.simulation);
    if (!this.#running) return;
    this.#catchUp();
    this.#arrange();
  }

  /** Time goes on from where it stood. */
  #proceed(): void {
    this.#resting = false;
    this.#offsetMs = this.#clock.monotonicMs() - this.simulation.nowMs;
  }

  #arrange(): void {
    this.#callOff?.();
    const nextMs = this.simulation.nextEventMs;
    if (nextMs === null) {
      this.#callOff = null;
      return;
    }
    const delayMs = Math.max(0, nextMs + this.#offsetMs - this.#clock.monotonicMs());
    this.#callOff = this.#clock.wake(delayMs + (this.#options.patienceMs?.() ?? 0), () =>
      this.#turn(),
    );
  }

  #turn(): void {
    this.#callOff = null;
    this.#catchUp();
    if (!this.#running) return;
    this.#resting = this.#options.mayRest?.() ?? false;
    if (!this.#resting) this.#arrange();
  }

  /** Handles what is due by now, or as much of it as one turn may. */
  #catchUp(): void {
    const nowMs = this.#clock.monotonicMs() - this.#offsetMs;
    let handled = 0;
    this.simulation.runUntil(nowMs, () => {
      handled += 1;
      // The question comes once before the first event, too.
      return !this.#running || handled > eventsPerTurnMax;
    });
  }
}
