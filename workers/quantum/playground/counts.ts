/** What measuring all of it many times would find. */
import { Random } from "../../cluster/random.ts";
import type { Operation } from "../core/circuit.ts";
import { isUnitaryOperation } from "../core/primitive.ts";
import { type CircuitDocument, parameterValues } from "./document.ts";
import type { Engine, EngineState } from "./engine.ts";
import { copyState } from "./engine.ts";
import { Run } from "./evaluator.ts";
import { countedValuesMax, densityWiresMax, repeatedWorkMax } from "./limits.ts";
import { probabilitiesOf } from "./readout.ts";
import { Register } from "./register.ts";
import { disturbedBy, hasNoise, type Resolved, resolved } from "./resolve.ts";
import { Walk, wayOf } from "./walk.ts";
import { drawnFrom } from "./displays.ts";

export interface Counts {
  /** The most frequent first; bit 0 last, or qubit 0 where nothing is measured. */
  readonly values: readonly { readonly key: string; readonly count: number }[];
  readonly different: number;
  readonly shots: number;
  readonly wanted: number;
  readonly of: "bits" | "qubits";
  /** One simulation for all shots, or one for each. */
  readonly method: "one-simulation" | "shot-by-shot";
}

/** The steps up to the first that leaves something to chance; they are the same for every shot. */
interface Trunk {
  readonly columns: number;
  readonly rest: Walk;
}

/** @throws what is wrong with the document */
export function* countsOf(engine: Engine, document: CircuitDocument): Generator<void, Counts> {
  const { wires, seed, shots } = document;
  const noisy = hasNoise(document);
  const form = noisy && wires <= densityWiresMax ? "density" : "pure";
  const register = new Register(engine, wires, form);
  let kept: EngineState | null = null;
  try {
    const random = new Random(seed);
    const definitions = new Map(document.gates.map((gate) => [gate.name, gate]));
    const values = parameterValues(document);
    const isByChance = noisy && form === "pure";
    const run = new Run(document, definitions, register, random);
    const trunk = yield* carryOutTrunk(run, document, values, isByChance);
    const tail = isByChance ? null : tailOf(document, values, trunk);
    if (tail !== null) {
      yield* run.carryOut(tail, trunk.columns, new Uint8Array(document.bits));
      yield* run.flush();
      return countsOfTail(register, document, tail.sources, random);
    }
    kept = engine.newState(register.state.qubits);
    copyState(register.state, kept);
    const work = 2 ** register.state.qubits * Math.max(1, document.columns.length - trunk.columns);
    const affordable = Math.max(1, Math.min(shots, Math.floor(repeatedWorkMax / work)));
    const counts = new Map<string, number>();
    for (let shot = 0; shot < affordable; shot++) {
      register.restore(kept);
      const own = new Run(document, definitions, register, random.fork(`shot ${shot}`));
      const bits = yield* carryOutRest(own, document, values, trunk);
      const isRead = document.columns.some(measures);
      const key = isRead ? bits.toReversed().join("") : wholeKey(register, random, wires);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      yield;
    }
    const of = document.columns.some(measures) ? "bits" : "qubits";
    return { ...listed(counts), shots: affordable, wanted: shots, of, method: "shot-by-shot" };
  } finally {
    register.release();
    if (kept !== null) engine.release(kept);
  }
}

const measures = (column: CircuitDocument["columns"][number]): boolean =>
  column.kind === "items" && column.items.some(({ kind }) => kind === "measure");

function isCertain({ operations }: Resolved): boolean {
  return operations.every(
    ({ kind }) =>
      kind !== "measure" && kind !== "reset" && kind !== "noise" && kind !== "initialise",
  );
}

function* carryOutTrunk(
  run: Run,
  document: CircuitDocument,
  values: ReadonlyMap<string, number>,
  isByChance: boolean,
): Generator<void, Trunk> {
  const walk = new Walk(wayOf(document.columns));
  const bits = new Uint8Array(document.bits);
  let columns = 0;
  if (isByChance) return { columns, rest: walk };
  for (;;) {
    const before = walk.copy();
    const next = walk.next(bits);
    if (next === null) break;
    const now = resolved(document.columns[next]!, values);
    if (!isCertain(now)) {
      yield* run.flush();
      return { columns, rest: before };
    }
    yield* run.carryOut(now, columns, bits);
    columns += 1;
  }
  yield* run.flush();
  return { columns, rest: walk };
}

interface Tail {
  /** The qubit that each bit is read from. */
  readonly sources: ReadonlyMap<number, number>;
  /** What is still to be done, on qubits that have not been measured by then. */
  readonly operations: readonly Operation[];
}

/** null where what follows a measurement depends on it, or on more chance. */
function tailOf(
  document: CircuitDocument,
  values: ReadonlyMap<string, number>,
  { rest }: Trunk,
): Tail | null {
  const sources = new Map<number, number>();
  const operations: Operation[] = [];
  const first = rest.copy().next(new Uint8Array(document.bits));
  if (first === null) return { sources, operations };
  const measured = new Set<number>();
  for (const column of document.columns.slice(first)) {
    if (column.kind !== "items") return null;
    for (const operation of resolved(column, values).operations) {
      if (operation.kind === "measure") {
        sources.set(operation.bit, operation.qubit);
        measured.add(operation.qubit);
      } else if (operation.kind !== "barrier") {
        const touched = disturbedBy(operation);
        // A measured qubit that is left alone might as well be measured at the end.
        if (!isUnitaryOperation(operation) || touched.some((qubit) => measured.has(qubit)))
          return null;
        operations.push(operation);
      }
    }
  }
  return { sources, operations };
}

function countsOfTail(
  register: Register,
  document: CircuitDocument,
  tail: ReadonlyMap<number, number>,
  random: Random,
): Counts {
  const { shots, wires, bits } = document;
  const drawn = drawnFrom(probabilitiesOf(register), { random, shots });
  const counts = new Map<string, number>();
  for (const [basis, count] of drawn.entries()) {
    if (count === 0) continue;
    const key = tail.size === 0 ? bitsOf(basis, wires) : readBits(basis, tail, bits);
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  const of = tail.size === 0 ? "qubits" : "bits";
  return { ...listed(counts), shots, wanted: shots, of, method: "one-simulation" };
}

function bitsOf(basis: number, wires: number): string {
  return basis.toString(2).padStart(wires, "0");
}

function readBits(basis: number, tail: ReadonlyMap<number, number>, bits: number): string {
  return Array.from({ length: bits }, (_, at) => {
    const qubit = tail.get(bits - 1 - at);
    return qubit === undefined ? "0" : String((basis >> qubit) & 1);
  }).join("");
}

function* carryOutRest(
  run: Run,
  document: CircuitDocument,
  values: ReadonlyMap<string, number>,
  { rest, columns }: Trunk,
): Generator<void, Uint8Array> {
  const walk = rest.copy();
  let bits: Uint8Array = new Uint8Array(document.bits);
  let step = columns;
  for (let next = walk.next(bits); next !== null; next = walk.next(bits)) {
    const done = yield* run.carryOut(resolved(document.columns[next]!, values), step, bits);
    bits = done.bits;
    step += 1;
  }
  yield* run.flush();
  return bits;
}

function wholeKey(register: Register, random: Random, wires: number): string {
  const drawn = drawnFrom(probabilitiesOf(register), { random, shots: 1 });
  return bitsOf(drawn.indexOf(1), wires);
}

function listed(counts: ReadonlyMap<string, number>) {
  const values = [...counts]
    .map(([key, count]) => ({ key, count }))
    .toSorted((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1))
    .slice(0, countedValuesMax);
  return { values, different: counts.size };
}
