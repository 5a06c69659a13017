/**
 * Ordinary least squares by Householder's QR with column pivoting; of many solutions (equal or
 * constant columns, more columns than rows) the shortest. Golub and Van Loan, Matrix Computations,
 * 4th edition, sections 5.4 and 5.5.
 */
import { addScaled, centre, centreColumns, dot } from "./centred-columns.ts";
import { LinearModel } from "./linear-model.ts";
import { type Fitting, makeLearner } from "./make-learner.ts";
import { Pace } from "./pace.ts";

/** Turns `vector` into its Householder reflection from `from` on. @returns what its head becomes */
function reflect(vector: Float64Array, from: number): { head: number; factor: number } {
  const norm = Math.sqrt(dot(vector.subarray(from), vector.subarray(from)));
  if (norm === 0) return { head: 0, factor: 0 };
  const head = vector[from]! > 0 ? -norm : norm;
  vector[from]! -= head;
  // 2 / v.v, where v.v = 2 norm (norm + |first|) exactly.
  return { head, factor: -1 / (head * vector[from]!) };
}

function applyReflection(
  vector: Float64Array,
  factor: number,
  onto: Float64Array,
  from: number,
): void {
  const part = onto.subarray(from);
  addScaled(part, -factor * dot(vector.subarray(from), part), vector.subarray(from));
}

/**
 * Minimises |matrix x - right|, and of all x that do, |x|. Destroys both.
 * @param matrix rows x columns, column-major
 */
export function* leastSquares(
  matrix: Float64Array,
  rows: number,
  columns: number,
  right: Float64Array,
): Generator<number, Float64Array> {
  const pace = new Pace();
  const column = (at: number): Float64Array => matrix.subarray(at * rows, (at + 1) * rows);
  const places = Int32Array.from({ length: columns }, (_, at) => at);
  const squares = Float64Array.from(places, (at) => dot(column(at), column(at)));
  const heads = new Float64Array(Math.min(rows, columns));
  let rank = 0;
  for (; rank < heads.length; rank++) {
    let widest = rank;
    for (let at = rank; at < columns; at++) if (squares[at]! > squares[widest]!) widest = at;
    if (widest !== rank) swapColumns(column(rank), column(widest));
    [places[rank], places[widest]] = [places[widest]!, places[rank]!];
    [squares[rank], squares[widest]] = [squares[widest]!, squares[rank]!];
    const own = column(rank);
    const { head, factor } = reflect(own, rank);
    heads[rank] = head;
    if (Math.abs(head) <= Number.EPSILON * Math.max(rows, columns) * Math.abs(heads[0]!)) break;
    for (let at = rank + 1; at < columns; at++) {
      applyReflection(own, factor, column(at), rank);
      const below = column(at).subarray(rank + 1);
      squares[at] = dot(below, below);
      if (pace.spend(6 * (rows - rank))) yield rank / heads.length;
    }
    applyReflection(own, factor, right, rank);
  }
  const solution = new Float64Array(columns);
  const permuted = yield* shortestSolution(matrix, rows, columns, heads, rank, right, pace);
  permuted.forEach((value, at) => {
    solution[places[at]!] = value;
  });
  return solution;
}

function swapColumns(a: Float64Array, b: Float64Array): void {
  for (let row = 0; row < a.length; row++) [a[row], b[row]] = [b[row]!, a[row]!];
}

/** Of the first `rank` rows of R, which lie above the diagonal of `matrix` and in `heads`. */
function* shortestSolution(
  matrix: Float64Array,
  rows: number,
  columns: number,
  heads: Float64Array,
  rank: number,
  right: Float64Array,
  pace: Pace,
): Generator<number, Float64Array> {
  const out = new Float64Array(columns);
  if (rank === columns) {
    for (let row = rank - 1; row >= 0; row--) {
      let sum = right[row]!;
      for (let at = row + 1; at < columns; at++) sum -= matrix[at * rows + row]! * out[at]!;
      out[row] = sum / heads[row]!;
    }
    return out;
  }
  // R' = Q T: the rows of R are the columns of R', so T' z = right and x = Q z.
  const flipped = new Float64Array(rank * columns);
  for (let row = 0; row < rank; row++) {
    flipped[row * columns + row] = heads[row]!;
    for (let at = row + 1; at < columns; at++)
      flipped[row * columns + at] = matrix[at * rows + row]!;
  }
  const line = (at: number): Float64Array => flipped.subarray(at * columns, (at + 1) * columns);
  const factors = new Float64Array(rank);
  for (let step = 0; step < rank; step++) {
    const own = line(step);
    const { head, factor } = reflect(own, step);
    factors[step] = factor;
    for (let at = step + 1; at < rank; at++) {
      applyReflection(own, factor, line(at), step);
      if (pace.spend(4 * (columns - step))) yield 1;
    }
    // Forward substitution goes along: everything above the head of this column is final.
    let sum = right[step]!;
    for (let at = 0; at < step; at++) sum -= own[at]! * out[at]!;
    out[step] = sum / head;
  }
  for (let step = rank - 1; step >= 0; step--)
    applyReflection(line(step), factors[step]!, out, step);
  return out;
}

function* fit({ design, target, options }: Fitting<never>): Generator<number, LinearModel> {
  if (target.kind !== "regression") throw new TypeError("Least squares predict numbers.");
  const { rows, columns, values, means, rootWeights, totalWeight } = centreColumns(design, options);
  const right = Float64Array.from(target.values);
  const offset = centre(right, rootWeights, totalWeight);
  const coefficients = yield* leastSquares(values, rows, columns, right);
  const offsets = Float64Array.of(offset);
  return new LinearModel({ centre: means, coefficients, offsets, isClassifier: false });
}

export const ordinaryLeastSquares = makeLearner<never>({
  id: "least-squares",
  title: "Ordinary least squares",
  tasks: ["regression"],
  space: {},
  wantsScaling: true,
  mayMiss: false,
  fit,
  restore: LinearModel.restore,
});
