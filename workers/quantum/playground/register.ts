/**
 * The qubits of one run: a state vector, or with noise on few qubits the density matrix as a vector of
 * twice as many qubits, whose upper half are the bra's (a superoperator is then a plain matrix).
 */
import { krausOf } from "../core/channels.ts";
import type { Channel, GateDefinition, Operation } from "../core/circuit.ts";
import { Matrix } from "../core/matrix.ts";
import {
  CircuitError,
  isUnitaryOperation,
  type Primitive,
  primitivesOf,
} from "../core/primitive.ts";
import { copyState, type Engine, type EngineState } from "./engine.ts";

export type Form = "pure" | "density";

export interface Measured {
  readonly qubit: number;
  readonly probabilityOfOne: number;
  readonly outcome: 0 | 1;
}

type Definitions = ReadonlyMap<string, GateDefinition>;

/** A bound on the amplitudes that one go of the engine covers, so that others get their turn. */
const workAtOnceMax = 2 ** 27;

export class Register {
  readonly qubits: number;
  readonly form: Form;
  readonly state: EngineState;
  readonly engine: Engine;
  #pending: Primitive[] = [];

  constructor(engine: Engine, qubits: number, form: Form) {
    this.engine = engine;
    this.qubits = qubits;
    this.form = form;
    this.state = engine.newState(form === "pure" ? qubits : 2 * qubits);
  }

  release(): void {
    this.engine.release(this.state);
  }

  restart(): void {
    this.#pending = [];
    this.state.real.fill(0);
    this.state.imaginary.fill(0);
    this.state.real[0] = 1;
  }

  restore(from: EngineState): void {
    this.#pending = [];
    copyState(from, this.state);
  }

  /** Unitary operations wait for each other, to be carried out in fewer passes. */
  add(operation: Operation, definitions: Definitions): void {
    if (!isUnitaryOperation(operation)) throw new CircuitError(`${operation.kind} is not unitary`);
    for (const primitive of primitivesOf(operation, definitions)) {
      for (const qubit of [...primitive.qubits, ...primitive.controls.map((each) => each.qubit)]) {
        this.#require(qubit);
      }
      this.#push(primitive);
    }
  }

  /** Carries out all that waits. */
  *flush(): Generator<void, number> {
    if (this.#pending.length === 0) return 0;
    const steps = this.engine.prepare(this.#pending, this.state.qubits);
    this.#pending = [];
    const atOnce = Math.max(4, Math.floor(workAtOnceMax / this.state.real.length));
    for (let at = 0; at < steps.length; at += atOnce) {
      this.engine.apply(this.state, steps.slice(at, at + atOnce));
      yield;
    }
    return steps.length;
  }

  /** Nothing may wait. */
  probabilityOfOne(qubit: number): number {
    this.#require(qubit);
    const [, , z] = this.bloch(qubit);
    return Math.min(1, Math.max(0, (1 - z) / 2));
  }

  bloch(qubit: number): readonly [number, number, number] {
    if (this.form === "pure") return this.engine.bloch(this.state, qubit);
    const { real, imaginary } = this.state;
    const n = this.qubits;
    let [x, y, z] = [0, 0, 0];
    for (let basis = 0; basis < 2 ** n; basis++) {
      const isOne = ((basis >> qubit) & 1) === 1;
      z += real[basis + basis * 2 ** n]! * (isOne ? -1 : 1);
      if (isOne) continue;
      // <1|rho|0>: ket 1, bra 0.
      const at = (basis | (1 << qubit)) + basis * 2 ** n;
      x += 2 * real[at]!;
      y += 2 * imaginary[at]!;
    }
    return [x, y, z];
  }

  /** Collapses; nothing may wait. */
  measure(qubit: number, draw: number): Measured {
    const probabilityOfOne = this.probabilityOfOne(qubit);
    const outcome = draw < 1 - probabilityOfOne ? 0 : 1;
    const weight = outcome === 1 ? probabilityOfOne : 1 - probabilityOfOne;
    // A draw at the very edge of what is possible at all.
    const kept = weight > 0 ? outcome : outcome === 1 ? 0 : 1;
    const scale = 1 / Math.sqrt(weight > 0 ? weight : 1);
    const factors = Float64Array.of(kept === 0 ? scale : 0, 0, kept === 1 ? scale : 0, 0);
    this.#now({ kind: "diagonal", factors, qubits: [qubit], controls: [] });
    return { qubit, probabilityOfOne, outcome: kept };
  }

  reset(qubit: number, draw: number): Measured | null {
    if (this.form === "density") {
      this.channel({ kind: "loss", probability: 1 }, [qubit], draw);
      return null;
    }
    const measured = this.measure(qubit, draw);
    if (measured.outcome === 1) {
      this.#now({ kind: "permutation", images: [1, 0], qubits: [qubit], controls: [] });
    }
    return measured;
  }

  initialise(qubits: readonly number[], amplitudes: readonly number[], draw: () => number): void {
    const norm = Math.sqrt(amplitudes.reduce((sum, value) => sum + value * value, 0));
    if (amplitudes.length !== 2 * 2 ** qubits.length || Math.abs(norm - 1) > 1e-6) {
      throw new CircuitError(
        `initialise on ${qubits.length} qubits takes ${2 ** qubits.length} amplitudes of norm 1`,
      );
    }
    for (const qubit of qubits) this.reset(qubit, draw());
    // Any matrix with this first column does, since the qubits are all 0.
    const size = 2 ** qubits.length;
    const matrix = new Matrix(size);
    for (let row = 0; row < size; row++) {
      matrix.set(row, 0, amplitudes[2 * row]! / norm, amplitudes[2 * row + 1]! / norm);
    }
    this.#now({ kind: "dense", matrix, qubits, controls: [] });
  }

  /** What happens by chance: all of it in a density matrix, one of it in a state vector. */
  channel(channel: Channel, qubits: readonly number[], draw: number): void {
    for (const qubit of qubits) this.#require(qubit);
    const kraus = krausOf(channel, qubits.length);
    if (kraus.length === 1) return;
    if (this.form === "density") {
      const matrix = kraus
        .map((each) => conjugate(each).kron(each))
        .reduce((sum, each) => sum.add(each));
      const places = [...qubits, ...qubits.map((qubit) => qubit + this.qubits)];
      this.#now({ kind: "dense", matrix, qubits: places, controls: [] });
      return;
    }
    const weights = kraus.map((matrix) => this.#weightOf(matrix, qubits));
    let rest = draw * weights.reduce((sum, weight) => sum + weight, 0);
    let chosen = weights.findLastIndex((weight) => weight > 0);
    for (const [at, weight] of weights.entries()) {
      if (rest < weight) {
        chosen = at;
        break;
      }
      rest -= weight;
    }
    const matrix = kraus[chosen]!.scale(1 / Math.sqrt(weights[chosen]!));
    this.#now({ kind: "dense", matrix, qubits, controls: [] });
  }

  /** tr(K rho K^dagger); of more than one qubit there are mixtures of unitary operators only. */
  #weightOf(matrix: Matrix, qubits: readonly number[]): number {
    const square = matrix.adjoint().multiply(matrix);
    if (qubits.length > 1) return square.re(0, 0);
    const [x, y, z] = this.bloch(qubits[0]!);
    // tr(A rho) with rho = (1 + x X + y Y + z Z) / 2 and A Hermitian.
    const [a, d] = [square.re(0, 0), square.re(1, 1)];
    return (a + d + z * (a - d)) / 2 + square.re(0, 1) * x - square.im(0, 1) * y;
  }

  #push(primitive: Primitive): void {
    this.#pending.push(primitive);
    if (this.form === "density") this.#pending.push(braOf(primitive, this.qubits));
  }

  #now(primitive: Primitive): void {
    const isSuper = primitive.kind === "dense" && primitive.qubits.some((at) => at >= this.qubits);
    this.engine.apply(this.state, [primitive]);
    if (this.form === "density" && !isSuper) {
      this.engine.apply(this.state, [braOf(primitive, this.qubits)]);
    }
  }

  #require(qubit: number): void {
    if (Number.isInteger(qubit) && qubit >= 0 && qubit < this.qubits) return;
    throw new CircuitError(`qubit ${qubit} is not among the ${this.qubits}`);
  }
}

/** The complex conjugate on the bra's qubits. */
function braOf(primitive: Primitive, shift: number): Primitive {
  const placed = {
    qubits: primitive.qubits.map((qubit) => qubit + shift),
    controls: primitive.controls.map(({ qubit, value }) => ({ qubit: qubit + shift, value })),
  };
  switch (primitive.kind) {
    case "dense":
      return { ...primitive, ...placed, matrix: conjugate(primitive.matrix) };
    case "diagonal": {
      const factors = primitive.factors.map((value, at) => (at % 2 === 0 ? value : -value));
      return { ...primitive, ...placed, factors };
    }
    default:
      return { ...primitive, ...placed };
  }
}

function conjugate(matrix: Matrix): Matrix {
  return new Matrix(
    matrix.size,
    matrix.data.map((value, at) => (at % 2 === 0 ? value : -value)),
  );
}
