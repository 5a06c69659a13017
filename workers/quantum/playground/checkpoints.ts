/** States kept along the way, in bounded memory; the one that was of use least recently goes first. */
import { bytesOf, copyState, type Engine, type EngineState } from "./engine.ts";
import { checkpointBytesMax, checkpointsMax } from "./limits.ts";
import type { Register } from "./register.ts";

interface Checkpoint {
  readonly at: number;
  readonly state: EngineState;
}

export class Checkpoints {
  readonly #engine: Engine;
  /** The latest used last. */
  #kept: Checkpoint[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get bytes(): number {
    return this.#kept.reduce((sum, { state }) => sum + bytesOf(state), 0);
  }

  /** Keeps the register's state after this many steps. */
  keep(at: number, { state }: Register): void {
    if (at === 0) return;
    const known = this.#kept.find((each) => each.at === at);
    if (known !== undefined) {
      this.#touch(known);
      return;
    }
    const most = Math.min(checkpointsMax, Math.floor(checkpointBytesMax / bytesOf(state)));
    if (most < 1) return;
    // The oldest one's memory is used again, rather than asking for more.
    const oldest = this.#kept.length >= most ? this.#kept.shift() : undefined;
    const room = oldest?.state ?? this.#room(state.qubits);
    if (room === null) return;
    copyState(state, room);
    this.#kept.push({ at, state: room });
  }

  /** Brings the register to the nearest state known, and says how many steps that has behind it. */
  restore(count: number, register: Register): number {
    let nearest: Checkpoint | null = null;
    for (const each of this.#kept) {
      if (each.at <= count && each.at > (nearest?.at ?? 0)) nearest = each;
    }
    if (nearest === null) {
      register.restart();
      return 0;
    }
    this.#touch(nearest);
    register.restore(nearest.state);
    return nearest.at;
  }

  /** The way is another one after this many steps; -1 takes all. */
  dropAfter(at: number): void {
    const gone = this.#kept.filter((each) => each.at > at);
    if (gone.length === 0) return;
    this.#kept = this.#kept.filter((each) => each.at <= at);
    for (const { state } of gone) this.#engine.release(state);
  }

  /** Where memory is short a picture takes longer, and is still drawn. */
  #room(qubits: number): EngineState | null {
    try {
      return this.#engine.newState(qubits);
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  #touch(checkpoint: Checkpoint): void {
    this.#kept = [...this.#kept.filter((each) => each !== checkpoint), checkpoint];
  }
}
