/** The nearest rows to a point, exactly, with all that are equally far as the last. */

export type Metric = "euclidean" | "manhattan";

/** Up to this many columns a k-d tree passes over most rows; above, over next to none. */
const treeColumnsMax = 10;
const leafRows = 24;

/** Takes rows that are at most `limit` away, which may shrink as it goes. */
interface Visit {
  readonly limit: number;
  take(row: number, distance: number): void;
}

export class NeighbourSearch {
  readonly #values: Float64Array;
  readonly #columns: number;
  readonly #isSquare: boolean;
  /** Rows in the order of the tree's leaves. */
  readonly #order: Int32Array;
  /** At the middle of each range that is split: the column along which. */
  readonly #splits: Int32Array | null;

  /** @param values row-major */
  constructor(values: Float64Array, columns: number, metric: Metric) {
    this.#values = values;
    this.#columns = columns;
    this.#isSquare = metric === "euclidean";
    this.#order = Int32Array.from({ length: values.length / columns }, (_, row) => row);
    this.#splits = columns <= treeColumnsMax ? new Int32Array(this.#order.length) : null;
    if (this.#splits !== null) this.#build(0, this.#order.length);
  }

  /**
   * @param k from 1 to the number of rows
   * @returns every row that is at most as far as the k-th nearest, and how far (squared for the
   * euclidean metric)
   */
  nearest(point: Float64Array, k: number): Nearest {
    const heap = new SmallestDistances(k);
    this.#visit(point, 0, this.#order.length, heap);
    const nearest = new Nearest(heap.limit);
    this.#visit(point, 0, this.#order.length, nearest);
    return nearest;
  }

  #visit(point: Float64Array, from: number, to: number, visit: Visit): void {
    if (this.#splits === null || to - from <= leafRows) {
      for (let at = from; at < to; at++) this.#offer(point, this.#order[at]!, visit);
      return;
    }
    const middle = (from + to) >> 1;
    const column = this.#splits[middle]!;
    const away = point[column]! - this.#values[this.#order[middle]! * this.#columns + column]!;
    this.#offer(point, this.#order[middle]!, visit);
    const [near, far] = [
      [from, middle],
      [middle + 1, to],
    ] as const;
    const [first, second] = away <= 0 ? [near, far] : [far, near];
    this.#visit(point, first[0], first[1], visit);
    // No row beyond the plane is nearer than the plane; rounding keeps that order.
    const least = this.#isSquare ? away * away : Math.abs(away);
    if (least <= visit.limit) this.#visit(point, second[0], second[1], visit);
  }

  /** Gives up as soon as the row is too far. */
  #offer(point: Float64Array, row: number, visit: Visit): void {
    const [values, columns, isSquare, limit] = [
      this.#values,
      this.#columns,
      this.#isSquare,
      visit.limit,
    ];
    let sum = 0;
    for (let column = 0, at = row * columns; column < columns; column++, at++) {
      const away = point[column]! - values[at]!;
      sum += isSquare ? away * away : Math.abs(away);
      if ((column & 15) === 15 && sum > limit) return;
    }
    if (sum <= limit) visit.take(row, sum);
  }

  /** The median along the widest column stands in the middle and splits the rest. */
  #build(from: number, to: number): void {
    if (to - from <= leafRows) return;
    const column = this.#widest(from, to);
    const middle = (from + to) >> 1;
    this.#splits![middle] = column;
    this.#select(from, to - 1, middle, column);
    this.#build(from, middle);
    this.#build(middle + 1, to);
  }

  #widest(from: number, to: number): number {
    let [widest, best] = [-1, 0];
    for (let column = 0; column < this.#columns; column++) {
      let [low, high] = [Infinity, -Infinity];
      for (let at = from; at < to; at++) {
        const value = this.#values[this.#order[at]! * this.#columns + column]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high - low > widest) [widest, best] = [high - low, column];
    }
    return best;
  }

  /** Hoare's quickselect: no row before `middle` is greater along the column, and none after less. */
  #select(from: number, to: number, middle: number, column: number): void {
    const order = this.#order;
    const valueAt = (at: number): number => this.#values[order[at]! * this.#columns + column]!;
    while (from < to) {
      const pivot = valueAt((from + to) >> 1);
      let [low, high] = [from, to];
      while (low <= high) {
        while (valueAt(low) < pivot) low += 1;
        while (valueAt(high) > pivot) high -= 1;
        if (low > high) break;
        [order[low], order[high]] = [order[high]!, order[low]!];
        low += 1;
        high -= 1;
      }
      if (middle <= high) to = high;
      else if (middle >= low) from = low;
      else return;
    }
  }
}

/** The k smallest distances offered, as a heap with the largest of them on top. */
class SmallestDistances implements Visit {
  readonly #heap: Float64Array;

  constructor(k: number) {
    this.#heap = new Float64Array(k).fill(Infinity);
  }

  get limit(): number {
    return this.#heap[0]!;
  }

  take(_: number, distance: number): void {
    const heap = this.#heap;
    if (!(distance < heap[0]!)) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]! > heap[child]!) child += 1;
      if (heap[child]! <= distance) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = distance;
  }
}

class Nearest implements Visit {
  readonly limit: number;
  readonly rows: number[] = [];
  readonly distances: number[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  take(row: number, distance: number): void {
    this.rows.push(row);
    this.distances.push(distance);
  }
}
