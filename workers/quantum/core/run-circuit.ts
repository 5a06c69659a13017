/**
 * A circuit carried out on a machine: control flow, classical bits and what chance decides. One run is
 * one shot.
 */
import { type Backend, javascript } from "./backend.ts";
import type { Circuit, Operation } from "./circuit.ts";
import { type Bits, holds, numberOf, setBit } from "./classical-bits.ts";
import { loopTurnsMax } from "./limits.ts";
import { type Choose, type Machine, measured } from "./machines/machine.ts";
import { VectorMachine } from "./machines/vector-machine.ts";
import { partsOf } from "./parts.ts";
import { CircuitError } from "./primitive.ts";
import type { StateVector } from "./state-vector.ts";

export interface Shot {
  readonly state: StateVector;
  readonly bits: Bits;
}

interface ShotOptions {
  /** The basis state to begin in. */
  readonly start?: number;
  readonly backend?: Backend;
  /** One of the backend's to take instead of a new one. */
  readonly state?: StateVector;
}

/**
 * One shot on a state vector; noise makes it a trajectory. `draw` returns uniform numbers in [0, 1).
 * The state is the caller's to release.
 */
export function runShot(
  circuit: Circuit,
  draw: () => number,
  { start = 0, backend = javascript, state = backend.newState(circuit.qubits) }: ShotOptions = {},
): Shot {
  state.setBasisState(start);
  return { state, bits: runOn(new VectorMachine(state, backend), circuit, drawing(draw)) };
}

/** Outcomes by uniform numbers in [0, 1). */
export function drawing(draw: () => number): Choose {
  return (probabilities) => {
    let rest = draw();
    for (const [outcome, probability] of probabilities.entries()) {
      if (rest < probability) return outcome;
      rest -= probability;
    }
    // Rounding can leave a remainder behind the last outcome that is possible at all.
    return probabilities.findLastIndex((probability) => probability > 0);
  };
}

/** Runs on from the state that the machine is in; returns the classical bits at the end. */
export function runOn<Steps>(machine: Machine<Steps>, circuit: Circuit, choose: Choose): Bits {
  const bits = new Uint8Array(circuit.bits);
  new Runner(machine, circuit, bits, choose).run(circuit.operations);
  return bits;
}

class Runner<Steps> {
  readonly #machine: Machine<Steps>;
  readonly #circuit: Circuit;
  readonly #bits: Bits;
  readonly #choose: Choose;

  constructor(machine: Machine<Steps>, circuit: Circuit, bits: Bits, choose: Choose) {
    this.#machine = machine;
    this.#circuit = circuit;
    this.#bits = bits;
    this.#choose = choose;
  }

  run(operations: readonly Operation[]): void {
    for (const part of partsOf(operations, this.#circuit, this.#machine.preparer)) {
      if (part.kind === "stretch") this.#machine.apply(part.steps);
      else this.#perform(part.operation);
    }
  }

  #perform(operation: Operation): void {
    switch (operation.kind) {
      case "measure":
        this.#measure(operation.qubit, operation.bit);
        return;
      case "assign": {
        const { bit, value } = operation;
        const known = typeof value === "number" ? value : holds(value, this.#bits) ? 1 : 0;
        setBit(this.#bits, bit, known);
        return;
      }
      case "reset":
        this.#machine.reset(operation.qubit, this.#choose);
        return;
      case "initialise":
        this.#initialise(operation.qubits, operation.amplitudes);
        return;
      case "noise":
        this.#machine.disturb(operation.channel, operation.qubits, this.#choose);
        return;
      case "if":
        this.run(holds(operation.condition, this.#bits) ? operation.whenTrue : operation.whenFalse);
        return;
      case "repeat":
        for (let turn = 0; turn < operation.count; turn++) this.run(operation.body);
        return;
      case "while":
        this.#loop(operation);
        return;
      case "switch": {
        const value = numberOf(this.#bits, operation.bits);
        const match = operation.cases.find(({ values }) => values.includes(value));
        this.run(match?.body ?? operation.otherwise);
        return;
      }
      default:
        throw new Error(`no machine is handed ${operation.kind} alone`);
    }
  }

  #loop({ condition, body }: Extract<Operation, { kind: "while" }>): void {
    for (let turn = 0; holds(condition, this.#bits); turn++) {
      if (turn >= loopTurnsMax) {
        throw new CircuitError(`a while loop did not end within ${loopTurnsMax} turns`);
      }
      this.run(body);
    }
  }

  #measure(qubit: number, bit: number): void {
    setBit(this.#bits, bit, this.#read(measured(this.#machine, qubit, this.#choose)));
  }

  /** What the device says, which is not always what it is. */
  #read(value: 0 | 1): 0 | 1 {
    const { readout } = this.#circuit;
    if (readout === undefined) return value;
    const wrong = value === 0 ? readout.oneFor0 : readout.zeroFor1;
    return this.#choose([1 - wrong, wrong]) === 1 ? (value === 0 ? 1 : 0) : value;
  }

  #initialise(qubits: readonly number[], amplitudes: readonly number[]): void {
    const norm = Math.sqrt(amplitudes.reduce((sum, value) => sum + value * value, 0));
    if (amplitudes.length !== 2 * 2 ** qubits.length || Math.abs(norm - 1) > 1e-6) {
      throw new CircuitError(
        `initialise on ${qubits.length} qubits takes ${2 ** qubits.length} amplitudes of norm 1, real and imaginary parts in turn`,
      );
    }
    for (const qubit of qubits) this.#machine.reset(qubit, this.#choose);
    this.#machine.initialise(
      qubits,
      amplitudes.map((value) => value / norm),
    );
  }
}
