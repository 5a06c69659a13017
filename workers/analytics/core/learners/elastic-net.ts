/**
 * Lasso and elastic net by cyclic coordinate descent (Friedman, Hastie and Tibshirani 2010):
 * |y - Xw|^2 / 2n + alpha (share |w|_1 + (1 - share) |w|^2 / 2).
 */
import { addScaled, centre, centreColumns, type CentredColumns, dot } from "./centred-columns.ts";
import { productColumnsMax, sweepsMax } from "./learner-limits.ts";
import { LinearModel } from "./linear-model.ts";
import { type Fitting, makeLearner } from "./make-learner.ts";
import { Pace, within } from "./pace.ts";
import { productsOf } from "./ridge.ts";

/** The duality gap, as a share of |y|^2, at which the descent has arrived. */
const gapShare = 1e-10;

const strength = {
  kind: "real",
  min: 1e-5,
  max: 1,
  log: true,
  default: 0.01,
} as const;

/** The penalty is a share of the smallest one that leaves no column: so it fits targets of any size. */
const lassoSpace = { strength } as const;
const elasticNetSpace = {
  strength,
  l1Share: { kind: "real", min: 0.01, max: 1, default: 0.5 },
} as const;

/** What moves with every step: the slope of each column, X'(y - Xw). */
interface Descent {
  slope(column: number): number;
  move(column: number, by: number): void;
}

/** Both penalties are on the sum over rows. */
function* descend(
  table: CentredColumns,
  right: Float64Array,
  penalties: { readonly absolute: number; readonly square: number },
): Generator<number, Float64Array> {
  const { rows, columns, values } = table;
  const { absolute, square } = penalties;
  const pace = new Pace();
  const lines = Array.from({ length: columns }, (_, at) =>
    values.subarray(at * rows, (at + 1) * rows),
  );
  const squares = lines.map((line) => dot(line, line));
  const left = Float64Array.from(right);
  let descent: Descent = {
    slope: (column) => dot(lines[column]!, left),
    move: (column, by) => addScaled(left, -by, lines[column]!),
  };
  if (columns <= rows && columns <= productColumnsMax) {
    const products = yield* productsOf(lines, pace);
    const slopes = Float64Array.from(lines, (line) => dot(line, right));
    descent = {
      slope: (column) => slopes[column]!,
      move: (column, by) =>
        addScaled(slopes, -by, products.subarray(column * columns, (column + 1) * columns)),
    };
  }
  const weights = new Float64Array(columns);
  const enough = gapShare * dot(right, right);
  for (let sweep = 0; sweep < sweepsMax; sweep++) {
    for (let column = 0; column < columns; column++) {
      if (squares[column] === 0) continue;
      const old = weights[column]!;
      const pull = descent.slope(column) + squares[column]! * old;
      const pulled = Math.sign(pull) * Math.max(0, Math.abs(pull) - absolute);
      const next = pulled / (squares[column]! + square);
      if (next === old) continue;
      weights[column] = next;
      descent.move(column, next - old);
      if (pace.spend(Math.min(rows, columns) * 2)) yield sweep / sweepsMax;
    }
    if (sweep % 8 !== 7) continue;
    if (dualityGap(lines, right, weights, penalties) <= enough) break;
    if (pace.spend(rows * columns)) yield sweep / sweepsMax;
  }
  return weights;
}

/** How far the loss may still be above its least. */
function dualityGap(
  lines: readonly Float64Array[],
  right: Float64Array,
  weights: Float64Array,
  { absolute, square }: { readonly absolute: number; readonly square: number },
): number {
  const left = Float64Array.from(right);
  lines.forEach((line, column) => {
    if (weights[column] !== 0) addScaled(left, -weights[column]!, line);
  });
  const slopes = lines.map((line, column) => Math.abs(dot(line, left) - square * weights[column]!));
  const steepest = slopes.reduce((most, each) => Math.max(most, each), 0);
  const shrink = steepest > absolute ? absolute / steepest : 1;
  const squaresLeft = dot(left, left);
  const sizes = weights.reduce((sum, each) => sum + Math.abs(each), 0);
  return (
    (squaresLeft * (1 + shrink * shrink)) / 2 +
    absolute * sizes -
    shrink * dot(left, right) +
    ((square * (1 + shrink * shrink)) / 2) * dot(weights, weights)
  );
}

function* fit(
  { design, target, options }: Fitting<string>,
  strengthShare: number,
  l1Share: number,
): Generator<number, LinearModel> {
  if (target.kind !== "regression") throw new TypeError("Elastic nets predict numbers.");
  const table = centreColumns(design, options);
  const right = Float64Array.from(target.values);
  const offset = centre(right, table.rootWeights, table.totalWeight);
  let steepest = 0;
  for (let column = 0; column < table.columns; column++) {
    const line = table.values.subarray(column * table.rows, (column + 1) * table.rows);
    steepest = Math.max(steepest, Math.abs(dot(line, right)));
  }
  const whole = (strengthShare * steepest) / l1Share;
  const penalties = { absolute: whole * l1Share, square: whole * (1 - l1Share) };
  const coefficients = yield* within(descend(table, right, penalties), 0, 1);
  const offsets = Float64Array.of(offset);
  return new LinearModel({ centre: table.means, coefficients, offsets, isClassifier: false });
}

const common = {
  tasks: ["regression"],
  wantsScaling: true,
  mayMiss: false,
  restore: LinearModel.restore,
} as const;

export const lasso = makeLearner<keyof typeof lassoSpace>({
  ...common,
  id: "lasso",
  title: "Lasso",
  space: lassoSpace,
  fit: (fitting) => fit(fitting, fitting.parameters.strength as number, 1),
});

export const elasticNet = makeLearner<keyof typeof elasticNetSpace>({
  ...common,
  id: "elastic-net",
  title: "Elastic net",
  space: elasticNetSpace,
  fit: (fitting) =>
    fit(fitting, fitting.parameters.strength as number, fitting.parameters.l1Share as number),
});
