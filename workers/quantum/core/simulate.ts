/** One request to the simulator and its answer, as they cross the border of its thread. */
import { Random } from "../../cluster/random.ts";
import { type Backend, javascript } from "./backend.ts";
import type { Circuit } from "./circuit.ts";
import { CircuitError } from "./primitive.ts";
import { runShot } from "./run-circuit.ts";
import {
  blochVector,
  expectation,
  type PauliTerm,
  sampleCircuit,
  unitaryOf,
} from "./sample-circuit.ts";

export type SimulationOrder =
  | {
      readonly kind: "run";
      readonly circuit: Circuit;
      readonly shots: number;
      readonly seed: number;
    }
  | { readonly kind: "state"; readonly circuit: Circuit; readonly seed: number }
  | {
      readonly kind: "expectation";
      readonly circuit: Circuit;
      readonly seed: number;
      readonly terms: readonly PauliTerm[];
    }
  | { readonly kind: "unitary"; readonly circuit: Circuit };

export type SimulationAnswer =
  | {
      readonly kind: "run";
      readonly counts: Readonly<Record<string, number>>;
      readonly method: "one-simulation" | "shot-by-shot";
    }
  | {
      readonly kind: "state";
      readonly amplitudes: readonly number[];
      readonly blochVectors: readonly (readonly [number, number, number])[];
      readonly bits: string;
    }
  | { readonly kind: "expectation"; readonly value: number }
  | { readonly kind: "unitary"; readonly size: number; readonly elements: readonly number[] }
  /** The circuit is at fault. */
  | { readonly kind: "refused"; readonly message: string };

export function simulate(order: SimulationOrder, backend: Backend = javascript): SimulationAnswer {
  try {
    return answerTo(order, backend);
  } catch (error) {
    // Only what is wrong with the circuit itself; anything else is a fault of ours.
    if (!(error instanceof RangeError)) throw error;
    return { kind: "refused", message: error.message };
  }
}

function answerTo(order: SimulationOrder, backend: Backend): SimulationAnswer {
  const { circuit } = order;
  if (order.kind === "unitary") {
    const { size, data } = unitaryOf(circuit, backend);
    return { kind: "unitary", size, elements: [...data] };
  }
  if (order.kind === "run") {
    const { counts, method } = sampleCircuit(circuit, order, backend);
    return { kind: "run", counts: Object.fromEntries(counts), method };
  }
  const random = new Random(order.seed);
  const state = backend.newState(circuit.qubits);
  try {
    const { bits } = runShot(circuit, () => random.float(), { backend, state });
    if (order.kind === "expectation") {
      return { kind: "expectation", value: expectation(state, order.terms) };
    }
    if (order.kind !== "state") throw new CircuitError("an order of no known kind");
    return {
      kind: "state",
      amplitudes: Array.from({ length: 2 * state.size }, (_, at) =>
        at % 2 === 0 ? state.real[at >> 1]! : state.imaginary[at >> 1]!,
      ),
      blochVectors: Array.from({ length: state.qubits }, (_, qubit) => blochVector(state, qubit)),
      bits: bits.toReversed().join(""),
    };
  } finally {
    backend.release(state);
  }
}
