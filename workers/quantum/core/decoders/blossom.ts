/**
 * Perfect matching of least weight on a complete graph by Edmonds' blossoms with integer dual variables,
 * O(n^3) (Galil, ACM Comput. Surv. 18, 23 (1986), section 4). Vertices count from 1, blossoms from
 * n + 1; 0 is none. Vertices and blossoms at the top of their nesting are called outer.
 */
import { matchedDetectorsMax } from "./limits.ts";

const [free, even, odd] = [-1, 0, 1];

/** One solver serves many problems, so that its arrays are made once. */
export class Blossom {
  #n = 0;
  /** The highest number of a vertex or blossom in use. */
  #top = 0;
  /** Room for this many vertices. */
  #room = 0;
  #stride = 0;
  /** Of two vertices or blossoms the best edge between them: its weight (0: none) and its vertices. */
  #weight = new Float64Array();
  #from = new Int32Array();
  #to = new Int32Array();
  /** Of blossom b and vertex v the child of b that holds v; 0 when none does. */
  #childWith = new Int32Array();
  /** Dual variables. */
  #label = new Float64Array();
  /** The vertex that is matched with it. */
  #match = new Int32Array();
  /** The even vertex whose edge to it is the tightest. */
  #slack = new Int32Array();
  #outer = new Int32Array();
  /** The vertex at the other end of the edge to its parent in the tree. */
  #parent = new Int32Array();
  #side = new Int8Array();
  #visited = new Int32Array();
  #visit = 0;
  #children: number[][] = [];
  #queue: number[] = [];

  /**
   * `cost(a, b)` are non-negative integers for a < b from 0 to n - 1, n even; returns of each its partner.
   * @throws RangeError beyond `matchedDetectorsMax` vertices
   */
  match(n: number, cost: (a: number, b: number) => number): Int32Array {
    if (n > matchedDetectorsMax) {
      throw new RangeError(`${n} detectors fired in one part, more than ${matchedDetectorsMax}`);
    }
    this.#reserve(n);
    this.#begin(n, cost);
    this.#matchNearest();
    while (this.#phase());
    return Int32Array.from({ length: n }, (_, at) => this.#match[at + 1]! - 1);
  }

  #reserve(n: number): void {
    if (n <= this.#room) return;
    this.#room = Math.max(n, 2 * this.#room, 16);
    const nodes = Math.ceil(1.5 * this.#room) + 2;
    this.#stride = nodes;
    this.#weight = new Float64Array(nodes * nodes);
    this.#from = new Int32Array(nodes * nodes);
    this.#to = new Int32Array(nodes * nodes);
    this.#childWith = new Int32Array(nodes * nodes);
    this.#label = new Float64Array(nodes);
    this.#match = new Int32Array(nodes);
    this.#slack = new Int32Array(nodes);
    this.#outer = new Int32Array(nodes);
    this.#parent = new Int32Array(nodes);
    this.#side = new Int8Array(nodes);
    this.#visited = new Int32Array(nodes);
    this.#children = Array.from({ length: nodes }, () => []);
  }

  /** Weights of a matching of greatest weight: all positive, so that it is perfect. */
  #begin(n: number, cost: (a: number, b: number) => number): void {
    this.#n = n;
    this.#top = n;
    this.#match.fill(0);
    this.#outer.fill(0);
    let greatest = 0;
    for (let a = 1; a <= n; a++) {
      for (let b = a + 1; b <= n; b++) greatest = Math.max(greatest, cost(a - 1, b - 1));
    }
    for (let a = 1; a <= n; a++) {
      this.#outer[a] = a;
      for (let b = 1; b <= n; b++) {
        const at = a * this.#stride + b;
        this.#from[at] = a;
        this.#to[at] = b;
        this.#childWith[at] = a === b ? a : 0;
        this.#weight[at] =
          a === b ? 0 : greatest + 1 - cost(Math.min(a, b) - 1, Math.max(a, b) - 1);
      }
    }
  }

  /**
   * Dual variables as low as they may be at first, and pairs that are tight with them. All free ones
   * move by the same steps later on, so that dual variables are multiples of 1/2 and exact.
   */
  #matchNearest(): void {
    for (let a = 1; a <= this.#n; a++) {
      let most = 0;
      for (let b = 1; b <= this.#n; b++) {
        most = Math.max(most, this.#weight[a * this.#stride + b]!);
      }
      this.#label[a] = most;
    }
    for (let a = 1; a <= this.#n; a++) {
      for (let b = a + 1; b <= this.#n && this.#match[a] === 0; b++) {
        if (this.#match[b] !== 0 || this.#slackOf(a, b) > 0) continue;
        this.#match[a] = b;
        this.#match[b] = a;
      }
    }
  }

  #slackOf(a: number, b: number): number {
    const at = a * this.#stride + b;
    const [u, v] = [this.#from[at]!, this.#to[at]!];
    return this.#label[u]! + this.#label[v]! - 2 * this.#weight[u * this.#stride + v]!;
  }

  #tighten(vertex: number, node: number, slack: number): void {
    const best = this.#slack[node]!;
    if (best === 0 || slack < this.#slackOf(best, node)) this.#slack[node] = vertex;
  }

  #findSlack(node: number): void {
    this.#slack[node] = 0;
    for (let vertex = 1; vertex <= this.#n; vertex++) {
      const outer = this.#outer[vertex]!;
      const isEdge = this.#weight[vertex * this.#stride + node]! > 0;
      if (!isEdge || outer === node || this.#side[outer] !== even) continue;
      this.#tighten(vertex, node, this.#slackOf(vertex, node));
    }
  }

  #enqueue(node: number): void {
    if (node <= this.#n) this.#queue.push(node);
    else for (const child of this.#children[node]!) this.#enqueue(child);
  }

  #setOuter(node: number, outer: number): void {
    this.#outer[node] = outer;
    if (node <= this.#n) return;
    for (const child of this.#children[node]!) this.#setOuter(child, outer);
  }

  /** An even number of steps around the blossom from its base to the child. */
  #stepsTo(blossom: number, child: number): number {
    const children = this.#children[blossom]!;
    const place = children.indexOf(child);
    if (place % 2 === 0) return place;
    children.splice(1, children.length - 1, ...children.slice(1).toReversed());
    return children.length - place;
  }

  #setMatch(node: number, other: number): void {
    const edge = node * this.#stride + other;
    this.#match[node] = this.#to[edge]!;
    if (node <= this.#n) return;
    const children = this.#children[node]!;
    const child = this.#childWith[node * this.#stride + this.#from[edge]!]!;
    const steps = this.#stepsTo(node, child);
    for (let at = 0; at < steps; at++) this.#setMatch(children[at]!, children[at ^ 1]!);
    this.#setMatch(child, other);
    children.push(...children.splice(0, steps));
  }

  #augment(from: number, to: number): void {
    let [node, other] = [from, to];
    for (;;) {
      const next = this.#outer[this.#match[node]!]!;
      this.#setMatch(node, other);
      if (next === 0) return;
      const above = this.#outer[this.#parent[next]!]!;
      this.#setMatch(next, above);
      [node, other] = [above, next];
    }
  }

  /** Where the ways of two even nodes to their roots meet; 0 when their trees differ. */
  #meeting(a: number, b: number): number {
    this.#visit++;
    let [here, there] = [a, b];
    while (here !== 0 || there !== 0) {
      if (here !== 0) {
        if (this.#visited[here] === this.#visit) return here;
        this.#visited[here] = this.#visit;
        const mate = this.#outer[this.#match[here]!]!;
        here = mate === 0 ? 0 : this.#outer[this.#parent[mate]!]!;
      }
      [here, there] = [there, here];
    }
    return 0;
  }

  #shrink(a: number, base: number, b: number): void {
    let blossom = this.#n + 1;
    while (blossom <= this.#top && this.#outer[blossom] !== 0) blossom++;
    this.#top = Math.max(this.#top, blossom);
    this.#label[blossom] = 0;
    this.#side[blossom] = even;
    this.#match[blossom] = this.#match[base]!;
    const oneWay = this.#wayTo(a, base);
    this.#children[blossom] = [base, ...oneWay.toReversed(), ...this.#wayTo(b, base)];
    this.#setOuter(blossom, blossom);
    this.#joinEdges(blossom);
    this.#findSlack(blossom);
  }

  #wayTo(from: number, base: number): number[] {
    const way: number[] = [];
    for (let node = from; node !== base;) {
      const mate = this.#outer[this.#match[node]!]!;
      way.push(node, mate);
      this.#enqueue(mate);
      node = this.#outer[this.#parent[mate]!]!;
    }
    return way;
  }

  /** The best edges of the children become the blossom's. */
  #joinEdges(blossom: number): void {
    const stride = this.#stride;
    const [weight, from, to, childWith] = [this.#weight, this.#from, this.#to, this.#childWith];
    for (let node = 1; node <= this.#top; node++) {
      weight[blossom * stride + node] = 0;
      weight[node * stride + blossom] = 0;
    }
    childWith.fill(0, blossom * stride, blossom * stride + this.#n + 1);
    for (const child of this.#children[blossom]!) {
      for (let node = 1; node <= this.#top; node++) {
        const [mine, theirs] = [blossom * stride + node, child * stride + node];
        if (weight[mine] !== 0 && this.#slackOf(child, node) >= this.#slackOf(blossom, node))
          continue;
        const [back, theirBack] = [node * stride + blossom, node * stride + child];
        weight[mine] = weight[theirs]!;
        from[mine] = from[theirs]!;
        to[mine] = to[theirs]!;
        weight[back] = weight[theirBack]!;
        from[back] = from[theirBack]!;
        to[back] = to[theirBack]!;
      }
      for (let vertex = 1; vertex <= this.#n; vertex++) {
        if (childWith[child * stride + vertex] !== 0) childWith[blossom * stride + vertex] = child;
      }
    }
  }

  /** An odd blossom whose dual variable is zero falls apart. */
  #expand(blossom: number): void {
    const children = this.#children[blossom]!;
    for (const child of children) this.#setOuter(child, child);
    const entry = this.#from[blossom * this.#stride + this.#parent[blossom]!]!;
    const child = this.#childWith[blossom * this.#stride + entry]!;
    const steps = this.#stepsTo(blossom, child);
    for (let at = 0; at < steps; at += 2) {
      const [below, above] = [children[at]!, children[at + 1]!];
      this.#parent[below] = this.#from[above * this.#stride + below]!;
      this.#side[below] = odd;
      this.#side[above] = even;
      this.#slack[below] = 0;
      this.#findSlack(above);
      this.#enqueue(above);
    }
    this.#side[child] = odd;
    this.#parent[child] = this.#parent[blossom]!;
    for (const rest of children.slice(steps + 1)) {
      this.#side[rest] = free;
      this.#findSlack(rest);
    }
    this.#outer[blossom] = 0;
  }

  /** A tight edge from an even node: grows the tree, shrinks a blossom, or augments (true). */
  #useEdge(vertex: number, node: number): boolean {
    const edge = vertex * this.#stride + node;
    const [a, b] = [this.#outer[this.#from[edge]!]!, this.#outer[this.#to[edge]!]!];
    if (this.#side[b] === free) {
      this.#parent[b] = this.#from[edge]!;
      this.#side[b] = odd;
      const mate = this.#outer[this.#match[b]!]!;
      this.#slack[b] = 0;
      this.#slack[mate] = 0;
      this.#side[mate] = even;
      this.#enqueue(mate);
    } else if (this.#side[b] === even) {
      const base = this.#meeting(a, b);
      if (base === 0) {
        this.#augment(a, b);
        this.#augment(b, a);
        return true;
      }
      this.#shrink(a, base, b);
    }
    return false;
  }

  #isOuter(node: number): boolean {
    return this.#outer[node] === node;
  }

  /** One more pair is matched; false when all are. */
  #phase(): boolean {
    this.#side.fill(free, 0, this.#top + 1);
    this.#slack.fill(0, 0, this.#top + 1);
    this.#queue = [];
    for (let node = 1; node <= this.#top; node++) {
      if (!this.#isOuter(node) || this.#match[node] !== 0) continue;
      this.#parent[node] = 0;
      this.#side[node] = even;
      this.#enqueue(node);
    }
    if (this.#queue.length === 0) return false;
    for (;;) {
      if (this.#scan()) return true;
      this.#adjust(this.#step());
      if (this.#useTightEdges()) return true;
      for (let blossom = this.#n + 1; blossom <= this.#top; blossom++) {
        const isOdd = this.#isOuter(blossom) && this.#side[blossom] === odd;
        if (isOdd && this.#label[blossom] === 0) this.#expand(blossom);
      }
    }
  }

  #scan(): boolean {
    const [n, stride] = [this.#n, this.#stride];
    const [outers, sides, labels, weights] = [this.#outer, this.#side, this.#label, this.#weight];
    for (let head = 0; head < this.#queue.length; head++) {
      const vertex = this.#queue[head]!;
      if (sides[outers[vertex]!] === odd) continue;
      const row = vertex * stride;
      const label = labels[vertex]!;
      for (let other = 1; other <= n; other++) {
        const outer = outers[other]!;
        // An edge to an odd node never becomes useful while it is odd.
        if (outers[vertex] === outer || sides[outer] === odd) continue;
        const slack = label + labels[other]! - 2 * weights[row + other]!;
        if (slack > 0) this.#tighten(vertex, outer, slack);
        else if (this.#useEdge(vertex, other)) return true;
      }
    }
    this.#queue = [];
    return false;
  }

  /** How far the dual variables can move until an edge is tight or a blossom empty. */
  #step(): number {
    let step = Infinity;
    for (let node = 1; node <= this.#top; node++) {
      if (!this.#isOuter(node)) continue;
      const side = this.#side[node];
      if (node > this.#n && side === odd) step = Math.min(step, this.#label[node]! / 2);
      const tightest = this.#slack[node]!;
      if (tightest === 0 || side === odd) continue;
      const slack = this.#slackOf(tightest, node);
      step = Math.min(step, side === free ? slack : slack / 2);
    }
    return step;
  }

  #adjust(step: number): void {
    for (let node = 1; node <= this.#top; node++) {
      if (node > this.#n && !this.#isOuter(node)) continue;
      const side = this.#side[this.#outer[node]!];
      const move = side === even ? -step : side === odd ? step : 0;
      this.#label[node]! += node <= this.#n ? move : -2 * move;
    }
  }

  #useTightEdges(): boolean {
    for (let node = 1; node <= this.#top; node++) {
      const tightest = this.#slack[node]!;
      if (!this.#isOuter(node) || tightest === 0 || this.#outer[tightest] === node) continue;
      if (this.#slackOf(tightest, node) === 0 && this.#useEdge(tightest, node)) return true;
    }
    return false;
  }
}
