/** A table column by column, each about its mean, with rows weighed by the root of their weights. */
import type { Design, FitOptions } from "./learner.ts";

export interface CentredColumns {
  readonly rows: number;
  readonly columns: number;
  /** Column-major: root weight x (value - mean); all 0 where a column is constant. */
  readonly values: Float64Array;
  readonly means: Float64Array;
  readonly rootWeights: Float64Array;
  readonly totalWeight: number;
}

export function centreColumns(design: Design, { weights }: FitOptions): CentredColumns {
  const { rows, columns } = design;
  const rootWeights = new Float64Array(rows).fill(1);
  let totalWeight = rows;
  if (weights !== undefined) {
    totalWeight = 0;
    for (let row = 0; row < rows; row++) {
      rootWeights[row] = Math.sqrt(weights[row]!);
      totalWeight += weights[row]!;
    }
  }
  const means = new Float64Array(columns);
  const values = new Float64Array(rows * columns);
  for (let column = 0; column < columns; column++) {
    const own = values.subarray(column * rows, (column + 1) * rows);
    for (let row = 0; row < rows; row++) own[row] = design.values[row * columns + column]!;
    means[column] = centre(own, rootWeights, totalWeight);
  }
  return { rows, columns, values, means, rootWeights, totalWeight };
}

/** The same of one column, in place. @returns its mean */
export function centre(own: Float64Array, rootWeights: Float64Array, totalWeight: number): number {
  // The mean of many equal numbers may not be that number: what is left would be noise.
  const first = own[0]!;
  if (own.every((value) => value === first)) {
    own.fill(0);
    return first;
  }
  let sum = 0;
  for (let row = 0; row < own.length; row++) sum += rootWeights[row]! ** 2 * (own[row]! - first);
  const mean = first + sum / totalWeight;
  for (let row = 0; row < own.length; row++) own[row] = rootWeights[row]! * (own[row]! - mean);
  return mean;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

/** onto += factor x of */
export function addScaled(onto: Float64Array, factor: number, of: Float64Array): void {
  for (let index = 0; index < onto.length; index++) onto[index]! += factor * of[index]!;
}
