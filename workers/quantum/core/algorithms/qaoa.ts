/**
 * The quantum approximate optimisation algorithm for the maximum cut (Farhi, Goldstone and Gutmann
 * 2014): layers that turn phases by the cut, and layers that mix.
 */
import { Random } from "../../../cluster/random.ts";
import { type Circuit, circuitOf, gate } from "../circuit.ts";
import { type Method, type Minimum, minimise } from "../minimise.ts";
import { rotationX } from "../gates.ts";
import { StateVector } from "../state-vector.ts";
import { cutOf, type Graph, maximumCut } from "./graphs.ts";
import { measurements, onAll } from "./oracles.ts";

/** Angles of each layer, in radians. */
export interface QaoaAngles {
  /** e^(-i gamma C), where C is the cut; periodic in 2 pi. */
  readonly gammas: readonly number[];
  /** e^(-i beta (sum of X)); periodic in pi. */
  readonly betas: readonly number[];
}

/** Qubit v is vertex v. Measures the sides. */
export function qaoaCircuit({ vertices, edges }: Graph, { gammas, betas }: QaoaAngles): Circuit {
  const qubits = Array.from({ length: vertices }, (_, vertex) => vertex);
  return circuitOf(
    vertices,
    [
      ...onAll(vertices, "h"),
      ...gammas.flatMap((gamma, layer) => [
        // e^(-i gamma (1 - ZZ) / 2) is RZZ(-gamma), but for a global phase.
        ...edges.map(([a, b]) => gate("rzz", [a, b], [-gamma])),
        ...qubits.map((vertex) => gate("rx", [vertex], [2 * betas[layer]!])),
      ]),
      ...measurements(vertices),
    ],
    vertices,
  );
}

/**
 * The circuit's state but for a global phase. A search comes here hundreds of times, so that each cost
 * layer is one pass over `cuts`, which holds the cut of every basis state.
 */
function stateOf(vertices: number, { gammas, betas }: QaoaAngles, cuts: Float64Array): StateVector {
  const state = new StateVector(vertices);
  state.hadamardAll();
  const { real, imaginary } = state;
  for (const [layer, gamma] of gammas.entries()) {
    for (const [sides, cut] of cuts.entries()) {
      const [cosine, sine] = [Math.cos(gamma * cut), -Math.sin(gamma * cut)];
      const [re, im] = [real[sides]!, imaginary[sides]!];
      real[sides] = re * cosine - im * sine;
      imaginary[sides] = re * sine + im * cosine;
    }
    const mixer = rotationX(2 * betas[layer]!);
    for (let vertex = 0; vertex < vertices; vertex++) state.applyGate(mixer, vertex);
  }
  return state;
}

function meanCut({ vertices }: Graph, angles: QaoaAngles, cuts: Float64Array): number {
  const state = stateOf(vertices, angles, cuts);
  let mean = 0;
  for (let sides = 0; sides < state.size; sides++) mean += state.probability(sides) * cuts[sides]!;
  return mean;
}

function cutsOf(graph: Graph): Float64Array {
  return Float64Array.from({ length: 2 ** graph.vertices }, (_, sides) => cutOf(graph, sides));
}

export function expectedCut(graph: Graph, angles: QaoaAngles): number {
  return meanCut(graph, angles, cutsOf(graph));
}

/**
 * The mean cut of one layer on any graph (Wang, Hadfield, Jiang and Rieffel 2018, theorem 1): for each
 * edge from the other neighbours d and e of its ends, and the f that they have in common.
 */
export function expectedCutOfOneLayer(
  { vertices, edges }: Graph,
  gamma: number,
  beta: number,
): number {
  const neighbours = Array.from({ length: vertices }, () => new Set<number>());
  for (const [a, b] of edges) {
    neighbours[a]!.add(b);
    neighbours[b]!.add(a);
  }
  const cosine = Math.cos(gamma);
  return edges.reduce((sum, [a, b]) => {
    const d = neighbours[a]!.size - 1;
    const e = neighbours[b]!.size - 1;
    const f = [...neighbours[a]!].filter((vertex) => neighbours[b]!.has(vertex)).length;
    const single = 0.25 * Math.sin(4 * beta) * Math.sin(gamma) * (cosine ** d + cosine ** e);
    const double =
      0.25 * Math.sin(2 * beta) ** 2 * cosine ** (d + e - 2 * f) * (1 - Math.cos(2 * gamma) ** f);
    return sum + 0.5 + single - double;
  }, 0);
}

export interface QaoaOptions {
  readonly graph: Graph;
  readonly layers: number;
  readonly method: Exclude<Method, "coordinate-sines">;
  readonly evaluationsMax: number;
  readonly shots: number;
  readonly seed: number;
}

export interface QaoaResult extends QaoaAngles {
  readonly graph: Graph;
  readonly expectation: number;
  /** Of the closed form at the same angles; null for more than one layer. */
  readonly closedForm: number | null;
  readonly maximum: number;
  readonly ratio: number;
  /** The best of the shots: sides with vertex 0 last, and its cut. */
  readonly best: { readonly sides: string; readonly cut: number };
  /** How many shots had each cut, from 0 edges. */
  readonly cutCounts: readonly number[];
  /** Of the mean cut with its sign changed, which is what is minimised. */
  readonly search: Minimum;
  readonly circuit: Circuit;
}

/** Finds angles from a random start, and samples the circuit with the best. */
export function solveQaoa(options: QaoaOptions): QaoaResult {
  const { graph, layers: depth, method, evaluationsMax, shots, seed } = options;
  const random = new Random(seed);
  const cuts = cutsOf(graph);
  const anglesOf = (point: readonly number[]): QaoaAngles => ({
    gammas: point.slice(0, depth),
    betas: point.slice(depth),
  });
  const bounds = Array.from({ length: 2 * depth }, (_, at) =>
    at < depth ? ([-Math.PI, Math.PI] as const) : ([-Math.PI / 2, Math.PI / 2] as const),
  );
  const search = minimise(
    {
      evaluate: (point) => -meanCut(graph, anglesOf(point), cuts),
      // Small angles of both kinds: a slow anneal is a good place to begin.
      start: bounds.map(() => 0.1 + 0.6 * random.float()),
      bounds,
      evaluationsMax,
      random,
    },
    method,
  );
  const angles = anglesOf(search.point);
  const circuit = qaoaCircuit(graph, angles);
  const state = stateOf(graph.vertices, angles, cuts);
  const cutCounts = Array.from({ length: graph.edges.length + 1 }, () => 0);
  let best = { sides: 0, cut: -1 };
  for (let shot = 0; shot < shots; shot++) {
    const sides = state.measure(random.float());
    const cut = cuts[sides]!;
    cutCounts[cut]! += 1;
    if (cut > best.cut) best = { sides, cut };
  }
  const maximum = maximumCut(graph);
  return {
    graph,
    ...angles,
    expectation: -search.value,
    closedForm:
      depth === 1 ? expectedCutOfOneLayer(graph, angles.gammas[0]!, angles.betas[0]!) : null,
    maximum,
    ratio: -search.value / maximum,
    best: { sides: best.sides.toString(2).padStart(graph.vertices, "0"), cut: best.cut },
    cutCounts,
    search,
    circuit,
  };
}
