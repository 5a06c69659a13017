/**
 * The algorithms that are more than a circuit, from their options to what they found: circuits are made,
 * simulated, measured and compared with what theory says.
 */
import { Random } from "../../../cluster/random.ts";
import { applyPrimitive } from "../apply-primitive.ts";
import { circuitOf } from "../circuit.ts";
import { drawnOutcome } from "../draw.ts";
import { CircuitError } from "../primitive.ts";
import { exactDistribution } from "../distribution.ts";
import { runShot } from "../run-circuit.ts";
import { sampleCircuit } from "../sample-circuit.ts";
import { unitaryPrimitives } from "../unitary-primitives.ts";
import {
  amplification,
  amplitudeAmplification,
  amplitudeEstimation,
  countFrom,
  estimationDistribution,
  estimationError,
  tiltedPreparation,
  uniformSearch,
} from "./amplification.ts";
import {
  bellTestCircuit,
  chshValue,
  classicalBound,
  correlation,
  expectedCorrelation,
  quantumBound,
  settings,
} from "./bell-test.ts";
import { complete, type Graph, graphOf, petersen, randomCubic, ring } from "./graphs.ts";
import { type Hamiltonian, hydrogen, type IsingChain, isingChain } from "./hamiltonians.ts";
import { predicateOf } from "./predicate.ts";
import { type QaoaOptions, solveQaoa } from "./qaoa.ts";
import { volumeTest } from "./quantum-volume.ts";
import { solveVqe, type VqeOptions } from "./vqe.ts";
import { type Coin, cycleWalk, hypercubeWalk } from "./walk.ts";

/** The states that a search is after: as a list, or as a formula of x. */
export type Wanted =
  | { readonly states: readonly number[] }
  /** As predicate.ts reads it. */
  | { readonly formula: string };

/** Which states are wanted. @throws CircuitError for states that there are not, and for none at all */
function wantedStates(wanted: Wanted, qubits: number): ReadonlySet<number> {
  const size = 2 ** qubits;
  if ("states" in wanted) {
    const odd = wanted.states.find((state) => !(state < size));
    if (odd === undefined) return new Set(wanted.states);
    throw new CircuitError(`state ${odd} needs more qubits: ${size - 1} is the largest here`);
  }
  const accepts = predicateOf(wanted.formula);
  return new Set(Array.from({ length: size }, (_, state) => state).filter(accepts));
}

export interface AmplifyOptions {
  readonly qubits: number;
  readonly wanted: Wanted;
  /** Radians about Y for each qubit of the preparation; equal weights when left out. */
  readonly tilt: number | undefined;
  /** The best count when left out. */
  readonly iterations: number | undefined;
}

/** Rounds that are carried out when the caller names none. */
const iterationsMax = 1_000;

export function amplify({ qubits, wanted, tilt, iterations: given }: AmplifyOptions) {
  const states = wantedStates(wanted, qubits);
  const accepts = (state: number) => states.has(state);
  const search =
    tilt === undefined
      ? uniformSearch(qubits, accepts)
      : { qubits, prepare: tiltedPreparation(qubits, tilt), accepts };
  const { state } = runShot(circuitOf(qubits, search.prepare), () => 0);
  const weightOf = (each: typeof state) =>
    [...states].reduce((sum, at) => sum + each.probability(at), 0);
  const weight = Math.min(1, weightOf(state));
  const theta = Math.asin(Math.sqrt(weight));
  const optimal = weight === 0 ? 0 : Math.max(0, Math.round(Math.PI / (4 * theta) - 0.5));
  const iterations = given ?? Math.min(optimal, iterationsMax);
  const circuit = amplitudeAmplification(search, iterations);
  const round = unitaryPrimitives(circuitOf(qubits, amplification(search)));
  const rounds = [{ success: weight, closedForm: weight }];
  for (let k = 1; k <= iterations; k++) {
    for (const primitive of round) applyPrimitive(state, primitive);
    rounds.push({ success: weightOf(state), closedForm: Math.sin((2 * k + 1) * theta) ** 2 });
  }
  return { marked: states.size, weight, optimalIterations: optimal, iterations, rounds, circuit };
}

export interface CountingOptions {
  readonly qubits: number;
  readonly wanted: Wanted;
  /** Qubits that the count is read from. */
  readonly counting: number;
  readonly shots: number;
  readonly seed: number;
}

/** Qubits of a counting circuit, so that it runs in a few seconds. */
export const countingRunQubitsMax = 16;

/** How many states are wanted, by the phase of Grover's step; what each y would tell comes with it. */
export function countWanted({ qubits, wanted, counting, shots, seed }: CountingOptions) {
  if (qubits + counting > countingRunQubitsMax) {
    throw new CircuitError(
      `${qubits} and ${counting} qubits are more than ${countingRunQubitsMax} in all: choose fewer`,
    );
  }
  const states = wantedStates(wanted, qubits);
  const size = 2 ** qubits;
  const circuit = amplitudeEstimation(
    uniformSearch(qubits, (state) => states.has(state)),
    counting,
  );
  const distribution = exactDistribution(circuit);
  const closedForm = estimationDistribution(states.size / size, counting);
  const random = new Random(seed);
  const chances = closedForm.map((_, y) => chanceOf(distribution, y, counting));
  const counts = chances.map(() => 0);
  for (let shot = 0; shot < shots; shot++) counts[drawnOutcome(chances, random.float())]! += 1;
  const mostFrequent = counts.indexOf(Math.max(...counts));
  return {
    marked: states.size,
    estimate: countFrom(mostFrequent, counting, size),
    /** Of the true count, with a chance of at least 8 / pi^2. */
    errorBound: size * estimationError(states.size / size, counting),
    outcomes: chances.map((chance, y) => ({
      y,
      count: countFrom(y, counting, size).count,
      chance,
      closedForm: closedForm[y]!,
      shots: counts[y]!,
    })),
    circuit,
  };
}

export type GraphChoice =
  | { readonly kind: "ring" | "complete"; readonly vertices: number }
  | { readonly kind: "petersen" }
  | { readonly kind: "cubic"; readonly vertices: number; readonly seed: number }
  | { readonly kind: "edges"; readonly vertices: number; readonly edges: Graph["edges"] };

function graphFrom(choice: GraphChoice): Graph {
  switch (choice.kind) {
    case "ring":
      return ring(choice.vertices);
    case "complete":
      return complete(choice.vertices);
    case "petersen":
      return petersen();
    case "cubic":
      return randomCubic(choice.vertices, choice.seed);
    default:
      return graphOf(choice.vertices, choice.edges);
  }
}

/** Vertices of a graph that angles are looked for: each evaluation is a simulation. */
export const searchedVerticesMax = 12;

export function maximumCutByQaoa(
  options: Omit<QaoaOptions, "graph"> & { readonly graph: GraphChoice },
) {
  const graph = graphFrom(options.graph);
  if (graph.edges.length === 0) throw new CircuitError("a graph without edges has nothing to cut");
  if (graph.vertices > searchedVerticesMax) {
    throw new CircuitError(
      `angles are looked for with at most ${searchedVerticesMax} vertices, not ${graph.vertices}`,
    );
  }
  return solveQaoa({ ...options, graph });
}

export type HamiltonianChoice =
  | { readonly kind: "hydrogen"; readonly bondLength: number }
  | ({ readonly kind: "ising" } & IsingChain);

export function groundEnergyByVqe(
  options: Omit<VqeOptions, "hamiltonian"> & { readonly hamiltonian: HamiltonianChoice },
) {
  const { hamiltonian: choice } = options;
  const hamiltonian: Hamiltonian =
    choice.kind === "hydrogen" ? hydrogen(choice.bondLength) : isingChain(choice);
  return { ...solveVqe({ ...options, hamiltonian }), terms: hamiltonian.terms };
}

export interface WalkOptions {
  readonly on:
    | { readonly kind: "cycle"; readonly positions: number; readonly coin: Coin }
    | { readonly kind: "hypercube"; readonly coins: number };
  readonly steps: number;
}

/** Where the walker is, beside one whose coin falls by chance. */
export function walk({ on, steps }: WalkOptions) {
  const isCycle = on.kind === "cycle";
  const circuit = isCycle
    ? cycleWalk(on.positions, steps, on.coin)
    : hypercubeWalk(on.coins, steps);
  const size = 2 ** circuit.bits;
  const distribution = exactDistribution(circuit);
  const quantum = Array.from({ length: size }, (_, place) =>
    chanceOf(distribution, place, circuit.bits),
  );
  const ways = isCycle
    ? [(place: number) => (place + 1) % size, (place: number) => (place + size - 1) % size]
    : Array.from({ length: circuit.bits }, (_, bit) => (place: number) => place ^ (1 << bit));
  const classical = randomWalk(size, steps, ways);
  return {
    places: size,
    quantum,
    classical,
    /** On a cycle: how far from the start, the shorter way round. */
    spread: isCycle ? { quantum: spreadOf(quantum), classical: spreadOf(classical) } : null,
    /** On a hypercube: the chance to be where every bit is 1. */
    farCorner: isCycle ? null : { quantum: quantum.at(-1)!, classical: classical.at(-1)! },
    circuit,
  };
}

/** Each way is as likely as another. */
function randomWalk(
  size: number,
  steps: number,
  ways: readonly ((place: number) => number)[],
): readonly number[] {
  let chances = Array.from({ length: size }, (_, place): number => (place === 0 ? 1 : 0));
  for (let step = 0; step < steps; step++) {
    const next = chances.map(() => 0);
    for (const way of ways) {
      for (const [place, chance] of chances.entries()) next[way(place)]! += chance / ways.length;
    }
    chances = next;
  }
  return chances;
}

/** The root of the mean square of the way from place 0. */
function spreadOf(chances: readonly number[]): number {
  return Math.sqrt(
    chances.reduce(
      (sum, chance, place) => sum + chance * Math.min(place, chances.length - place) ** 2,
      0,
    ),
  );
}

export interface BellTestOptions {
  readonly alice: readonly [number, number];
  readonly bob: readonly [number, number];
  readonly noise: number;
  /** Of each setting. */
  readonly shots: number;
  readonly seed: number;
}

export function bellTest({ shots, seed, ...test }: BellTestOptions) {
  const random = new Random(seed);
  const results = settings.map(({ alice, bob, sign }, setting) => {
    const circuit = bellTestCircuit(setting, test);
    const exact = exactDistribution(circuit);
    const { counts } = sampleCircuit(circuit, { shots, seed: random.uint32() });
    const sampled = correlation(counts);
    return {
      alice: test.alice[alice],
      bob: test.bob[bob],
      sign,
      exact: correlation(exact),
      expected: expectedCorrelation(setting, test),
      sampled,
      /** Of the mean of shots that are +1 or -1. */
      standardError: Math.sqrt((1 - sampled ** 2) / shots),
      counts: Object.fromEntries(counts),
    };
  });
  const sampled = chshValue(results.map((each) => each.sampled));
  const standardError = Math.hypot(...results.map((each) => each.standardError));
  return {
    settings: results,
    exact: chshValue(results.map((each) => each.exact)),
    expected: chshValue(results.map((each) => each.expected)),
    sampled,
    standardError,
    classicalBound,
    quantumBound,
    /** More than two standard errors beyond what local hidden variables reach. */
    violates: Math.abs(sampled) - 2 * standardError > classicalBound,
  };
}

/** By name, as orders to the simulator's thread ask for them. */
export const runs = {
  amplify,
  countWanted,
  maximumCutByQaoa,
  groundEnergyByVqe,
  walk,
  bellTest,
  volumeTest,
} as const;

function chanceOf(distribution: ReadonlyMap<string, number>, value: number, bits: number): number {
  return distribution.get(value.toString(2).padStart(bits, "0")) ?? 0;
}
