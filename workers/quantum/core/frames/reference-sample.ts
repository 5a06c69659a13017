/** What a circuit measures without noise, on a tableau; frames tell how shots differ from it. */
import { InverseTableau } from "../stabilizer/inverse-tableau.ts";
import type { RandomWords } from "./frame-sampler.ts";
import { referenceQubitsMax } from "./limits.ts";
import type { PauliFactor, Plan, Step } from "./plan.ts";

/**
 * One value for each measurement; those that chance decides are 0, or drawn when chance is given.
 * @throws RangeError when the circuit has more than `referenceQubitsMax` qubits
 */
export function referenceSample(plan: Plan, random?: RandomWords): Uint8Array {
  if (plan.qubits > referenceQubitsMax) {
    throw new RangeError(
      `a reference sample is for at most ${referenceQubitsMax} qubits, not ${plan.qubits}`,
    );
  }
  const run = new ReferenceRun(plan, random);
  run.follow(plan.steps);
  return run.records;
}

class ReferenceRun {
  readonly records: Uint8Array;
  readonly #tableau: InverseTableau;
  readonly #random: RandomWords | undefined;
  #record = 0;

  constructor(plan: Plan, random: RandomWords | undefined) {
    this.records = new Uint8Array(plan.measurements);
    this.#tableau = new InverseTableau(plan.qubits);
    this.#random = random;
  }

  follow(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.kind === "repeat") {
        for (let turn = 0; turn < step.count; turn++) this.follow(step.body);
      } else this.#carry(step);
    }
  }

  #carry(step: Exclude<Step, { kind: "repeat" }>): void {
    const tableau = this.#tableau;
    switch (step.kind) {
      case "clifford":
        for (let at = 0; at < step.qubits.length; at += step.width) {
          for (const { kind, a, b } of step.factors) {
            if (kind === "cx") tableau.cx(step.qubits[at + a]!, step.qubits[at + b]!);
            else tableau[kind](step.qubits[at + a]!);
          }
        }
        return;
      case "collapse":
        for (const [at, qubit] of step.qubits.entries()) {
          const value = this.#measure(qubit);
          if (step.measures) this.records[this.#record++] = value ^ step.inverted[at]!;
          if (step.resets && value === 1) tableau.x(qubit);
        }
        return;
      case "product": {
        const value = this.#onProduct(step.factors, (qubit) => this.#measure(qubit));
        this.records[this.#record++] = (value ?? 0) ^ (step.inverted ? 1 : 0);
        return;
      }
      case "phase":
        this.#onProduct(step.factors, (qubit) => {
          tableau.s(qubit);
          if (step.isInverse) tableau.z(qubit);
          return 0;
        });
        return;
      case "pad":
        this.records[this.#record++] = step.value;
        return;
      case "feedback":
        if (this.records[this.#record - step.back] === 1) this.#pauli(step.pauli);
        return;
      default:
    }
  }

  #pauli({ qubit, basis }: PauliFactor): void {
    if (basis !== "X") this.#tableau.z(qubit);
    if (basis !== "Z") this.#tableau.x(qubit);
  }

  #measure(qubit: number): 0 | 1 {
    const chance = this.#tableau.probabilityOfOne(qubit);
    if (chance !== 0.5) return chance;
    const value = (this.#random?.float() ?? 0) < 0.5 ? 0 : 1;
    this.#tableau.collapse(qubit, value);
    return value;
  }

  /** Turns the product into Z of its first qubit, acts, and turns it back. */
  #onProduct(factors: readonly PauliFactor[], act: (qubit: number) => 0 | 1): 0 | 1 | null {
    const [first] = factors;
    if (first === undefined) return null;
    const turn = () => {
      for (const { qubit, basis } of factors) this.#swapWithZ(qubit, basis);
    };
    const rest = factors.slice(1);
    turn();
    for (const { qubit } of rest) this.#tableau.cx(qubit, first.qubit);
    const value = act(first.qubit);
    for (const { qubit } of rest.toReversed()) this.#tableau.cx(qubit, first.qubit);
    turn();
    return value;
  }

  /** H for X, (Y + Z) / sqrt 2 for Y: each its own inverse. */
  #swapWithZ(qubit: number, basis: PauliFactor["basis"]): void {
    const tableau = this.#tableau;
    if (basis === "X") tableau.h(qubit);
    if (basis !== "Y") return;
    // H_YZ = Z H S H up to a phase: Y -> Z, Z -> Y.
    tableau.h(qubit);
    tableau.s(qubit);
    tableau.h(qubit);
    tableau.z(qubit);
  }
}
