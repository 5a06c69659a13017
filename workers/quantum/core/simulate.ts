/** One request to the simulator and its answer, as they cross the border of its thread. */
import { Random } from "../../cluster/random.ts";
import { type Backend, javascript } from "./backend.ts";
import { chooseMethod, type Method, type MethodName, TooManyQubits } from "./choose-method.ts";
import type { Circuit } from "./circuit.ts";
import {
  blochVector,
  densityExpectation,
  expectation,
  type PauliTerm,
  weighted,
} from "./expectation.ts";
import { DensityMachine } from "./machines/density-machine.ts";
import { StabilizerMachine } from "./machines/stabilizer-machine.ts";
import { CircuitError } from "./primitive.ts";
import { drawing, runOn, runShot } from "./run-circuit.ts";
import { sampleCircuit, unitaryOf } from "./sample-circuit.ts";

export interface MethodOptions {
  readonly method: MethodName | "auto";
  /** Qubits of a state vector that there is room for. */
  readonly denseQubitsMax: number;
}

export type SimulationOrder =
  | {
      readonly kind: "run";
      readonly circuit: Circuit;
      readonly shots: number;
      readonly seed: number;
      readonly options: MethodOptions;
    }
  | { readonly kind: "state"; readonly circuit: Circuit; readonly seed: number }
  | {
      readonly kind: "expectation";
      readonly circuit: Circuit;
      readonly seed: number;
      readonly terms: readonly PauliTerm[];
      /** Trajectories that are averaged over where the circuit leaves something to chance. */
      readonly shots: number;
      readonly options: MethodOptions;
    }
  | { readonly kind: "unitary"; readonly circuit: Circuit };

export type SimulationAnswer =
  | {
      readonly kind: "run";
      readonly counts: Readonly<Record<string, number>>;
      readonly method: Method;
    }
  | {
      readonly kind: "state";
      readonly amplitudes: readonly number[];
      readonly blochVectors: readonly (readonly [number, number, number])[];
      readonly bits: string;
    }
  | {
      readonly kind: "expectation";
      readonly value: number;
      /** Of the mean over trajectories; 0 for an exact value. */
      readonly standardError: number;
      readonly method: Method;
    }
  | { readonly kind: "unitary"; readonly size: number; readonly elements: readonly number[] }
  /** The circuit is at fault. */
  | { readonly kind: "refused"; readonly message: string; readonly isTooLarge: boolean };

/** `report` hears of a run that is under way; it is asked often, and decides itself what to pass on. */
export function simulate(
  order: SimulationOrder,
  backend: Backend = javascript,
  report?: (done: number, counts: ReadonlyMap<string, number>) => void,
): SimulationAnswer {
  try {
    return answerTo(order, backend, report);
  } catch (error) {
    // Only what is wrong with the circuit itself; anything else is a fault of ours.
    if (!(error instanceof RangeError)) throw error;
    const isTooLarge = error instanceof TooManyQubits;
    return { kind: "refused", message: error.message, isTooLarge };
  }
}

function answerTo(
  order: SimulationOrder,
  backend: Backend,
  report: Parameters<typeof simulate>[2],
): SimulationAnswer {
  switch (order.kind) {
    case "unitary": {
      const { size, data } = unitaryOf(order.circuit, backend);
      return { kind: "unitary", size, elements: [...data] };
    }
    case "run": {
      const { circuit, shots, seed, options } = order;
      const { method: wanted, denseQubitsMax } = options;
      const { counts, method } = sampleCircuit(circuit, {
        shots,
        seed,
        method: wanted,
        denseQubitsMax,
        backend,
        ...(report === undefined ? {} : { report }),
      });
      return { kind: "run", counts: Object.fromEntries(counts), method };
    }
    case "expectation":
      return { kind: "expectation", ...expected(order, backend) };
    default:
      return stateAfter(order, backend);
  }
}

function stateAfter(
  { circuit, seed }: Extract<SimulationOrder, { kind: "state" }>,
  backend: Backend,
): SimulationAnswer {
  const random = new Random(seed);
  const state = backend.newState(circuit.qubits);
  try {
    const { bits } = runShot(circuit, () => random.float(), { backend, state });
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

function expected(
  { circuit, seed, terms, shots, options }: Extract<SimulationOrder, { kind: "expectation" }>,
  backend: Backend,
) {
  const { denseQubitsMax } = options;
  const wish = { ...options, shots, denseQubitsMax, amplitudeBytes: backend.amplitudeBytes };
  const method = chooseMethod(circuit, wish);
  const random = new Random(seed);
  const choose = drawing(() => random.float());
  const average = (once: () => number) => ({ ...meanOf(once, method.isOnce ? 1 : shots), method });
  if (method.name === "stabilizer") {
    return average(() => {
      const machine = new StabilizerMachine(circuit.qubits);
      runOn(machine, circuit, choose);
      return weighted(terms, circuit.qubits, (paulis) => machine.tableau.expectation(paulis));
    });
  }
  const isDensity = method.name === "density-matrix";
  const state = backend.newState(isDensity ? 2 * circuit.qubits : circuit.qubits);
  try {
    return average(() => {
      if (!isDensity) {
        runShot(circuit, () => random.float(), { backend, state });
        return expectation(state, terms);
      }
      state.setBasisState(0);
      const machine = new DensityMachine(state, backend);
      runOn(machine, circuit, choose);
      return densityExpectation(machine, terms);
    });
  } finally {
    backend.release(state);
  }
}

function meanOf(once: () => number, times: number): { value: number; standardError: number } {
  if (!(times >= 1)) throw new CircuitError("an average needs one shot or more");
  // Welford 1962: one pass, no cancellation.
  let [mean, squares] = [0, 0];
  for (let done = 1; done <= times; done++) {
    const value = once();
    const from = value - mean;
    mean += from / done;
    squares += from * (value - mean);
  }
  const standardError = times === 1 ? 0 : Math.sqrt(squares / (times - 1) / times);
  return { value: mean, standardError };
}
