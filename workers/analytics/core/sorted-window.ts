/** The newest values of a stream in order, with their robust statistics at little cost a step. */
import { madToSigma, medianOfSorted } from "./statistics.ts";

export class SortedWindow {
  readonly #size: number;
  /** Oldest first. */
  readonly #arrived: number[] = [];
  /** Ascending. */
  readonly #sorted: number[] = [];

  constructor(size: number, values: readonly number[] = []) {
    this.#size = size;
    values.forEach((value) => this.push(value));
  }

  push(value: number): void {
    if (this.#arrived.length === this.#size) {
      this.#sorted.splice(this.#placeOf(this.#arrived.shift() as number), 1);
    }
    this.#arrived.push(value);
    this.#sorted.splice(this.#placeOf(value), 0, value);
  }

  get length(): number {
    return this.#arrived.length;
  }

  /** How many of the values are below `value`. */
  rankOf(value: number): number {
    return this.#placeOf(value);
  }

  /** How many of the values are `value` or below. */
  rankAfter(value: number): number {
    let low = this.#placeOf(value);
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The smallest after leaving out `ignored` smaller ones; NaN without so many. */
  smallest(ignored = 0): number {
    return this.#sorted[ignored] ?? Number.NaN;
  }

  /** The largest after leaving out `ignored` larger ones; NaN without so many. */
  largest(ignored = 0): number {
    return this.#sorted[this.#sorted.length - 1 - ignored] ?? Number.NaN;
  }

  /** NaN while empty. */
  median(): number {
    return medianOfSorted(this.#sorted);
  }

  /** The scaled median absolute deviation; NaN while empty. */
  scaledMad(): number {
    const center = this.median();
    const count = this.#sorted.length;
    const middle = count >> 1;
    // Distances grow outwards from the center, so two pointers meet them in ascending order.
    let right = this.#placeOf(center);
    let left = right - 1;
    let [previous, distance] = [0, 0];
    for (let rank = 0; rank <= middle; rank += 1) {
      const below = center - (this.#sorted[left] ?? Number.NEGATIVE_INFINITY);
      const above = (this.#sorted[right] ?? Number.POSITIVE_INFINITY) - center;
      previous = distance;
      if (below < above) left -= 1;
      else right += 1;
      distance = Math.min(below, above);
    }
    return madToSigma * (count % 2 === 1 ? distance : (previous + distance) / 2);
  }

  /** Where the first value that is not below `value` stands. */
  #placeOf(value: number): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
