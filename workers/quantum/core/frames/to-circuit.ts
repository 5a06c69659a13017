/** A .stim circuit as the circuit that editors and state vectors know. */
import { type Circuit, circuitOf, gate, type Operation } from "../circuit.ts";
import { qasmOperationsMax } from "../limits.ts";
import type { PauliFactor, Plan, Step } from "./plan.ts";

/**
 * Each measurement has a bit of its own, in order; detectors and coordinates are left out.
 * @throws RangeError where the circuit has what these circuits lack: flipped results and two-qubit
 * channels that are not depolarising, correlated errors
 */
export function toCircuit(plan: Plan): Circuit {
  const writer = new Writer();
  writer.follow(plan.steps);
  return circuitOf(plan.qubits, writer.operations, plan.measurements);
}

class Writer {
  readonly operations: Operation[] = [];
  #record = 0;

  follow(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.kind === "repeat") {
        for (let turn = 0; turn < step.count; turn++) this.follow(step.body);
      } else this.#write(step);
      if (this.operations.length > qasmOperationsMax) {
        throw new RangeError(`the circuit has more than ${qasmOperationsMax} operations`);
      }
    }
  }

  #write(step: Exclude<Step, { kind: "repeat" }>): void {
    switch (step.kind) {
      case "clifford":
        for (let at = 0; at < step.qubits.length; at += step.width) {
          for (const { kind, a, b } of step.factors) {
            const places = kind === "cx" ? [a, b] : [a];
            this.#gate(kind, ...places.map((place) => step.qubits[at + place]!));
          }
        }
        return;
      case "collapse":
        exact(step.flipChance);
        for (const [at, qubit] of step.qubits.entries()) {
          if (step.measures) this.#measure(qubit, step.inverted[at] === 1);
          if (step.resets) this.operations.push({ kind: "reset", qubit });
        }
        return;
      case "product":
        exact(step.flipChance);
        return this.#onProduct(step.factors, (qubit) => this.#measure(qubit, step.inverted));
      case "phase":
        return this.#onProduct(step.factors, (qubit) =>
          this.#gate(step.isInverse ? "sdg" : "s", qubit),
        );
      case "feedback":
        this.operations.push({
          kind: "if",
          condition: {
            kind: "compare",
            bits: [this.#record - step.back],
            operator: "==",
            value: 1,
          },
          whenTrue: [gate(step.pauli.basis.toLowerCase(), [step.pauli.qubit])],
          whenFalse: [],
        });
        return;
      case "noise":
        return this.#noise(step);
      case "correlated":
        throw new RangeError(`${step.label} has no counterpart among this simulator's channels`);
      case "pad":
        throw new RangeError("MPAD has no counterpart among this simulator's operations");
      default:
    }
  }

  #gate(name: string, ...qubits: number[]): void {
    this.operations.push(gate(name, qubits));
  }

  #measure(qubit: number, inverted: boolean): void {
    if (inverted) this.#gate("x", qubit);
    this.operations.push({ kind: "measure", qubit, bit: this.#record++ });
    if (inverted) this.#gate("x", qubit);
  }

  #noise({ width, weights, qubits, label }: Extract<Step, { kind: "noise" }>): void {
    const [x = 0, y = 0, z = 0] = weights;
    if (width === 2 && weights.some((weight) => weight !== x)) {
      throw new RangeError(`${label} has no counterpart among this simulator's channels`);
    }
    for (let at = 0; at < qubits.length; at += width) {
      this.operations.push({
        kind: "noise",
        channel:
          width === 1 ? { kind: "pauli", x, y, z } : { kind: "depolarising", probability: 15 * x },
        qubits: [...qubits.subarray(at, at + width)],
      });
    }
  }

  #onProduct(factors: readonly PauliFactor[], act: (qubit: number) => void): void {
    const [first, ...rest] = factors;
    if (first === undefined) throw new RangeError("the product of no Paulis cannot be measured");
    this.#turn(factors);
    for (const { qubit } of rest) this.#gate("cx", qubit, first.qubit);
    act(first.qubit);
    for (const { qubit } of rest.toReversed()) this.#gate("cx", qubit, first.qubit);
    this.#turn(factors);
  }

  /** Swaps X with Z by H, and Y with Z by Z H S H. */
  #turn(factors: readonly PauliFactor[]): void {
    for (const { qubit, basis } of factors) {
      if (basis === "X") this.#gate("h", qubit);
      if (basis === "Y") for (const name of ["h", "s", "h", "z"]) this.#gate(name, qubit);
    }
  }
}

function exact(flipChance: number): void {
  if (flipChance > 0) throw new RangeError("flipped results have no counterpart here");
}
