/**
 * The graph that matching decoders work on: detectors, a boundary, and an edge for each mechanism that
 * flips one or two detectors, with the integer weight ln((1 - p) / p) in steps of 2^-20 (Dennis et
 * al., J. Math. Phys. 43, 4452 (2002), section 4).
 */
import { splitHyperedges } from "../frames/split-hyperedges.ts";
import { type DetectorErrorModel, oddChance } from "../stim/model.ts";
import { graphDetectorsMax } from "./limits.ts";

/** Steps of a weight of 1. */
export const weightSteps = 2 ** 20;

export interface MatchingGraph {
  readonly detectors: number;
  /** The number of the boundary's node, after those of the detectors. */
  readonly boundary: number;
  readonly edges: number;
  /** Of edge e the nodes at 2e and 2e + 1; the boundary stands second. */
  readonly ends: Int32Array;
  /** Non-negative integers. */
  readonly weights: Float64Array;
  /** What the edge flips: one bit for each observable. */
  readonly observables: Int32Array;
  /** The edges of node n are incident[first[n]] to incident[first[n + 1] - 1]. */
  readonly first: Int32Array;
  readonly incident: Int32Array;
  /** Errors likelier than not are taken as done: they flip these detectors and observables first. */
  readonly flippedDetectors: ReadonlySet<number>;
  readonly flippedObservables: number;
  /**
   * 0 where what fired cannot change the answer: no edge that is connected to it, other than through
   * the boundary, flips an observable, and the boundary is in reach, so that it can be explained.
   */
  readonly matters: Uint8Array;
}

interface Edge {
  readonly a: number;
  readonly b: number;
  readonly observables: number;
  probability: number;
}

/**
 * Hyperedges are split; of edges between the same detectors that flip different observables the likelier
 * one is kept, as no matching of least weight uses the other.
 * @throws HyperedgeError when a hyperedge has no split; RangeError beyond `graphDetectorsMax`
 */
export function matchingGraph(model: DetectorErrorModel): MatchingGraph {
  if (model.detectors > graphDetectorsMax) {
    throw new RangeError(
      `a matching graph has at most ${graphDetectorsMax} detectors, not ${model.detectors}`,
    );
  }
  const boundary = model.detectors;
  const edges = keptEdges(mergedEdges(splitHyperedges(model), boundary));
  const ends = new Int32Array(2 * edges.length);
  const weights = new Float64Array(edges.length);
  const observables = new Int32Array(edges.length);
  const flippedDetectors = new Set<number>();
  let flippedObservables = 0;
  const toggle = (node: number): void => {
    if (node !== boundary && !flippedDetectors.delete(node)) flippedDetectors.add(node);
  };
  for (const [at, edge] of edges.entries()) {
    ends[2 * at] = edge.a;
    ends[2 * at + 1] = edge.b;
    observables[at] = edge.observables;
    // A certain error would weigh infinitely much.
    const chance = Math.min(1 - 1e-15, edge.probability);
    weights[at] = Math.round(Math.abs(Math.log((1 - chance) / chance)) * weightSteps);
    if (chance <= 0.5) continue;
    toggle(edge.a);
    toggle(edge.b);
    flippedObservables ^= edge.observables;
  }
  const { first, incident } = incidence(ends, boundary + 1);
  return {
    detectors: model.detectors,
    boundary,
    edges: edges.length,
    ends,
    weights,
    observables,
    first,
    incident,
    flippedDetectors,
    flippedObservables,
    matters: mattering(edges, boundary),
  };
}

function mattering(edges: readonly Edge[], boundary: number): Uint8Array {
  const roots = Int32Array.from({ length: boundary }, (_, node) => node);
  const rootOf = (node: number): number => {
    let root = node;
    while (roots[root] !== root) root = roots[root] = roots[roots[root]!]!;
    return root;
  };
  for (const { a, b } of edges) if (b !== boundary) roots[rootOf(a)] = rootOf(b);
  const [flips, ends] = [new Set<number>(), new Set<number>()];
  for (const { a, b, observables } of edges) {
    if (observables !== 0) flips.add(rootOf(a));
    if (b === boundary) ends.add(rootOf(a));
  }
  return Uint8Array.from({ length: boundary }, (_, node) =>
    flips.has(rootOf(node)) || !ends.has(rootOf(node)) ? 1 : 0,
  );
}

/** Of the detectors those that can change the answer, and those that do not exist. */
export function mattersTo(graph: MatchingGraph, fired: readonly number[]): readonly number[] {
  return fired.filter((detector) => graph.matters[detector] !== 0);
}

function mergedEdges(model: DetectorErrorModel, boundary: number): Iterable<Edge> {
  const edges = new Map<string, Edge>();
  for (const { probability, parts } of model.mechanisms) {
    if (probability === 0) continue;
    for (const { detectors, observables } of parts) {
      const [a, b = boundary] = detectors;
      // What no detector sees no decoder can undo.
      if (a === undefined) continue;
      const key = `${a},${b},${observables}`;
      const known = edges.get(key);
      if (known === undefined) edges.set(key, { a, b, observables, probability });
      else known.probability = oddChance(known.probability, probability);
    }
  }
  return edges.values();
}

function keptEdges(edges: Iterable<Edge>): readonly Edge[] {
  const kept = new Map<string, Edge>();
  for (const edge of edges) {
    const key = `${edge.a},${edge.b}`;
    const other = kept.get(key);
    if (other === undefined || other.probability < edge.probability) kept.set(key, edge);
  }
  return [...kept.values()];
}

function incidence(ends: Int32Array, nodes: number) {
  const first = new Int32Array(nodes + 1);
  for (const node of ends) first[node + 1]!++;
  for (let node = 0; node < nodes; node++) first[node + 1]! += first[node]!;
  const incident = new Int32Array(ends.length);
  const next = first.slice();
  for (const [at, node] of ends.entries()) incident[next[node]!++] = at >> 1;
  return { first, incident };
}

/** The detectors to match: those that fired, but for what is taken as done. */
export function eventsOf(graph: MatchingGraph, fired: readonly number[]): readonly number[] {
  if (graph.flippedDetectors.size === 0) return fired;
  const events = new Set(graph.flippedDetectors);
  for (const detector of fired) if (!events.delete(detector)) events.add(detector);
  return [...events];
}
