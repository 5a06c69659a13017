/** How well a split parts the rows of a node: rows move from its right side to its left. */

/** Splits that gain less than this share of what a node holds are rounding. */
const gainShareMin = 1e-10;

export interface Criterion {
  /** Numbers in a leaf. */
  readonly width: number;
  readonly leftWeight: number;
  readonly rightWeight: number;
  /** All rows of a node stand on the right. */
  begin(rows: Int32Array, from: number, to: number): void;
  /** The same node once more. */
  restart(): void;
  move(row: number): void;
  /** Higher is better; only to be compared within a node. */
  score(): number;
  /** The score of the node as it is, and the least gain above it that counts; null for a pure one. */
  standing(): { readonly score: number; readonly gainMin: number } | null;
  /** What the rows of the node, wherever they stand, agree on. */
  leaf(out: Float64Array): void;
}

/** Gini's impurity: the sum of squared class weights over the weight, of both sides. */
export class GiniCriterion implements Criterion {
  readonly width: number;
  leftWeight = 0;
  rightWeight = 0;
  readonly #labels: Int32Array;
  readonly #weights: Float64Array;
  readonly #whole: Float64Array;
  readonly #left: Float64Array;
  #wholeWeight = 0;
  #wholeSquares = 0;
  #leftSquares = 0;
  #rightSquares = 0;

  constructor(labels: Int32Array, classes: number, weights: Float64Array) {
    this.width = classes;
    this.#labels = labels;
    this.#weights = weights;
    this.#whole = new Float64Array(classes);
    this.#left = new Float64Array(classes);
  }

  begin(rows: Int32Array, from: number, to: number): void {
    this.#whole.fill(0);
    for (let at = from; at < to; at++) {
      this.#whole[this.#labels[rows[at]!]!]! += this.#weights[rows[at]!]!;
    }
    this.#wholeWeight = 0;
    this.#wholeSquares = 0;
    for (const weight of this.#whole) {
      this.#wholeWeight += weight;
      this.#wholeSquares += weight * weight;
    }
    this.restart();
  }

  restart(): void {
    this.#left.fill(0);
    this.leftWeight = 0;
    this.#leftSquares = 0;
    this.rightWeight = this.#wholeWeight;
    this.#rightSquares = this.#wholeSquares;
  }

  move(row: number): void {
    const label = this.#labels[row]!;
    const weight = this.#weights[row]!;
    const left = this.#left[label]!;
    const right = this.#whole[label]! - left;
    this.#leftSquares += weight * (2 * left + weight);
    this.#rightSquares -= weight * (2 * right - weight);
    this.#left[label] = left + weight;
    this.leftWeight += weight;
    this.rightWeight -= weight;
  }

  score(): number {
    return this.#leftSquares / this.leftWeight + this.#rightSquares / this.rightWeight;
  }

  standing(): { readonly score: number; readonly gainMin: number } | null {
    const score = this.#wholeSquares / this.#wholeWeight;
    const gainMin = gainShareMin * this.#wholeWeight;
    return this.#wholeWeight - score > gainMin ? { score, gainMin } : null;
  }

  leaf(out: Float64Array): void {
    for (let each = 0; each < this.width; each++)
      out[each] = this.#whole[each]! / this.#wholeWeight;
  }
}

/** Squared error: the squared sum over the weight, of both sides. Values are best about their mean. */
export class VarianceCriterion implements Criterion {
  readonly width = 1;
  leftWeight = 0;
  rightWeight = 0;
  readonly #values: Float64Array;
  readonly #weights: Float64Array;
  #wholeWeight = 0;
  #wholeSum = 0;
  #wholeSquares = 0;
  #leftSum = 0;

  constructor(values: Float64Array, weights: Float64Array) {
    this.#values = values;
    this.#weights = weights;
  }

  begin(rows: Int32Array, from: number, to: number): void {
    this.#wholeWeight = 0;
    this.#wholeSum = 0;
    this.#wholeSquares = 0;
    for (let at = from; at < to; at++) {
      const weight = this.#weights[rows[at]!]!;
      const value = this.#values[rows[at]!]!;
      this.#wholeWeight += weight;
      this.#wholeSum += weight * value;
      this.#wholeSquares += weight * value * value;
    }
    this.restart();
  }

  restart(): void {
    this.leftWeight = 0;
    this.#leftSum = 0;
    this.rightWeight = this.#wholeWeight;
  }

  move(row: number): void {
    const weight = this.#weights[row]!;
    this.leftWeight += weight;
    this.rightWeight -= weight;
    this.#leftSum += weight * this.#values[row]!;
  }

  score(): number {
    const right = this.#wholeSum - this.#leftSum;
    return this.#leftSum ** 2 / this.leftWeight + right ** 2 / this.rightWeight;
  }

  standing(): { readonly score: number; readonly gainMin: number } | null {
    const score = this.#wholeSum ** 2 / this.#wholeWeight;
    const gainMin = gainShareMin * this.#wholeSquares;
    return this.#wholeSquares - score > gainMin ? { score, gainMin } : null;
  }

  leaf(out: Float64Array): void {
    out[0] = this.#wholeSum / this.#wholeWeight;
  }
}
