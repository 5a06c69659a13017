/** Unitary matrices drawn from the Haar measure. */
import type { Random } from "../../cluster/random.ts";
import { Matrix } from "./matrix.ts";

/**
 * Columns of independent Gaussian numbers made orthonormal by Gram and Schmidt. That is the QR
 * decomposition with a positive diagonal of R, which Haar's measure needs (Mezzadri 2007, section 4).
 */
export function haarUnitary(random: Random, size: number): Matrix {
  const matrix = new Matrix(size);
  const columns: Float64Array[] = [];
  for (let place = 0; place < size; place++) {
    const column = Float64Array.from({ length: 2 * size }, () => gaussian(random));
    // Twice, for the rounding of the first time.
    for (const other of [...columns, ...columns]) subtractProjection(column, other);
    const norm = Math.hypot(...column);
    for (let row = 0; row < size; row++) {
      column[2 * row]! /= norm;
      column[2 * row + 1]! /= norm;
      matrix.set(row, place, column[2 * row]!, column[2 * row + 1]!);
    }
    columns.push(column);
  }
  return matrix;
}

/** Of mean 0 and variance 1 (Box and Muller 1958). */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}

function subtractProjection(column: Float64Array, other: Float64Array): void {
  let [re, im] = [0, 0];
  for (let at = 0; at < column.length; at += 2) {
    re += other[at]! * column[at]! + other[at + 1]! * column[at + 1]!;
    im += other[at]! * column[at + 1]! - other[at + 1]! * column[at]!;
  }
  for (let at = 0; at < column.length; at += 2) {
    column[at]! -= re * other[at]! - im * other[at + 1]!;
    column[at + 1]! -= re * other[at + 1]! + im * other[at]!;
  }
}
