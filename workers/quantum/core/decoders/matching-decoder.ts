/**
 * Exact minimum-weight perfect matching (Dennis et al., J. Math. Phys. 43, 4452 (2002)). Pairs that
 * cannot be in a matching of least weight are left out, which lets most fired detectors fall apart
 * into small independent groups; each group is matched exactly.
 */
import { Blossom } from "./blossom.ts";
import type { CorrectionEdge, Decoder, Explanation } from "./decoder.ts";
import { eventsOf, mattersTo, type MatchingGraph, weightSteps } from "./matching-graph.ts";
import { placeIn, ShortestPaths } from "./shortest-paths.ts";

interface Matching {
  observables: number;
  /** In steps of the graph's weights. */
  weight: number;
  readonly pairs: (readonly [number, number | null])[];
}

export class MatchingDecoder implements Decoder {
  readonly #graph: MatchingGraph;
  readonly #paths: ShortestPaths;
  readonly #blossom = new Blossom();

  constructor(graph: MatchingGraph) {
    this.#graph = graph;
    this.#paths = new ShortestPaths(graph);
  }

  decode(fired: readonly number[]): number {
    return this.#match(mattersTo(this.#graph, fired)).observables;
  }

  explain(fired: readonly number[]): Explanation {
    const { observables, weight, pairs } = this.#match(fired);
    const odd = new Set<number>();
    for (const [from, to] of pairs) {
      for (const edge of this.#paths.path(from, to)) if (!odd.delete(edge)) odd.add(edge);
    }
    const edges = [...odd].map((edge) => correctionEdge(this.#graph, edge));
    return { observables, weight: weight / weightSteps, pairs, edges };
  }

  #match(fired: readonly number[]): Matching {
    const events = eventsOf(this.#graph, fired);
    const matching: Matching = {
      observables: this.#graph.flippedObservables,
      weight: 0,
      pairs: [],
    };
    for (const group of this.#groups(events)) this.#matchGroup(group, matching);
    return matching;
  }

  /** Fired detectors joined wherever a pair may be cheaper than the boundary. */
  #groups(events: readonly number[]): Iterable<number[]> {
    for (const detector of events) {
      if (detector >= 0 && detector < this.#graph.detectors) continue;
      throw new RangeError(`there is no detector D${detector}`);
    }
    const roots = Int32Array.from(events.keys());
    const rootOf = (place: number): number => {
      let root = place;
      while (roots[root] !== root) root = roots[root] = roots[roots[root]!]!;
      return root;
    };
    for (let a = 0; a < events.length; a++) {
      const ball = this.#paths.ballOf(events[a]!);
      for (let b = a + 1; b < events.length; b++) {
        if (placeIn(ball, events[b]!) >= 0) roots[rootOf(b)] = rootOf(a);
      }
    }
    const groups = new Map<number, number[]>();
    for (const [place, detector] of events.entries()) {
      const group = groups.get(rootOf(place));
      if (group === undefined) groups.set(rootOf(place), [detector]);
      else group.push(detector);
    }
    return groups.values();
  }

  #matchGroup(group: readonly number[], matching: Matching): void {
    const { boundaryDistances: distances } = this.#paths;
    const [first, second] = group;
    if (group.length === 1) return this.#toBoundary(first!, matching);
    // An odd group sends one to the boundary by itself: the node after the last.
    const size = group.length + (group.length % 2);
    const costs = new Float64Array(size * size);
    const observables = new Int32Array(size * size);
    const isDirect = new Uint8Array(size * size);
    for (const [a, detector] of group.entries()) {
      const ball = this.#paths.ballOf(detector);
      for (let b = a + 1; b < size; b++) {
        const at = a * size + b;
        const entry = b < group.length ? placeIn(ball, group[b]!) : -1;
        if (entry < 0) {
          costs[at] = distances[detector]! + (b < group.length ? distances[group[b]!]! : 0);
          continue;
        }
        costs[at] = ball.distances[entry]!;
        observables[at] = ball.observables[entry]!;
        isDirect[at] = 1;
      }
    }
    const pair = (a: number, b: number): void => {
      if (b >= group.length) return this.#toBoundary(group[a]!, matching);
      if (isDirect[a * size + b] === 0) {
        this.#toBoundary(group[a]!, matching);
        return this.#toBoundary(group[b]!, matching);
      }
      matching.observables ^= observables[a * size + b]!;
      matching.weight += costs[a * size + b]!;
      matching.pairs.push([group[a]!, group[b]!]);
    };
    if (size === 2 && second !== undefined) return pair(0, 1);
    if (size === 4) {
      for (const [a, b] of cheapestOfFour(costs)) pair(a, b);
      return;
    }
    const finite = costs.reduce((most, cost) => (cost < Infinity ? Math.max(most, cost) : most), 0);
    // A pair without a path costs more than any matching with paths.
    const forbidden = (finite + 1) * size;
    const partners = this.#blossom.match(size, (a, b) => Math.min(forbidden, costs[a * size + b]!));
    for (const [a, b] of partners.entries()) if (a < b) pair(a, b);
  }

  #toBoundary(detector: number, matching: Matching): void {
    const distance = this.#paths.boundaryDistances[detector]!;
    if (distance === Infinity) {
      throw new RangeError(
        `D${detector} is left without a partner: no errors of the model make an odd number fire here`,
      );
    }
    matching.observables ^= this.#paths.boundaryObservables[detector]!;
    matching.weight += distance;
    matching.pairs.push([detector, null]);
  }
}

/** Of four there are just three matchings. */
function cheapestOfFour(costs: Float64Array): readonly (readonly [number, number])[] {
  const cost = (a: number, b: number) => costs[4 * a + b]!;
  const sums = [
    cost(0, 1) + cost(2, 3),
    cost(0, 2) + cost(1, 3),
    // Detectors come first, so that the boundary's node is never the first of a pair.
    cost(0, 3) + cost(1, 2),
  ];
  const partner = 1 + sums.indexOf(Math.min(...sums));
  const [left, right] = [1, 2, 3].filter((place) => place !== partner);
  return [
    [0, partner],
    [left!, right!],
  ];
}

export function correctionEdge(graph: MatchingGraph, edge: number): CorrectionEdge {
  const [a, b] = [graph.ends[2 * edge]!, graph.ends[2 * edge + 1]!];
  return {
    detectors: b === graph.boundary ? [a] : [a, b],
    observables: graph.observables[edge]!,
  };
}
