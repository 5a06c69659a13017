/**
 * Quantum volume (Cross, Bishop, Sheldon, Nation and Gambetta 2019, Phys. Rev. A 100, 032328): as many
 * layers as qubits, each of random pairs under random unitaries; a device passes when it finds the
 * heavy outputs more than two times in three.
 */
import { Random } from "../../../cluster/random.ts";
import { type Circuit, circuitOf, type Operation } from "../circuit.ts";
import { applyPrimitive } from "../apply-primitive.ts";
import { drawnOutcome } from "../draw.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { CircuitError, type Primitive } from "../primitive.ts";
import { haarUnitary } from "../random-unitary.ts";
import { runShot } from "../run-circuit.ts";
import { StateVector } from "../state-vector.ts";
import { unitaryPrimitives } from "../unitary-primitives.ts";
import { measurements } from "./oracles.ts";

/** With fewer circuits the bound on the mean does not hold (algorithm 1). */
export const circuitsMin = 100;
/** A device that answers at random finds half; a perfect one (1 + ln 2) / 2 of them. */
export const heavyThreshold = 2 / 3;
export const heavyIdeal = (1 + Math.LN2) / 2;

const paulis = ["x", "y", "z"].map((name) => standardGates.get(name)!.matrix());

/** A model circuit without its measurements: `width` layers of a permutation and a unitary on each pair. */
export function volumeCircuit(width: number, seed: number): Circuit {
  const random = new Random(seed);
  const order = Array.from({ length: width }, (_, qubit) => qubit);
  const operations: Operation[] = [];
  for (let layer = 0; layer < width; layer++) {
    const permuted = random.shuffle(order);
    for (let pair = 0; pair + 1 < width; pair += 2) {
      operations.push({
        kind: "unitary",
        label: "SU(4)",
        // The determinant's phase is a global one.
        elements: [...haarUnitary(random, 4).data],
        qubits: permuted.slice(pair, pair + 2),
      });
    }
  }
  return circuitOf(width, operations);
}

/** The same circuit, measured. */
export function measuredVolumeCircuit(width: number, seed: number): Circuit {
  const circuit = volumeCircuit(width, seed);
  return circuitOf(width, [...circuit.operations, ...measurements(width)], width);
}

/** The outputs that are likelier than the median of all. */
export function heavyOutputs(probabilities: Float64Array): ReadonlySet<number> {
  const sorted = probabilities.toSorted();
  const half = sorted.length / 2;
  const median = (sorted[half - 1]! + sorted[half]!) / 2;
  return new Set([...probabilities.keys()].filter((output) => probabilities[output]! > median));
}

export interface VolumeOptions {
  readonly width: number;
  readonly circuits: number;
  readonly shots: number;
  readonly seed: number;
  /** Of a depolarising channel on both qubits behind each of the unitaries. */
  readonly noise: number;
}

export interface VolumeTest {
  /** Of each circuit: the weight of its heavy outputs, and the share of its shots that were heavy. */
  readonly circuits: readonly { readonly ideal: number; readonly measured: number }[];
  readonly meanIdeal: number;
  readonly mean: number;
  /** Two standard deviations below the mean (algorithm 1). */
  readonly lowerBound: number;
  /** The lower bound is above 2/3, and circuits are enough. */
  readonly passed: boolean;
  /** 2^width when passed. */
  readonly volume: number | null;
}

/** @throws CircuitError for a width below 2 */
export function volumeTest({ width, circuits, shots, seed, noise }: VolumeOptions): VolumeTest {
  if (!(width >= 2)) throw new CircuitError(`quantum volume begins at 2 qubits, not ${width}`);
  const random = new Random(seed);
  const results = Array.from({ length: circuits }, () => {
    const circuit = volumeCircuit(width, random.uint32());
    const primitives = unitaryPrimitives(circuit);
    const ideal = runShot(circuit, () => 0).state.probabilities();
    const heavy = heavyOutputs(ideal);
    let found = 0;
    for (let shot = 0; shot < shots; shot++) {
      const probabilities = disturbed(primitives, { width, noise }, random) ?? ideal;
      if (heavy.has(drawnOutcome(probabilities, random.float()))) found += 1;
    }
    const weight = [...heavy].reduce((sum, output) => sum + ideal[output]!, 0);
    return { ideal: weight, measured: found / shots };
  });
  const meanOf = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / circuits;
  const mean = meanOf(results.map(({ measured }) => measured));
  const lowerBound = lowerBoundOf(mean, circuits);
  const passed = circuits >= circuitsMin && lowerBound > heavyThreshold;
  return {
    circuits: results,
    meanIdeal: meanOf(results.map(({ ideal }) => ideal)),
    mean,
    lowerBound,
    passed,
    volume: passed ? 2 ** width : null,
  };
}

/**
 * The mean less two standard deviations, those of a binomial distribution over the circuits, which
 * bounds whatever the shots of one circuit have in common.
 */
export function lowerBoundOf(mean: number, circuits: number): number {
  return mean - 2 * Math.sqrt((mean * (1 - mean)) / circuits);
}

/**
 * The outcomes of a trajectory of the depolarising channel: behind each unitary, with this chance, one
 * of the 15 pairs of Paulis. null when none was drawn.
 */
function disturbed(
  primitives: readonly Primitive[],
  { width, noise }: Pick<VolumeOptions, "width" | "noise">,
  random: Random,
): Float64Array | null {
  const pairs = primitives.map(() => (random.chance(noise) ? 1 + random.below(15) : 0));
  if (pairs.every((pair) => pair === 0)) return null;
  const state = new StateVector(width);
  for (const [at, primitive] of primitives.entries()) {
    applyPrimitive(state, primitive);
    for (const [place, pauli] of [pairs[at]! % 4, pairs[at]! >> 2].entries()) {
      const matrix = paulis[pauli - 1];
      if (matrix === undefined) continue;
      const qubits = [primitive.qubits[place]!];
      applyPrimitive(state, { kind: "dense", matrix, qubits, controls: [] });
    }
  }
  return state.probabilities();
}
