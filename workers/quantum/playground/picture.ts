/** What the screen shows of a document at one moment: everything is computed here, nothing there. */
import { Random } from "../../cluster/random.ts";
import { CircuitError } from "../core/primitive.ts";
import { circuitOfDocument } from "./compile.ts";
import { type Cost, costOf } from "./cost.ts";
import type { DisplayValue } from "./displays.ts";
import { type CircuitDocument, parameterValues } from "./document.ts";
import { bytesOf, type Engine } from "./engine.ts";
import { type Evaluator, Run, type Step } from "./evaluator.ts";
import {
  densityWiresMax,
  noisyWiresMax,
  repeatedWorkMax,
  stepsMax,
  trajectoriesMax,
} from "./limits.ts";
import {
  type ListedState,
  probabilitiesOf,
  type StateSummary,
  summaryOf,
  summaryOfProbabilities,
} from "./readout.ts";
import { Register } from "./register.ts";
import { hasNoise, resolved } from "./resolve.ts";
import { Walk, wayOf } from "./walk.ts";

export interface ShownDisplay extends DisplayValue {
  readonly column: number;
  readonly place: number;
}

export interface ShownMeasurement {
  readonly column: number;
  readonly qubit: number;
  readonly probabilityOfOne: number;
  readonly outcome: 0 | 1;
}

export interface Picture {
  /** Of each wire x, y and z of its Bloch vector in turn. */
  readonly bloch: Float64Array;
  readonly listed: readonly ListedState[];
  readonly listsAll: boolean;
  readonly bars: Float64Array;
  /** The latest showing of each up to the playhead, or of all where there is none. */
  readonly displays: readonly ShownDisplay[];
  readonly measurements: readonly ShownMeasurement[];
  /** Bit 0 last. */
  readonly bits: string;
  /** Columns in the order in which they were carried out. */
  readonly way: Int32Array;
  /** How many of them the picture has behind it. */
  readonly step: number;
  /** Turns of the loops around the column that was carried out last. */
  readonly turns: readonly number[];
  readonly method: string;
  readonly precision: "f64" | "f32";
  readonly stateBytes: number;
  readonly carriedOut: number;
  readonly cost: Cost;
}

interface Reading {
  readonly bloch: Float64Array;
  readonly summary: StateSummary;
}

/** Reads a register; big ones yield in between. */
function* reading(register: Register): Generator<void, Reading> {
  const bloch = new Float64Array(3 * register.qubits);
  for (let qubit = 0; qubit < register.qubits; qubit++) {
    bloch.set(register.bloch(qubit), 3 * qubit);
    yield;
  }
  const summary = summaryOf(register);
  yield;
  return { bloch, summary };
}

/** @throws CircuitError, ExpressionError, RangeError: what is wrong with the document */
export function* pictureOf(
  evaluator: Evaluator,
  engine: Engine,
  document: CircuitDocument,
  playhead: number | null,
): Generator<void, Picture> {
  const cost = costOf(circuitOfDocument(document));
  if (hasNoise(document) && document.wires > densityWiresMax) {
    return yield* pictureOfTrajectories(engine, document, playhead, cost);
  }
  const { evaluation, seen } = yield* evaluator.evaluate(
    document,
    playhead,
    function* visit(register) {
      const read = yield* reading(register);
      const { form, state } = register;
      return { ...read, form, precision: state.precision, stateBytes: bytesOf(state) };
    },
  );
  const { steps, carriedOut } = evaluation;
  const step = Math.min(playhead ?? steps.length, steps.length);
  return {
    bloch: seen.bloch,
    ...seen.summary,
    ...shownOf(steps.slice(0, step), document),
    way: Int32Array.from(steps, ({ column }) => column),
    step,
    method: seen.form === "density" ? "density matrix, exact" : "state vector",
    precision: seen.precision,
    stateBytes: seen.stateBytes,
    carriedOut,
    cost,
  };
}

function shownOf(steps: readonly Step[], document: CircuitDocument) {
  const displays = new Map<string, ShownDisplay>();
  const measurements = new Map<string, ShownMeasurement>();
  for (const { column, resolved: found, displays: values, measured } of steps) {
    for (const [at, value] of values.entries()) {
      const { place } = found.displays[at]!;
      displays.set(`${column} ${place}`, { ...value, column, place });
    }
    for (const each of measured) measurements.set(`${column} ${each.qubit}`, { ...each, column });
  }
  const bits = steps.at(-1)?.bits ?? new Uint8Array(document.bits);
  return {
    displays: [...displays.values()],
    measurements: [...measurements.values()],
    bits: bits.toReversed().join(""),
    turns: steps.at(-1)?.turns ?? [],
  };
}

/** The mean of runs in each of which the noise chose once (Nielsen and Chuang 8.2.3). */
function* pictureOfTrajectories(
  engine: Engine,
  document: CircuitDocument,
  playhead: number | null,
  cost: Cost,
): Generator<void, Picture> {
  if (document.wires > noisyWiresMax) {
    throw new CircuitError(
      `noise is simulated on up to ${noisyWiresMax} qubits: use fewer, or set the noise to 0`,
    );
  }
  const count = trajectoryCount(document, cost);
  const register = new Register(engine, document.wires, "pure");
  try {
    const bloch = new Float64Array(3 * document.wires);
    const probabilities = new Float64Array(2 ** document.wires);
    const stepOf = ({ length }: readonly Step[]) => Math.min(playhead ?? length, length);
    const displays = new Map<string, { shown: ShownDisplay; sum: Float64Array; times: number }>();
    let first: readonly Step[] | null = null;
    for (let at = 0; at < count; at++) {
      const random = at === 0 ? new Random(document.seed) : new Random(document.seed).fork(`${at}`);
      const { steps, read } = yield* oneTrajectory(register, document, {
        playhead,
        random,
        isWhole: at === 0,
      });
      first ??= steps;
      for (const [place, value] of read.bloch.entries()) bloch[place]! += value / count;
      for (const [basis, value] of probabilitiesOf(register).entries()) {
        probabilities[basis]! += value / count;
      }
      for (const shown of shownOf(steps.slice(0, stepOf(steps)), document).displays) {
        const key = `${shown.column} ${shown.place}`;
        const known = displays.get(key);
        if (known === undefined) {
          displays.set(key, { shown, sum: shown.values.slice(), times: 1 });
          continue;
        }
        for (const [place, value] of shown.values.entries()) known.sum[place]! += value;
        known.times += 1;
      }
      yield;
    }
    const steps = first ?? [];
    return {
      bloch,
      ...summaryOfProbabilities(probabilities),
      ...shownOf(steps.slice(0, stepOf(steps)), document),
      displays: [...displays.values()].map(({ shown, sum, times }): ShownDisplay =>
        shown.kind === "amplitude"
          ? { ...shown, values: new Float64Array(), note: "a mixture" }
          : { ...shown, values: sum.map((value) => value / times) },
      ),
      way: Int32Array.from(steps, ({ column }) => column),
      step: stepOf(steps),
      method: `mean of ${count} noisy ${count === 1 ? "trajectory" : "trajectories"}`,
      precision: register.state.precision,
      stateBytes: bytesOf(register.state),
      carriedOut: steps.length,
      cost,
    };
  } finally {
    register.release();
  }
}

function trajectoryCount(document: CircuitDocument, { operations }: Cost): number {
  const work = Math.max(1, operations) * 2 ** document.wires;
  return Math.max(1, Math.min(trajectoriesMax, Math.floor(repeatedWorkMax / work)));
}

interface Trajectory {
  readonly playhead: number | null;
  readonly random: Random;
  /** Goes on behind the playhead, to know the whole way. */
  readonly isWhole: boolean;
}

function* oneTrajectory(
  register: Register,
  document: CircuitDocument,
  { playhead, random, isWhole }: Trajectory,
): Generator<void, { readonly steps: readonly Step[]; readonly read: Reading }> {
  const definitions = new Map(document.gates.map((gate) => [gate.name, gate]));
  const values = parameterValues(document);
  const run = new Run(document, definitions, register, random);
  const walk = new Walk(wayOf(document.columns));
  const steps: Step[] = [];
  register.restart();
  let read: Reading | null = null;
  let bits: Uint8Array = new Uint8Array(document.bits);
  for (let next = walk.next(bits); next !== null; next = walk.next(bits)) {
    if (steps.length === playhead) {
      yield* run.flush();
      read = yield* reading(register);
      if (!isWhole) break;
    }
    if (steps.length >= stepsMax) break;
    const now = resolved(document.columns[next]!, values);
    const done = yield* run.carryOut(now, steps.length, bits);
    if (now.displays.length > 0) yield* run.flush();
    const displays = now.displays.length > 0 ? run.show(now, steps.length) : [];
    steps.push({
      resolved: now,
      column: next,
      turns: walk.turns,
      bits: done.bits,
      measured: done.measured,
      displays,
    });
    bits = done.bits;
  }
  yield* run.flush();
  read ??= yield* reading(register);
  return { steps, read };
}
