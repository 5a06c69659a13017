/**
 * A mixed state as its density matrix, kept as a state vector of twice the qubits: qubit q stands for
 * the rows, qubit q + n for the columns. U rho U^dagger is then U on the one and U* on the other, and a
 * channel is one matrix on both (Wood, Biamonte and Cory 2015, section 4). Nothing but measurements is
 * left to chance.
 */
import type { Backend } from "../backend.ts";
import { krausOf } from "../channels.ts";
import type { Channel, Operation } from "../circuit.ts";
import { Matrix } from "../matrix.ts";
import { isUnitaryOperation, type Primitive } from "../primitive.ts";
import { primitivesWithin, requireQubit } from "../primitives-within.ts";
import type { StateVector } from "../state-vector.ts";
import type { DenseMachine, Preparer } from "./machine.ts";

type Steps = readonly Primitive[];

export class DensityMachine implements DenseMachine<Steps> {
  readonly qubits: number;
  readonly size: number;
  readonly preparer: Preparer<Steps>;
  readonly #doubled: StateVector;
  readonly #backend: Backend;

  /** `doubled` is one of the backend's own, of an even number of qubits, in |0...0>. */
  constructor(doubled: StateVector, backend: Backend) {
    this.qubits = doubled.qubits / 2;
    this.size = 2 ** this.qubits;
    this.#doubled = doubled;
    this.#backend = backend;
    this.preparer = preparerOf(backend);
  }

  probability(basis: number): number {
    // Rounding may leave what is zero below it.
    return Math.max(0, this.#doubled.real[basis | (basis << this.qubits)] ?? 0);
  }

  /** The element of a row and a column, real and imaginary part. */
  element(row: number, column: number): readonly [number, number] {
    const at = row | (column << this.qubits);
    return [this.#doubled.real[at]!, this.#doubled.imaginary[at]!];
  }

  /** Tr rho^2: 1 for a pure state, 2^-n for the mixture of all. */
  purity(): number {
    return this.#doubled.norm();
  }

  apply(steps: Steps): void {
    this.#backend.apply(this.#doubled, steps);
  }

  probabilityOfOne(qubit: number): number {
    requireQubit(qubit, this.qubits);
    let sum = 0;
    for (let basis = 0; basis < this.size; basis++) {
      if (((basis >> qubit) & 1) === 1) sum += this.probability(basis);
    }
    return Math.min(1, sum);
  }

  collapse(qubit: number, value: 0 | 1): void {
    const one = this.probabilityOfOne(qubit);
    const scale = 1 / (value === 1 ? one : 1 - one);
    const kept = (factor: number) =>
      Float64Array.from([0, 1, 2, 3], (at) => (at === 2 * value ? factor : 0));
    this.#multiply([
      { kind: "diagonal", factors: kept(scale), qubits: [qubit], controls: [] },
      { kind: "diagonal", factors: kept(1), qubits: [qubit + this.qubits], controls: [] },
    ]);
  }

  reset(qubit: number): void {
    this.#multiply([resetOf(qubit, this.qubits)]);
  }

  disturb(channel: Channel, qubits: readonly number[]): void {
    this.#multiply([channelOf(channel, qubits, this.qubits)]);
  }

  initialise(qubits: readonly number[], amplitudes: readonly number[]): void {
    this.#doubled.setFreshQubits(qubits, amplitudes);
    this.#doubled.setFreshQubits(
      qubits.map((qubit) => qubit + this.qubits),
      amplitudes.map((value, at) => (at % 2 === 0 ? value : -value)),
    );
  }

  #multiply(primitives: Steps): void {
    this.apply(this.#backend.prepare(primitives, 2 * this.qubits));
  }
}

const preparers = new WeakMap<Backend, Preparer<Steps>>();

function preparerOf(backend: Backend): Preparer<Steps> {
  const known = preparers.get(backend);
  if (known !== undefined) return known;
  const preparer: Preparer<Steps> = {
    takes: (operation) =>
      isUnitaryOperation(operation) || operation.kind === "noise" || operation.kind === "reset",
    prepare(operations, circuit) {
      const primitives = operations.flatMap((operation) => doubledOf(operation, circuit));
      return backend.prepare(primitives, 2 * circuit.qubits);
    },
  };
  preparers.set(backend, preparer);
  return preparer;
}

function doubledOf(
  operation: Operation,
  circuit: Parameters<Preparer<Steps>["prepare"]>[1],
): readonly Primitive[] {
  if (operation.kind === "noise") {
    return [channelOf(operation.channel, operation.qubits, circuit.qubits)];
  }
  if (operation.kind === "reset") return [resetOf(operation.qubit, circuit.qubits)];
  return primitivesWithin([operation], circuit).flatMap((primitive) => [
    primitive,
    conjugateOf(primitive, circuit.qubits),
  ]);
}

/** The conjugate of a primitive, on the qubits of the columns. */
function conjugateOf(primitive: Primitive, shift: number): Primitive {
  const qubits = primitive.qubits.map((qubit) => qubit + shift);
  const controls = primitive.controls.map(({ qubit, value }) => ({ qubit: qubit + shift, value }));
  switch (primitive.kind) {
    case "dense":
      return { ...primitive, matrix: primitive.matrix.conjugate(), qubits, controls };
    case "diagonal": {
      const factors = primitive.factors.map((value, at) => (at % 2 === 0 ? value : -value));
      return { ...primitive, factors, qubits, controls };
    }
    default:
      return { ...primitive, qubits, controls };
  }
}

function channelOf(channel: Channel, qubits: readonly number[], shift: number): Primitive {
  for (const qubit of qubits) requireQubit(qubit, shift);
  return superoperatorOf(krausOf(channel, qubits.length), qubits, shift);
}

const projections = [
  Matrix.of([
    [1, 0],
    [0, 0],
  ]),
  Matrix.of([
    [0, 1],
    [0, 0],
  ]),
];

function resetOf(qubit: number, shift: number): Primitive {
  requireQubit(qubit, shift);
  return superoperatorOf(projections, [qubit], shift);
}

/** The sum of K* (x) K over the Kraus operators. */
function superoperatorOf(
  kraus: readonly Matrix[],
  qubits: readonly number[],
  shift: number,
): Primitive {
  const matrix = kraus
    .map((each) => each.conjugate().kron(each))
    .reduce((sum, each) => sum.add(each));
  const both = [...qubits, ...qubits.map((qubit) => qubit + shift)];
  return { kind: "dense", matrix, qubits: both, controls: [] };
}
