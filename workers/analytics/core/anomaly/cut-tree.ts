/**
 * One tree of a robust random cut forest, with a first-in-first-out sample of points: random cuts,
 * chosen in proportion to the range of their dimension (Guha et al. 2016, definition 1).
 */
import assert from "node:assert/strict";
import type { Random } from "../../../cluster/random.ts";

interface Node {
  parent: Node | null;
  /** Both or neither. */
  left: Node | null;
  right: Node | null;
  dimension: number;
  cut: number;
  /** Points below, duplicates counted. */
  count: number;
  low: Float64Array;
  high: Float64Array;
}

type Cut = Pick<Node, "dimension" | "cut">;

export class CutTree {
  readonly #random: Random;
  readonly #size: number;
  /** The leaf of each point, oldest first; equal points share a leaf. */
  readonly #leaves: Node[] = [];
  #root: Node | null = null;

  constructor(random: Random, size: number) {
    this.#random = random;
    this.#size = size;
  }

  /**
   * Forgets the oldest point when full and inserts the new one. Returns its co-displacement: the
   * largest ratio, on its path to the root, of the sibling's points to those it sits among.
   */
  insert(point: Float64Array): number {
    if (this.#leaves.length === this.#size) this.#forget(this.#leaves.shift()!);
    const leaf = this.#place(point);
    this.#leaves.push(leaf);
    let displaced = 0;
    for (let node = leaf; node.parent !== null; node = node.parent) {
      displaced = Math.max(displaced, siblingOf(node).count / node.count);
    }
    return displaced;
  }

  /** From the root down, a random cut either parts the point off or the way goes on. */
  #place(point: Float64Array): Node {
    let node = this.#root;
    if (node === null) {
      this.#root = leafOf(point);
      return this.#root;
    }
    for (;;) {
      const found = this.#partingCut(node, point);
      if (found !== null) return this.#partOff(node, point, found);
      if (node.left === null) {
        grow(node, point);
        return node;
      }
      node = point[node.dimension]! <= node.cut ? node.left : node.right!;
    }
  }

  /** A random cut of the box around `node` and the point, if it has them on different sides. */
  #partingCut(node: Node, point: Float64Array): Cut | null {
    let total = 0;
    for (let i = 0; i < point.length; i += 1) total += rangeWith(node, point, i);
    let rest = this.#random.float() * total;
    for (let dimension = 0; dimension < point.length; dimension += 1) {
      const range = rangeWith(node, point, dimension);
      if (rest >= range) {
        rest -= range;
        continue;
      }
      const [low, high, at] = [node.low[dimension]!, node.high[dimension]!, point[dimension]!];
      const cut = Math.min(low, at) + rest;
      return (at <= cut && cut < low) || (high <= cut && cut < at) ? { dimension, cut } : null;
    }
    return null;
  }

  #partOff(node: Node, point: Float64Array, found: Cut): Node {
    const leaf = leafOf(point);
    const isLeft = point[found.dimension]! <= found.cut;
    const branch: Node = {
      ...found,
      parent: node.parent,
      left: isLeft ? leaf : node,
      right: isLeft ? node : leaf,
      count: node.count,
      low: node.low.slice(),
      high: node.high.slice(),
    };
    this.#replace(node, branch);
    leaf.parent = branch;
    node.parent = branch;
    grow(branch, point);
    return leaf;
  }

  #replace(node: Node, by: Node): void {
    if (node.parent === null) this.#root = by;
    else if (node.parent.left === node) node.parent.left = by;
    else node.parent.right = by;
  }

  #forget(leaf: Node): void {
    let above = leaf.parent;
    if (leaf.count > 1) leaf.count -= 1;
    else if (above === null) this.#root = null;
    else {
      const sibling = siblingOf(leaf);
      this.#replace(above, sibling);
      sibling.parent = above.parent;
      above = above.parent;
    }
    for (; above !== null; above = above.parent) {
      above.count -= 1;
      const [left, right] = [above.left!, above.right!];
      for (let i = 0; i < above.low.length; i += 1) {
        above.low[i] = Math.min(left.low[i]!, right.low[i]!);
        above.high[i] = Math.max(left.high[i]!, right.high[i]!);
      }
    }
  }
}

function leafOf(point: Float64Array): Node {
  const ends = { parent: null, left: null, right: null };
  return { ...ends, dimension: 0, cut: 0, count: 1, low: point, high: point };
}

function siblingOf(node: Node): Node {
  const { parent } = node;
  assert(parent !== null, "The root has no sibling");
  return (parent.left === node ? parent.right : parent.left)!;
}

function rangeWith({ low, high }: Node, point: Float64Array, at: number): number {
  return Math.max(high[at]!, point[at]!) - Math.min(low[at]!, point[at]!);
}

/** Counts the point in `from` and every node above it, and widens their boxes to hold it. */
function grow(from: Node, point: Float64Array): void {
  for (let node: Node | null = from; node !== null; node = node.parent) {
    node.count += 1;
    if (node.left === null) continue;
    for (let i = 0; i < point.length; i += 1) {
      node.low[i] = Math.min(node.low[i]!, point[i]!);
      node.high[i] = Math.max(node.high[i]!, point[i]!);
    }
  }
}
