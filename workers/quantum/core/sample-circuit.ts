/** Counts of measured values over many shots, and what else can be asked of a circuit's state. */
import { Random } from "../../cluster/random.ts";
import { type Backend, javascript } from "./backend.ts";
import type { Circuit, Operation } from "./circuit.ts";
import { Matrix } from "./matrix.ts";
import { CircuitError } from "./primitive.ts";
import { lastMeasurements, measuredAtTheEnd, runShot } from "./run-circuit.ts";
import { applyPrimitive } from "./apply-primitive.ts";
import type { StateVector } from "./state-vector.ts";
import { standardGates } from "./gates/standard-gates.ts";

export interface Samples {
  /** Of each value of the bits, bit 0 last. */
  readonly counts: ReadonlyMap<string, number>;
  /** Whether one simulation served all shots, or each shot was simulated. */
  readonly method: "one-simulation" | "shot-by-shot";
}

/**
 * The same circuit, count and seed always give the same counts. `report` hears how many shots are done.
 * @throws CircuitError
 */
export function sampleCircuit(
  circuit: Circuit,
  { shots, seed }: { readonly shots: number; readonly seed: number },
  backend: Backend = javascript,
  report: (done: number) => void = () => undefined,
): Samples {
  const state = backend.newState(circuit.qubits);
  try {
    return sampleOn(state, circuit, { shots, seed }, backend, report);
  } finally {
    backend.release(state);
  }
}

function sampleOn(
  state: StateVector,
  circuit: Circuit,
  { shots, seed }: { readonly shots: number; readonly seed: number },
  backend: Backend,
  report: (done: number) => void,
): Samples {
  const measured = withMeasurements(circuit);
  const random = new Random(seed);
  const draw = () => random.float();
  const tail = lastMeasurements(measured.operations);
  const head = measured.operations.slice(0, measured.operations.length - tail.length);
  if (head.every(isCertain)) {
    const shot = runShot({ ...measured, operations: head }, draw, { backend, state });
    const distribution = measuredAtTheEnd(measured, shot, tail);
    return { counts: drawCounts(distribution, shots, draw), method: "one-simulation" };
  }
  const counts = new Map<string, number>();
  for (let done = 0; done < shots; done++) {
    const { bits } = runShot(measured, draw, { backend, state });
    const key = bits.toReversed().join("");
    counts.set(key, (counts.get(key) ?? 0) + 1);
    report(done + 1);
  }
  return { counts, method: "shot-by-shot" };
}

/** A circuit that measures nothing is asked for all of its qubits. */
function withMeasurements(circuit: Circuit): Circuit {
  if (measures(circuit.operations)) return circuit;
  const all = Array.from({ length: circuit.qubits }, (_, at): Operation => {
    return { kind: "measure", qubit: at, bit: at };
  });
  return { ...circuit, bits: circuit.qubits, operations: [...circuit.operations, ...all] };
}

function measures(operations: readonly Operation[]): boolean {
  return operations.some((operation) => {
    switch (operation.kind) {
      case "measure":
        return true;
      case "if":
        return measures(operation.whenTrue) || measures(operation.whenFalse);
      case "while":
      case "repeat":
        return measures(operation.body);
      case "switch":
        return measures(operation.otherwise) || operation.cases.some(({ body }) => measures(body));
      default:
        return false;
    }
  });
}

/** Whether an operation leaves nothing to chance. */
function isCertain(operation: Operation): boolean {
  switch (operation.kind) {
    case "measure":
    case "reset":
    case "noise":
      return false;
    case "if":
      return [...operation.whenTrue, ...operation.whenFalse].every(isCertain);
    case "while":
    case "repeat":
      return operation.body.every(isCertain);
    case "switch":
      return [...operation.otherwise, ...operation.cases.flatMap(({ body }) => body)].every(
        isCertain,
      );
    default:
      return true;
  }
}

function drawCounts(
  distribution: ReadonlyMap<string, number>,
  shots: number,
  draw: () => number,
): ReadonlyMap<string, number> {
  const keys = [...distribution.keys()];
  const sums = new Float64Array(keys.length);
  let total = 0;
  for (const [at, weight] of [...distribution.values()].entries()) {
    total += weight;
    sums[at] = total;
  }
  const counts = new Map<string, number>();
  for (let shot = 0; shot < shots; shot++) {
    const key = keys[firstAbove(sums, draw() * total)]!;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The first place whose sum is above the value, by halving. */
function firstAbove(sums: Float64Array, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** x, y and z of a qubit's Bloch vector: shorter than 1 when it is entangled with others. */
export function blochVector(state: StateVector, qubit: number): readonly [number, number, number] {
  let re = 0;
  let im = 0;
  let z = 0;
  const bit = 1 << qubit;
  for (let zero = 0; zero < state.size; zero++) {
    if ((zero & bit) !== 0) continue;
    const [re0, im0] = [state.real[zero]!, state.imaginary[zero]!];
    const [re1, im1] = [state.real[zero | bit]!, state.imaginary[zero | bit]!];
    // The off-diagonal element of the reduced density matrix: the sum of a0* a1.
    re += re0 * re1 + im0 * im1;
    im += re0 * im1 - im0 * re1;
    z += re0 * re0 + im0 * im0 - re1 * re1 - im1 * im1;
  }
  return [2 * re, 2 * im, z];
}

/** One term of an observable: a Pauli for each qubit, qubit 0 last, with its real factor. */
export interface PauliTerm {
  readonly paulis: string;
  readonly factor: number;
}

/** <psi| sum of factor * P |psi> */
export function expectation(state: StateVector, terms: readonly PauliTerm[]): number {
  return terms.reduce((sum, { paulis, factor }) => sum + factor * expectationOf(state, paulis), 0);
}

function expectationOf(state: StateVector, paulis: string): number {
  if (paulis.length !== state.qubits || !/^[IXYZ]*$/.test(paulis)) {
    throw new CircuitError(
      `${paulis} is no Pauli string of ${state.qubits} qubits: one of I, X, Y, Z for each, qubit 0 last`,
    );
  }
  const turned = state.copy();
  for (const [place, letter] of paulis.split("").toReversed().entries()) {
    if (letter === "I") continue;
    const matrix = standardGates.get(letter.toLowerCase())!.matrix();
    applyPrimitive(turned, { kind: "dense", matrix, qubits: [place], controls: [] });
  }
  let sum = 0;
  for (let at = 0; at < state.size; at++) {
    sum += state.real[at]! * turned.real[at]! + state.imaginary[at]! * turned.imaginary[at]!;
  }
  return sum;
}

/** The matrix of a circuit without measurements, resets and noise. */
export function unitaryOf(circuit: Circuit, backend: Backend = javascript): Matrix {
  if (!circuit.operations.every(isCertain)) {
    throw new CircuitError("a circuit that measures, resets or has noise is no unitary");
  }
  const size = 2 ** circuit.qubits;
  const matrix = new Matrix(size);
  const state = backend.newState(circuit.qubits);
  try {
    for (let column = 0; column < size; column++) {
      runShot(circuit, () => 0, { start: column, backend, state });
      for (let row = 0; row < size; row++) {
        matrix.set(row, column, state.real[row]!, state.imaginary[row]!);
      }
    }
  } finally {
    backend.release(state);
  }
  return matrix;
}
