/**
 * The choice of a backend by what it does on this machine: first whether it is right, then how fast.
 * Never by what is there.
 */
import { Random } from "../../cluster/random.ts";
import { type Backend, javascript } from "../core/backend.ts";
import { gate } from "../core/circuit.ts";
import { type Primitive, primitivesOf } from "../core/primitive.ts";
import { randomPrimitives } from "../core/random-primitives.ts";
import type { StateVector } from "../core/state-vector.ts";

export interface BackendReport extends Measurement {
  readonly precision: "double" | "single";
  readonly chosen: boolean;
  /** What it computes with, or why it was not measured; may be empty. */
  readonly note: string;
}

interface Measurement {
  readonly name: string;
  /** Of a circuit of `measuredQubits` qubits, fused as the backend likes it; null if not measured. */
  readonly msPerGate: number | null;
  readonly correct: boolean;
}

/** Another backend has to be this much faster to be worth the cores and the memory it takes. */
export const gainMin = 1.15;

const measuredQubits = 18;

const checkedQubits = 10;
const checkedPrimitives = 60;
/** By the bytes of an amplitude: float64, float32. */
const deviationMax = { 16: 1e-12, 8: 1e-5 } as const;
const rounds = 3;

/** @param now milliseconds from an arbitrary start */
export function measureBackend(
  backend: Backend,
  now: () => number,
): Measurement & { readonly msPerGate: number } {
  return { name: backend.name, correct: isCorrect(backend), msPerGate: msPerGate(backend, now) };
}

/** The fastest of some rounds, which others' load disturbs least. */
export function msPerGate(backend: Backend, now: () => number, qubits = measuredQubits): number {
  const gates = layersOf(qubits, 2);
  const state = backend.newState(qubits);
  const times = Array.from({ length: rounds }, () => {
    const began = now();
    backend.apply(state, backend.prepare(gates, qubits));
    return now() - began;
  });
  backend.release(state);
  return Math.min(...times) / gates.length;
}

/** Layers of a general gate on each qubit and CX on neighbours in turn. */
function layersOf(qubits: number, layers: number): readonly Primitive[] {
  const operations = Array.from({ length: layers }, (_, layer) => [
    ...Array.from({ length: qubits }, (_unused, qubit) =>
      gate("u", [qubit], [0.3 + qubit, 0.5 + layer, 0.7]),
    ),
    ...Array.from({ length: qubits - 1 }, (_unused, qubit) => qubit)
      .filter((qubit) => qubit % 2 === layer % 2)
      .map((qubit) => gate("cx", [qubit, qubit + 1])),
  ]);
  return operations.flat().flatMap((operation) => primitivesOf(operation));
}

/** Every kind of primitive, against plain loops that fuse nothing. */
export function isCorrect(backend: Backend): boolean {
  const primitives = randomPrimitives(new Random(1), checkedQubits, checkedPrimitives);
  const expected = javascript.newState(checkedQubits);
  javascript.apply(expected, primitives);
  const state = backend.newState(checkedQubits);
  backend.apply(state, backend.prepare(primitives, checkedQubits));
  const isClose = isSame(expected, state, deviationMax[backend.amplitudeBytes]);
  backend.release(state);
  return isClose;
}

function isSame(first: StateVector, second: StateVector, deviation: number): boolean {
  // Written so that NaN is a difference.
  return (
    first.real.every((value, at) => Math.abs(value - second.real[at]!) <= deviation) &&
    first.imaginary.every((value, at) => Math.abs(value - second.imaginary[at]!) <= deviation)
  );
}
