/** Shortest paths of a matching graph (Dijkstra 1959), as far as a matching of least weight needs them. */
import { ballEntriesMax } from "./limits.ts";
import type { MatchingGraph } from "./matching-graph.ts";

/** Detectors around one, whose pairs with it may be cheaper than both at the boundary. */
export interface Ball {
  /** In ascending order. */
  readonly nodes: Int32Array;
  readonly distances: Float64Array;
  /** Observables that the shortest path flips. */
  readonly observables: Int32Array;
}

export class ShortestPaths {
  readonly #graph: MatchingGraph;
  /** Of each node to the boundary; infinite where there is no path. */
  readonly boundaryDistances: Float64Array;
  readonly boundaryObservables: Int32Array;
  readonly #boundaryEdges: Int32Array;
  readonly #distances: Float64Array;
  readonly #observables: Int32Array;
  /** The last edge of the path to a node. */
  readonly #edges: Int32Array;
  readonly #isDone: Uint8Array;
  readonly #heap = new Heap();
  readonly #balls = new Map<number, Ball>();
  #entries = 0;

  constructor(graph: MatchingGraph) {
    this.#graph = graph;
    const nodes = graph.boundary + 1;
    this.#distances = new Float64Array(nodes).fill(Infinity);
    this.#observables = new Int32Array(nodes);
    this.#edges = new Int32Array(nodes).fill(-1);
    this.#isDone = new Uint8Array(nodes);
    this.boundaryDistances = new Float64Array(nodes).fill(Infinity);
    this.#search(graph.boundary, () => true);
    this.boundaryDistances = this.#distances.slice();
    this.boundaryObservables = this.#observables.slice();
    this.#boundaryEdges = this.#edges.slice();
  }

  /**
   * A pair at a distance of at least the sum of both distances to the boundary is never needed, and no
   * more is a pair whose shortest path leads over such a node: the search stops there.
   */
  ballOf(source: number): Ball {
    const known = this.#balls.get(source);
    if (known !== undefined) return known;
    const boundary = this.boundaryDistances;
    const limit = boundary[source]!;
    const reached = this.#search(
      source,
      (node, distance) => distance < limit + boundary[node]! && node !== this.#graph.boundary,
    );
    const inside = reached.filter(
      (node) =>
        node !== source &&
        node !== this.#graph.boundary &&
        this.#distances[node]! < limit + boundary[node]!,
    );
    inside.sort((a, b) => a - b);
    const ball = {
      nodes: Int32Array.from(inside),
      distances: Float64Array.from(inside, (node) => this.#distances[node]!),
      observables: Int32Array.from(inside, (node) => this.#observables[node]!),
    };
    if (this.#entries + inside.length > ballEntriesMax) {
      this.#balls.clear();
      this.#entries = 0;
    }
    this.#entries += inside.length;
    this.#balls.set(source, ball);
    return ball;
  }

  /** Edges of a shortest path between two detectors, or of one to the boundary (null). */
  path(from: number, to: number | null): readonly number[] {
    if (to === null) return this.#trace(from, this.#boundaryEdges);
    this.#search(from, (node) => node !== this.#graph.boundary);
    return this.#trace(to, this.#edges);
  }

  #trace(from: number, edges: Int32Array): readonly number[] {
    const { ends } = this.#graph;
    const path: number[] = [];
    for (let node = from; edges[node] !== -1;) {
      const edge = edges[node]!;
      path.push(edge);
      node = ends[2 * edge] === node ? ends[2 * edge + 1]! : ends[2 * edge]!;
    }
    return path;
  }

  /** Nodes in ascending order of their distance; those that `expands` refuses are reached, not left. */
  #search(source: number, expands: (node: number, distance: number) => boolean): number[] {
    const { first, incident, ends, weights, observables } = this.#graph;
    const [distances, isDone, heap] = [this.#distances, this.#isDone, this.#heap];
    distances.fill(Infinity);
    isDone.fill(0);
    heap.clear();
    distances[source] = 0;
    this.#observables[source] = 0;
    this.#edges[source] = -1;
    heap.push(0, source);
    const reached: number[] = [];
    while (heap.size > 0) {
      const node = heap.pop();
      if (isDone[node] === 1) continue;
      isDone[node] = 1;
      reached.push(node);
      const distance = distances[node]!;
      if (node !== source && !expands(node, distance)) continue;
      for (let at = first[node]!; at < first[node + 1]!; at++) {
        const edge = incident[at]!;
        const other = ends[2 * edge] === node ? ends[2 * edge + 1]! : ends[2 * edge]!;
        const longer = distance + weights[edge]!;
        if (longer >= distances[other]!) continue;
        distances[other] = longer;
        this.#observables[other] = this.#observables[node]! ^ observables[edge]!;
        this.#edges[other] = edge;
        heap.push(longer, other);
      }
    }
    return reached;
  }
}

/** The place of a node in the ball, by halving; -1 when it lies outside. */
export function placeIn({ nodes }: Ball, node: number): number {
  let [low, high] = [0, nodes.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = nodes[middle]!;
    if (found === node) return middle;
    if (found < node) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** A binary heap of nodes by their distance; a node may stand in it more than once. */
class Heap {
  readonly #keys: number[] = [];
  readonly #nodes: number[] = [];

  get size(): number {
    return this.#keys.length;
  }

  clear(): void {
    this.#keys.length = 0;
    this.#nodes.length = 0;
  }

  push(key: number, node: number): void {
    const [keys, nodes] = [this.#keys, this.#nodes];
    let at = keys.length;
    keys.push(key);
    nodes.push(node);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent]! <= key) break;
      keys[at] = keys[parent]!;
      nodes[at] = nodes[parent]!;
      at = parent;
    }
    keys[at] = key;
    nodes[at] = node;
  }

  /** The nearest node; the heap must not be empty. */
  pop(): number {
    const [keys, nodes] = [this.#keys, this.#nodes];
    const top = nodes[0]!;
    const key = keys.pop()!;
    const node = nodes.pop()!;
    const size = keys.length;
    if (size === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && keys[child + 1]! < keys[child]!) child++;
      if (keys[child]! >= key) break;
      keys[at] = keys[child]!;
      nodes[at] = nodes[child]!;
      at = child;
    }
    keys[at] = key;
    nodes[at] = node;
    return top;
  }
}
