/**
 * The picture of a document: its state along the way. What an edit leaves as it was is not carried out
 * again: the way up to there is remembered, with the states at some of its steps.
 */
import { Random } from "../../cluster/random.ts";
import type { GateDefinition } from "../core/circuit.ts";
import { CircuitError } from "../core/primitive.ts";
import { setBit } from "../core/classical-bits.ts";
import { Checkpoints } from "./checkpoints.ts";
import { type DisplayValue, displayValue } from "./displays.ts";
import { type CircuitDocument, parameterValues } from "./document.ts";
import type { Engine } from "./engine.ts";
import { densityWiresMax, stepsMax } from "./limits.ts";
import { type Form, type Measured, Register } from "./register.ts";
import { channelOf, disturbedBy, hasNoise, type Resolved, resolved } from "./resolve.ts";
import { Walk, wayOf } from "./walk.ts";

export interface Step {
  readonly resolved: Resolved;
  readonly column: number;
  readonly turns: readonly number[];
  readonly bits: Uint8Array;
  readonly measured: readonly Measured[];
  /** Of the displays of its column, in their order. */
  readonly displays: readonly DisplayValue[];
}

export interface Evaluation {
  readonly steps: readonly Step[];
  /** Steps that were carried out for this picture, and operations of the engine. */
  readonly carriedOut: number;
  readonly passes: number;
}

/** What must be the same for a step to be the same. */
interface Setting {
  readonly wires: number;
  readonly bits: number;
  readonly gates: CircuitDocument["gates"];
  readonly noise: string;
  readonly form: Form;
  readonly seed: number;
  readonly shots: number;
}

const settingNames = ["wires", "bits", "gates", "noise", "form", "seed", "shots"] as const;

/** How many states are kept along a way, besides those where edits happen: copies cost time too. */
const checkpointsAlong = (wires: number): number => (wires < 19 ? 8 : 2);

export class Evaluator {
  readonly #engine: Engine;
  readonly #checkpoints: Checkpoints;
  #setting: Setting | null = null;
  #steps: Step[] = [];
  #register: Register | null = null;
  /** How many steps the register has behind it; null when it is in between. */
  #at: number | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#checkpoints = new Checkpoints(engine);
  }

  /** Gives the engine its memory back. */
  close(): void {
    this.#setting = null;
    this.#steps = [];
    this.#at = null;
    this.#checkpoints.dropAfter(-1);
    this.#register?.release();
    this.#register = null;
  }

  /**
   * Goes the whole way; `visit` reads the register once it has `playhead` steps behind it, or all of
   * them where there are fewer or it is null. Every yield is a place where it may be broken off.
   */
  *evaluate<T>(
    document: CircuitDocument,
    playhead: number | null,
    visit: (register: Register, step: Step | null) => Generator<void, T>,
  ): Generator<void, { readonly evaluation: Evaluation; readonly seen: T }> {
    const register = this.#prepare(document);
    const values = parameterValues(document);
    const way = wayOf(document.columns);
    const definitions = new Map(document.gates.map((gate) => [gate.name, gate]));
    const walk = new Walk(way);
    const old = this.#steps;
    let bits: Uint8Array = new Uint8Array(document.bits);
    let same = 0;
    let next = walk.next(bits);
    // The common beginning of the old way and the new one.
    for (; next !== null && same < old.length; same++) {
      const before = old[same]!;
      const now = resolved(document.columns[next]!, values);
      if (now !== before.resolved) break;
      const { turns } = walk;
      // Columns may have moved, though nothing in them changed.
      old[same] = { ...before, column: next, turns };
      bits = before.bits;
      next = walk.next(bits);
    }
    old.length = same;
    this.#checkpoints.dropAfter(same);
    const isUnchanged = next === null;
    const target = playhead === null ? null : Math.min(playhead, isUnchanged ? same : Infinity);
    const from = Math.min(target ?? same, same);
    const run = new Run(document, definitions, register);
    let passes = yield* this.#goTo(run, from);
    let seen: { readonly value: T } | null = null;
    if (target !== null && from === target) {
      seen = { value: yield* visit(register, old[target - 1] ?? null) };
    }
    if (next === null) {
      seen ??= { value: yield* visit(register, old[same - 1] ?? null) };
      const evaluation = { steps: old, carriedOut: 0, passes };
      return { evaluation, seen: seen.value };
    }
    if (from < same) passes += yield* this.#goTo(run, same);
    this.#checkpoints.keep(same, register);
    const every = Math.max(
      1,
      Math.ceil(document.columns.length / checkpointsAlong(document.wires)),
    );
    let sinceKept = 0;
    while (next !== null) {
      if (old.length >= stepsMax) {
        throw new CircuitError(`the way through the circuit has more than ${stepsMax} columns`);
      }
      const now = resolved(document.columns[next]!, values);
      this.#at = null;
      const { measured, bits: after } = yield* run.carryOut(now, old.length, bits);
      let displays: readonly DisplayValue[] = [];
      if (now.displays.length > 0) {
        yield* run.flush();
        displays = run.show(now, old.length);
        yield;
      }
      old.push({ resolved: now, column: next, turns: walk.turns, bits: after, measured, displays });
      bits = after;
      sinceKept += 1;
      const isTarget = target === old.length;
      if (isTarget || sinceKept >= every) {
        yield* run.flush();
        sinceKept = 0;
        this.#checkpoints.keep(old.length, register);
      }
      if (isTarget) seen = { value: yield* visit(register, old.at(-1) ?? null) };
      next = walk.next(bits);
    }
    yield* run.flush();
    passes += run.passes;
    this.#at = old.length;
    seen ??= { value: yield* visit(register, old.at(-1) ?? null) };
    const evaluation = { steps: old, carriedOut: old.length - same, passes };
    return { evaluation, seen: seen.value };
  }

  /** Brings the register to where this many steps of the known way are behind it. */
  *#goTo(run: Run, count: number): Generator<void, number> {
    if (this.#at === count) return 0;
    const { register } = run;
    const begin = this.#checkpoints.restore(count, register);
    this.#at = null;
    for (let at = begin; at < count; at++) {
      const before = at === 0 ? new Uint8Array(run.document.bits) : this.#steps[at - 1]!.bits;
      yield* run.carryOut(this.#steps[at]!.resolved, at, before);
    }
    yield* run.flush();
    if (count > begin) this.#checkpoints.keep(count, register);
    this.#at = count;
    return run.takePasses();
  }

  #prepare(document: CircuitDocument): Register {
    const { wires, bits, gates, seed, shots } = document;
    const noise = JSON.stringify(document.noise);
    const form = hasNoise(document) && wires <= densityWiresMax ? "density" : "pure";
    const setting: Setting = { wires, bits, gates, noise, form, seed, shots };
    const before = this.#setting;
    if (before !== null && settingNames.every((name) => before[name] === setting[name])) {
      if (this.#register !== null) return this.#register;
    }
    this.#setting = setting;
    this.#steps = [];
    this.#at = null;
    this.#checkpoints.dropAfter(-1);
    const old = this.#register;
    if (old?.qubits === wires && old.form === form) return old;
    old?.release();
    this.#register = null;
    const register = new Register(this.#engine, wires, form);
    this.#register = register;
    return register;
  }
}

/** Carries columns out on a register, one draw of chance for each place where one is needed. */
export class Run {
  readonly document: CircuitDocument;
  readonly register: Register;
  readonly #definitions: ReadonlyMap<string, GateDefinition>;
  readonly #random: Random;
  readonly #channel: ReturnType<typeof channelOf>;
  passes = 0;

  constructor(
    document: CircuitDocument,
    definitions: ReadonlyMap<string, GateDefinition>,
    register: Register,
    random = new Random(document.seed),
  ) {
    this.document = document;
    this.#definitions = definitions;
    this.register = register;
    this.#random = random;
    this.#channel = channelOf(document);
  }

  takePasses(): number {
    const { passes } = this;
    this.passes = 0;
    return passes;
  }

  *flush(): Generator<void, void> {
    this.passes += yield* this.register.flush();
  }

  /** The draws depend on the step and not on what was drawn before, so that steps can be left out. */
  *carryOut(
    { operations }: Pick<Resolved, "operations">,
    step: number,
    before: Uint8Array,
  ): Generator<void, { readonly bits: Uint8Array; readonly measured: readonly Measured[] }> {
    const measured: Measured[] = [];
    let bits = before;
    let draws = 0;
    const draw = () => this.#random.fork(`${step} ${draws++}`).float();
    for (const operation of operations) {
      switch (operation.kind) {
        case "barrier":
          break;
        case "measure": {
          yield* this.flush();
          const found = this.register.measure(operation.qubit, draw());
          measured.push(found);
          bits = bits.slice();
          setBit(bits, operation.bit, found.outcome);
          break;
        }
        case "reset":
          yield* this.flush();
          this.register.reset(operation.qubit, draw());
          break;
        case "initialise":
          yield* this.flush();
          this.register.initialise(operation.qubits, operation.amplitudes, draw);
          break;
        case "noise":
          yield* this.flush();
          this.register.channel(operation.channel, operation.qubits, draw());
          break;
        case "if":
        case "while":
        case "repeat":
        case "switch":
          throw new CircuitError(
            `${operation.kind} inside of a box: open it as blocks to see it run`,
          );
        default:
          this.register.add(operation, this.#definitions);
          if (this.#channel === null) break;
          yield* this.flush();
          for (const qubit of disturbedBy(operation)) {
            this.register.channel(this.#channel, [qubit], draw());
          }
      }
    }
    return { bits, measured };
  }

  show({ displays }: Resolved, step: number): readonly DisplayValue[] {
    return displays.map(({ item, place }) =>
      displayValue(this.register, item, {
        random: this.#random.fork(`display ${step} ${place}`),
        shots: Math.min(this.document.shots, 1_000),
      }),
    );
  }
}
