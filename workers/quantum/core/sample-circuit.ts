/** Counts of measured values over many shots, with the method that suits the circuit. */
import { Random } from "../../cluster/random.ts";
import { type Backend, javascript } from "./backend.ts";
import { chooseMethod, type Method, type MethodName } from "./choose-method.ts";
import { bodiesOf, type Circuit, type Operation } from "./circuit.ts";
import type { Bits } from "./classical-bits.ts";
import { sourcesOf, splitAtEnd } from "./distribution.ts";
import { outcomeCharactersMax, stateVectorQubitsMax } from "./limits.ts";
import { DensityMachine } from "./machines/density-machine.ts";
import type { DenseMachine, Machine } from "./machines/machine.ts";
import { StabilizerMachine } from "./machines/stabilizer-machine.ts";
import { VectorMachine } from "./machines/vector-machine.ts";
import { Matrix } from "./matrix.ts";
import { CircuitError, isUnitaryOperation } from "./primitive.ts";
import { drawing, runOn, runShot } from "./run-circuit.ts";
import { StabilizerOutcomes } from "./stabilizer/outcomes.ts";
import { Tableau } from "./stabilizer/tableau.ts";

export interface Samples {
  /** Of each value of the bits, bit 0 last. */
  readonly counts: ReadonlyMap<string, number>;
  readonly method: Method;
}

export interface SampleOptions {
  readonly shots: number;
  readonly seed: number;
  readonly method?: MethodName | "auto";
  readonly denseQubitsMax?: number;
  readonly backend?: Backend;
  /** Hears how many shots are done, and the counts so far. */
  readonly report?: (done: number, counts: ReadonlyMap<string, number>) => void;
}

/**
 * The same circuit, count, seed and method always give the same counts.
 * @throws CircuitError
 */
export function sampleCircuit(circuit: Circuit, options: SampleOptions): Samples {
  const { shots, seed, backend = javascript, report } = options;
  const measuring = withMeasurements(circuit);
  const method = chooseMethod(splitAtEnd(measuring).head, {
    method: options.method ?? "auto",
    shots,
    denseQubitsMax: options.denseQubitsMax ?? stateVectorQubitsMax,
    amplitudeBytes: backend.amplitudeBytes,
  });
  const random = new Random(seed);
  const sampler = new Sampler(measuring, shots, () => random.float(), report);
  if (method.name === "stabilizer") {
    return { counts: sampler.ofStabilizers(method.isOnce), method };
  }
  const isDensity = method.name === "density-matrix";
  const state = backend.newState(isDensity ? 2 * circuit.qubits : circuit.qubits);
  try {
    const open = () => {
      state.setBasisState(0);
      return isDensity ? new DensityMachine(state, backend) : new VectorMachine(state, backend);
    };
    return { counts: method.isOnce ? sampler.once(open()) : sampler.shotByShot(open), method };
  } finally {
    backend.release(state);
  }
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
  return operations.some(
    (operation) => operation.kind === "measure" || bodiesOf(operation).some(measures),
  );
}

class Sampler {
  readonly #circuit: Circuit;
  readonly #shots: number;
  readonly #draw: () => number;
  readonly #report: SampleOptions["report"];
  readonly #counts = new Map<string, number>();

  constructor(
    circuit: Circuit,
    shots: number,
    draw: () => number,
    report: SampleOptions["report"],
  ) {
    this.#circuit = circuit;
    this.#shots = shots;
    this.#draw = draw;
    this.#report = report;
  }

  shotByShot(open: () => Machine): ReadonlyMap<string, number> {
    const choose = drawing(this.#draw);
    for (let done = 0; done < this.#shots; done++) {
      const bits = runOn(open(), this.#circuit, choose);
      this.#count(bits.toReversed().join(""));
      this.#report?.(done + 1, this.#counts);
    }
    return this.#counts;
  }

  /** The shots in ascending order of their draws, so that one pass over the states finds them all. */
  once(machine: DenseMachine): ReadonlyMap<string, number> {
    const { head, tail } = splitAtEnd(this.#circuit);
    const bits = runOn(machine, head, drawing(this.#draw));
    const sources = sourcesOf(tail, this.#circuit);
    const draws = Float64Array.from({ length: this.#shots }, this.#draw).toSorted();
    let total = 0;
    for (let basis = 0; basis < machine.size; basis++) total += machine.probability(basis);
    let [sum, shot, last] = [0, 0, 0];
    const valueAt = (basis: number) => (qubit: number) => ((basis >> qubit) & 1) === 1;
    for (let basis = 0; basis < machine.size && shot < draws.length; basis++) {
      const probability = machine.probability(basis);
      if (probability === 0) continue;
      sum += probability;
      last = basis;
      while (shot < draws.length && draws[shot]! * total < sum) {
        this.#count(this.#read(bits, sources, valueAt(basis)));
        shot += 1;
      }
    }
    // Rounding can leave a draw behind the last state of any weight.
    for (; shot < draws.length; shot++) this.#count(this.#read(bits, sources, valueAt(last)));
    this.#report?.(this.#shots, this.#counts);
    return this.#counts;
  }

  ofStabilizers(isOnce: boolean): ReadonlyMap<string, number> {
    const { qubits } = this.#circuit;
    if (!isOnce) {
      const fresh = new Tableau(qubits);
      const machine = new StabilizerMachine(qubits);
      return this.shotByShot(() => {
        machine.tableau.set(fresh);
        return machine;
      });
    }
    const { head, tail } = splitAtEnd(this.#circuit);
    const machine = new StabilizerMachine(qubits);
    const bits = runOn(machine, head, drawing(this.#draw));
    const sources = sourcesOf(tail, this.#circuit);
    const outcomes = new StabilizerOutcomes(machine.tableau);
    for (let done = 0; done < this.#shots; done++) {
      const outcome = outcomes.draw(this.#draw);
      this.#count(
        this.#read(bits, sources, (qubit) => ((outcome[qubit >> 5]! >>> (qubit & 31)) & 1) === 1),
      );
      this.#report?.(done + 1, this.#counts);
    }
    return this.#counts;
  }

  /** What the device says of qubits that were measured at the end, bit 0 last. */
  #read(
    bits: Bits,
    sources: ReadonlyMap<number, number>,
    isOne: (qubit: number) => boolean,
  ): string {
    const { readout } = this.#circuit;
    const letters = Array.from(bits, String);
    for (const [bit, qubit] of sources) {
      let value = isOne(qubit);
      if (readout !== undefined) {
        const wrong = value ? readout.zeroFor1 : readout.oneFor0;
        if (this.#draw() < wrong) value = !value;
      }
      letters[bit] = value ? "1" : "0";
    }
    return letters.toReversed().join("");
  }

  #count(key: string): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    if (this.#counts.size * key.length > outcomeCharactersMax) {
      throw new CircuitError(
        `more than ${outcomeCharactersMax} characters of different outcomes: take fewer shots or measure fewer qubits`,
      );
    }
  }
}

/** The matrix of a circuit without measurements, resets and noise. */
export function unitaryOf(circuit: Circuit, backend: Backend = javascript): Matrix {
  const isUnitary = (operation: Operation): boolean => {
    const bodies = bodiesOf(operation);
    if (bodies.length > 0) return bodies.every((body) => body.every(isUnitary));
    const { kind } = operation;
    return kind === "barrier" || kind === "assign" || isUnitaryOperation(operation);
  };
  if (!circuit.operations.every(isUnitary)) {
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
