/** Least squares with a penalty on the squares of the coefficients: |y - Xw|^2 + alpha |w|^2. */
import { addScaled, centre, centreColumns, type CentredColumns, dot } from "./centred-columns.ts";
import { LearnerError } from "./checks.ts";
import { LinearModel } from "./linear-model.ts";
import { type Fitting, makeLearner } from "./make-learner.ts";
import { Pace } from "./pace.ts";

const space = {
  /** On sums over rows, as sklearn's. */
  alpha: { kind: "real", min: 1e-6, max: 1e6, log: true, default: 1 },
} as const;

/** The products of every two vectors, size x size. */
export function* productsOf(
  vectors: readonly Float64Array[],
  pace: Pace,
): Generator<number, Float64Array> {
  const size = vectors.length;
  const products = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) {
      products[a * size + b] = products[b * size + a] = dot(vectors[a]!, vectors[b]!);
      if (pace.spend(vectors[a]!.length)) yield ((a / size) * a) / size;
    }
  }
  return products;
}

/** Solves a symmetric positive definite system by Cholesky's factors, in place of `right`. */
function* solvePositive(
  matrix: Float64Array,
  size: number,
  right: Float64Array,
  pace: Pace,
): Generator<number, void> {
  for (let column = 0; column < size; column++) {
    const own = matrix.subarray(column * size, column * size + column);
    const pivot = matrix[column * size + column]! - dot(own, own);
    if (!(pivot > 0)) throw new LearnerError("The columns are too alike; raise alpha.");
    const root = Math.sqrt(pivot);
    matrix[column * size + column] = root;
    for (let row = column + 1; row < size; row++) {
      const other = matrix.subarray(row * size, row * size + column);
      matrix[row * size + column] = (matrix[row * size + column]! - dot(own, other)) / root;
      if (pace.spend(column)) yield 1;
    }
  }
  for (let row = 0; row < size; row++) {
    const own = matrix.subarray(row * size, row * size + row);
    right[row] = (right[row]! - dot(own, right.subarray(0, row))) / matrix[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    right[row]! /= matrix[row * size + row]!;
    const own = matrix.subarray(row * size, row * size + row);
    addScaled(right.subarray(0, row), -right[row]!, own);
  }
}

/** By columns where they are fewer than the rows, else by rows. */
function* solve(
  { rows, columns, values }: CentredColumns,
  right: Float64Array,
  alpha: number,
): Generator<number, Float64Array> {
  const pace = new Pace();
  const lines = Array.from({ length: columns }, (_, at) =>
    values.subarray(at * rows, (at + 1) * rows),
  );
  const isPrimal = columns <= rows;
  const vectors = isPrimal
    ? lines
    : Array.from({ length: rows }, (_, row) => Float64Array.from(lines, (line) => line[row]!));
  const size = vectors.length;
  const products = yield* productsOf(vectors, pace);
  for (let at = 0; at < size; at++) products[at * size + at]! += alpha;
  const projected = isPrimal ? Float64Array.from(lines, (line) => dot(line, right)) : right;
  yield* solvePositive(products, size, projected, pace);
  return isPrimal ? projected : Float64Array.from(lines, (line) => dot(line, projected));
}

function* fit({
  design,
  target,
  parameters,
  options,
}: Fitting<keyof typeof space>): Generator<number, LinearModel> {
  if (target.kind !== "regression") throw new TypeError("Ridge regression predicts numbers.");
  const table = centreColumns(design, options);
  const right = Float64Array.from(target.values);
  const offset = centre(right, table.rootWeights, table.totalWeight);
  const coefficients = yield* solve(table, right, parameters.alpha as number);
  const offsets = Float64Array.of(offset);
  return new LinearModel({ centre: table.means, coefficients, offsets, isClassifier: false });
}

export const ridge = makeLearner<keyof typeof space>({
  id: "ridge",
  title: "Ridge regression",
  tasks: ["regression"],
  space,
  wantsScaling: true,
  mayMiss: false,
  fit,
  restore: LinearModel.restore,
});
