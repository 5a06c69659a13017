/** A stabilizer state: Clifford gates, measurements and Pauli noise on thousands of qubits. */
import { pauliChancesOf } from "../channels.ts";
import type { Channel } from "../circuit.ts";
import { CircuitError, isUnitaryOperation } from "../primitive.ts";
import { requireQubit } from "../primitives-within.ts";
import { type CliffordAction, cliffordActionsOf } from "../stabilizer/clifford.ts";
import { Tableau } from "../stabilizer/tableau.ts";
import { type Choose, type Machine, measured, type Preparer } from "./machine.ts";

type Steps = readonly CliffordAction[];

const preparer: Preparer<Steps> = {
  takes: isUnitaryOperation,
  prepare: (operations, { definitions, qubits }) => {
    const named = new Map(definitions.map((each) => [each.name, each]));
    return operations.flatMap((operation) => {
      const actions = cliffordActionsOf(operation, named);
      if (actions === null) {
        throw new CircuitError("a stabilizer state survives Clifford gates alone");
      }
      for (const action of actions) action.qubits.forEach((qubit) => requireQubit(qubit, qubits));
      return actions;
    });
  },
};

export class StabilizerMachine implements Machine<Steps> {
  readonly preparer = preparer;
  readonly tableau: Tableau;

  /** |0...0> */
  constructor(qubits: number) {
    this.tableau = new Tableau(qubits);
  }

  get qubits(): number {
    return this.tableau.qubits;
  }

  apply(steps: Steps): void {
    for (const action of steps) this.tableau.apply(action);
  }

  probabilityOfOne(qubit: number): number {
    requireQubit(qubit, this.qubits);
    return this.tableau.probabilityOfOne(qubit);
  }

  collapse(qubit: number, value: 0 | 1): void {
    this.tableau.collapse(qubit, value);
  }

  reset(qubit: number, choose: Choose): void {
    if (measured(this, qubit, choose) === 1) this.tableau.x(qubit);
  }

  disturb(channel: Channel, qubits: readonly number[], choose: Choose): void {
    for (const qubit of qubits) requireQubit(qubit, this.qubits);
    if (channel.kind === "loss" && qubits.length === 1) {
      const { probability } = channel;
      if (choose([1 - probability, probability]) === 1) this.reset(qubits[0]!, choose);
      return;
    }
    const chances = pauliChancesOf(channel, qubits.length);
    if (chances === null) {
      throw new CircuitError(`${channel.kind} leaves no stabilizer state: choose another method`);
    }
    const product = choose(chances);
    for (const [place, qubit] of qubits.entries()) {
      const letter = (product >> (2 * place)) & 3;
      if (letter === 1 || letter === 2) this.tableau.x(qubit);
      if (letter === 2 || letter === 3) this.tableau.z(qubit);
    }
  }

  initialise(): void {
    throw new CircuitError("amplitudes make no stabilizer state: prepare it with gates");
  }
}
