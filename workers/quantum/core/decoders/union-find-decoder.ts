/**
 * Union-find (Delfosse and Nickerson, Quantum 5, 595 (2021)) with growth by the edges' weights (Huang,
 * Newman and Brown, Phys. Rev. A 102, 012419 (2020)): clusters around fired detectors grow until each
 * holds an even number of them or touches the boundary; then a spanning forest is peeled.
 */
import type { Decoder, Explanation } from "./decoder.ts";
import { correctionEdge } from "./matching-decoder.ts";
import { eventsOf, mattersTo, type MatchingGraph, weightSteps } from "./matching-graph.ts";

export class UnionFindDecoder implements Decoder {
  readonly #graph: MatchingGraph;
  readonly #roots: Int32Array;
  /** Of each cluster, by its root: its nodes, which may still have edges to grow. */
  readonly #nodes: number[][];
  readonly #isOdd: Uint8Array;
  readonly #isAtBoundary: Uint8Array;
  /** How much of each edge has grown, from both of its ends. */
  readonly #grown: Float64Array;
  readonly #isFired: Uint8Array;
  readonly #isSeen: Uint8Array;
  /** Edges that grow, and from how many of their ends. */
  readonly #frontier: number[] = [];
  readonly #sides: Uint8Array;
  readonly #touchedNodes: number[] = [];
  readonly #touchedEdges: number[] = [];

  constructor(graph: MatchingGraph) {
    this.#graph = graph;
    const nodes = graph.boundary + 1;
    this.#roots = Int32Array.from({ length: nodes }, (_, node) => node);
    this.#nodes = Array.from({ length: nodes }, () => []);
    this.#isOdd = new Uint8Array(nodes);
    this.#isAtBoundary = new Uint8Array(nodes);
    this.#grown = new Float64Array(graph.edges);
    this.#sides = new Uint8Array(graph.edges);
    this.#isFired = new Uint8Array(nodes);
    this.#isSeen = new Uint8Array(nodes);
  }

  decode(fired: readonly number[]): number {
    const edges = this.#correction(mattersTo(this.#graph, fired));
    return edges.reduce(
      (bits, edge) => bits ^ this.#graph.observables[edge]!,
      this.#graph.flippedObservables,
    );
  }

  explain(fired: readonly number[]): Explanation {
    const edges = this.#correction(fired);
    const { weights } = this.#graph;
    const steps = edges.reduce((sum, edge) => sum + weights[edge]!, 0);
    return {
      observables: edges.reduce(
        (bits, edge) => bits ^ this.#graph.observables[edge]!,
        this.#graph.flippedObservables,
      ),
      weight: steps / weightSteps,
      pairs: [],
      edges: edges.map((edge) => correctionEdge(this.#graph, edge)),
    };
  }

  #correction(fired: readonly number[]): readonly number[] {
    const events = eventsOf(this.#graph, fired);
    try {
      for (const detector of events) this.#begin(detector);
      this.#growAll(events);
      return events.flatMap((detector) => this.#peel(detector));
    } finally {
      this.#forget();
    }
  }

  #begin(detector: number): void {
    if (!(detector >= 0 && detector < this.#graph.detectors)) {
      throw new RangeError(`there is no detector D${detector}`);
    }
    this.#touch(detector);
    this.#isFired[detector] = 1;
    this.#isOdd[detector] = 1;
  }

  #touch(node: number): void {
    if (this.#nodes[node]!.length > 0 || this.#roots[node] !== node) return;
    this.#nodes[node]!.push(node);
    this.#touchedNodes.push(node);
    this.#isAtBoundary[node] = node === this.#graph.boundary ? 1 : 0;
  }

  #forget(): void {
    for (const node of this.#touchedNodes.splice(0)) {
      this.#roots[node] = node;
      this.#nodes[node]!.length = 0;
      this.#isOdd[node] = 0;
      this.#isAtBoundary[node] = 0;
      this.#isFired[node] = 0;
      this.#isSeen[node] = 0;
    }
    for (const edge of this.#touchedEdges.splice(0)) this.#grown[edge] = 0;
    // Something is left there when an order was refused.
    for (const edge of this.#frontier.splice(0)) this.#sides[edge] = 0;
  }

  #rootOf(node: number): number {
    const roots = this.#roots;
    let root = node;
    while (roots[root] !== root) root = roots[root] = roots[roots[root]!]!;
    return root;
  }

  #isActive(root: number): boolean {
    return this.#isOdd[root] === 1 && this.#isAtBoundary[root] === 0;
  }

  #growAll(events: readonly number[]): void {
    const [frontier, sides, grown] = [this.#frontier, this.#sides, this.#grown];
    const { weights } = this.#graph;
    let active = events.filter((detector) => this.#isActive(detector));
    while (active.length > 0) {
      for (const root of active) this.#findFrontier(root);
      let step = Infinity;
      for (const edge of frontier) {
        step = Math.min(step, (weights[edge]! - grown[edge]!) / sides[edge]!);
      }
      if (step === Infinity) {
        throw new RangeError(
          "an odd number of detectors fired where no errors of the model lead away",
        );
      }
      for (const edge of frontier) {
        if (grown[edge] === 0) this.#touchedEdges.push(edge);
        grown[edge]! += step * sides[edge]!;
        sides[edge] = 0;
      }
      for (const edge of frontier) if (grown[edge]! >= weights[edge]!) this.#join(edge);
      frontier.length = 0;
      const roots = new Set(active.map((root) => this.#rootOf(root)));
      active = [...roots].filter((root) => this.#isActive(root));
    }
  }

  /** Edges that leave the cluster. */
  #findFrontier(root: number): void {
    const { first, incident, ends } = this.#graph;
    const nodes = this.#nodes[root]!;
    let kept = 0;
    for (const node of nodes) {
      let isOpen = false;
      for (let at = first[node]!; at < first[node + 1]!; at++) {
        const edge = incident[at]!;
        const other = ends[2 * edge] === node ? ends[2 * edge + 1]! : ends[2 * edge]!;
        if (this.#rootOf(other) === root) continue;
        isOpen = true;
        if (this.#sides[edge] === 0) this.#frontier.push(edge);
        this.#sides[edge]!++;
      }
      // A node inside its cluster grows no more.
      if (isOpen) nodes[kept++] = node;
    }
    nodes.length = kept;
  }

  #join(edge: number): void {
    const [a, b] = [this.#graph.ends[2 * edge]!, this.#graph.ends[2 * edge + 1]!];
    this.#touch(a);
    this.#touch(b);
    const [left, right] = [this.#rootOf(a), this.#rootOf(b)];
    if (left === right) return;
    const isLeftLarger = this.#nodes[left]!.length >= this.#nodes[right]!.length;
    const [large, small] = isLeftLarger ? [left, right] : [right, left];
    this.#roots[small] = large;
    const into = this.#nodes[large]!;
    for (const node of this.#nodes[small]!) into.push(node);
    this.#isOdd[large]! ^= this.#isOdd[small]!;
    this.#isAtBoundary[large]! |= this.#isAtBoundary[small]!;
  }

  /** The edges of the cluster's spanning tree below which an odd number fired (their algorithm 1). */
  #peel(start: number): readonly number[] {
    if (this.#isSeen[start] === 1) return [];
    const { boundary } = this.#graph;
    const isGrounded = this.#isAtBoundary[this.#rootOf(start)] === 1;
    // All clusters at the boundary are one tree, rooted there.
    const root = isGrounded ? boundary : start;
    if (this.#isSeen[root] === 1) return [];
    const order = this.#spanningTree(root);
    const correction: number[] = [];
    for (const { node, edge, parent } of order.toReversed()) {
      if (this.#isFired[node] === 0 || edge === -1) continue;
      correction.push(edge);
      this.#isFired[parent]! ^= 1;
    }
    return correction;
  }

  #spanningTree(root: number) {
    const { first, incident, ends, weights } = this.#graph;
    const order = [{ node: root, edge: -1, parent: -1 }];
    this.#isSeen[root] = 1;
    for (let head = 0; head < order.length; head++) {
      const { node } = order[head]!;
      for (let at = first[node]!; at < first[node + 1]!; at++) {
        const edge = incident[at]!;
        // An edge of weight 0 is whole from the start, but belongs to a cluster only once it was reached.
        const isWhole = this.#grown[edge]! >= weights[edge]!;
        const other = ends[2 * edge] === node ? ends[2 * edge + 1]! : ends[2 * edge]!;
        if (!isWhole || this.#isSeen[other] === 1) continue;
        if (this.#rootOf(other) !== this.#rootOf(node)) continue;
        this.#isSeen[other] = 1;
        order.push({ node: other, edge, parent: node });
      }
    }
    return order;
  }
}
