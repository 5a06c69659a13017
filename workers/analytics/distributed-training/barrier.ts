/**
 * Where the workers of a round meet, in shared memory. Nobody waits for ever: a round that is given
 * up releases all who wait, and a wait that lasts too long ends by itself.
 */
import { spinTurns, waitSliceMs } from "./distributed-training-limits.ts";

const arrived = 0;
const phase = 1;
const givenUp = 2;
const head = 3;

export class RoundGivenUp extends Error {
  constructor() {
    super("The round was given up.");
    this.name = "RoundGivenUp";
  }
}

/** The numbers that the workers of a round and its coordinator share. */
export class RoundControl {
  readonly buffer: SharedArrayBuffer;
  readonly #numbers: Int32Array;
  readonly #workers: number;

  constructor(workers: number, buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer((head + 3 * workers) * 4);
    this.#numbers = new Int32Array(this.buffer);
    this.#workers = workers;
  }

  /** How often this worker has shown that it goes on. */
  progress(rank: number): number {
    return Atomics.load(this.#numbers, head + rank);
  }

  /** Releases all who wait; they throw RoundGivenUp. */
  giveUp(): void {
    Atomics.store(this.#numbers, givenUp, 1);
    Atomics.notify(this.#numbers, phase);
    for (let rank = 0; rank < this.#workers; rank++) {
      Atomics.notify(this.#numbers, this.#slowAt(rank));
      Atomics.notify(this.#numbers, this.#frozenAt(rank));
    }
  }

  slow(rank: number, delayMs: number): void {
    Atomics.store(this.#numbers, this.#slowAt(rank), delayMs);
    Atomics.notify(this.#numbers, this.#slowAt(rank));
  }

  freeze(rank: number): void {
    Atomics.store(this.#numbers, this.#frozenAt(rank), 1);
  }

  /** What was asked of this worker for an experiment: a delay before each step, or to stop dead. */
  suffer(rank: number, longestMs: number): void {
    const delayMs = Atomics.load(this.#numbers, this.#slowAt(rank));
    if (delayMs > 0) Atomics.wait(this.#numbers, this.#slowAt(rank), delayMs, delayMs);
    if (Atomics.load(this.#numbers, this.#frozenAt(rank)) === 1) {
      Atomics.wait(this.#numbers, this.#frozenAt(rank), 1, longestMs);
      throw new Error("The worker stood still for longer than anybody waits.");
    }
    this.check();
  }

  check(): void {
    if (Atomics.load(this.#numbers, givenUp) === 1) throw new RoundGivenUp();
  }

  /**
   * Returns when all workers have come.
   * @throws RoundGivenUp, or an Error when it took longer than `longestMs`
   */
  meet(rank: number, longestMs: number): void {
    const numbers = this.#numbers;
    this.check();
    const before = Atomics.load(numbers, phase);
    Atomics.add(numbers, head + rank, 1);
    if (Atomics.add(numbers, arrived, 1) + 1 === this.#workers) {
      Atomics.store(numbers, arrived, 0);
      Atomics.add(numbers, phase, 1);
      Atomics.notify(numbers, phase);
      return;
    }
    for (let turn = 0; turn < spinTurns; turn++) {
      if (Atomics.load(numbers, phase) !== before) return;
    }
    for (let waitedMs = 0; waitedMs < longestMs; waitedMs += waitSliceMs) {
      Atomics.wait(numbers, phase, before, waitSliceMs);
      if (Atomics.load(numbers, phase) !== before) return;
      this.check();
    }
    throw new Error(`The other workers did not come within ${longestMs} ms.`);
  }

  #slowAt(rank: number): number {
    return head + this.#workers + rank;
  }

  #frozenAt(rank: number): number {
    return head + 2 * this.#workers + rank;
  }
}
