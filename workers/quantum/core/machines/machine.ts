/**
 * What a circuit runs on. Control flow, classical bits and chance are the runner's; a machine only
 * holds the quantum state, in whichever form its method has.
 */
import type { Channel, Circuit, Operation } from "../circuit.ts";

/** Chooses one of some outcomes by their probabilities, which sum to 1. */
export type Choose = (probabilities: readonly number[]) => number;

/** Turns stretches of operations into what a machine carries out; the same object for the same result. */
export interface Preparer<Steps> {
  /** Whether the operation may stand in a stretch: nothing in it is left to chance. */
  takes(operation: Operation): boolean;
  /** @throws CircuitError for an operation that makes no sense, or that the method cannot do */
  prepare(
    operations: readonly Operation[],
    circuit: Pick<Circuit, "definitions" | "qubits">,
  ): Steps;
}

export interface Machine<Steps = unknown> {
  readonly qubits: number;
  readonly preparer: Preparer<Steps>;
  apply(steps: Steps): void;
  probabilityOfOne(qubit: number): number;
  /** Keeps the part in which this qubit has this value, which must have some weight. */
  collapse(qubit: number, value: 0 | 1): void;
  /** Puts the qubit into |0>, whatever it was. */
  reset(qubit: number, choose: Choose): void;
  disturb(channel: Channel, qubits: readonly number[], choose: Choose): void;
  /** The qubits are 0 before; the amplitudes, interleaved, have norm 1. */
  initialise(qubits: readonly number[], amplitudes: readonly number[]): void;
}

/** One that knows the probability of each basis state. */
export interface DenseMachine<Steps = unknown> extends Machine<Steps> {
  /** 2^qubits */
  readonly size: number;
  probability(basis: number): number;
}

/** Draws the outcome of a measurement and keeps the part of the state that has it. */
export function measured(machine: Machine, qubit: number, choose: Choose): 0 | 1 {
  const one = machine.probabilityOfOne(qubit);
  const outcome = choose([1 - one, one]) === 1 ? 1 : 0;
  machine.collapse(qubit, outcome);
  return outcome;
}
