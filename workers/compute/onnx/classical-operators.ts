/**
 * Operators of ai.onnx.ml, as the classical learners are exported with: linear models, tree ensembles
 * and what prepares their columns. Where the standard is silent they do what ONNX Runtime does. Where
 * that departs from the standard they do not: it drops the post_transform of a single target, and of
 * two classes that both have votes it always names the second.
 */
import { copy, tensor, type Tensor } from "../tensor/tensor.ts";
import type { OnnxNode } from "./model.ts";
import type { Call, OperatorTable, Value } from "./operator.ts";
import { type Forest, leafOf, readForest } from "./tree-ensemble.ts";

interface Rows {
  readonly rows: number;
  readonly columns: number;
  readonly values: ArrayLike<number>;
}

/** The input as rows of columns; a single row may come without its axis. */
function rowsOf(call: Call, index = 0): Rows {
  const x = call.tensor(index);
  if (x.rank === 0 || x.rank > 2)
    throw new RangeError(`The input has ${x.rank} axes; rows of columns are needed.`);
  return {
    rows: x.rank === 1 ? 1 : x.shape[0]!,
    columns: x.shape.at(-1)!,
    values: copy(x, "f32").values,
  };
}

const floats = (values: ArrayLike<number>, shape: readonly number[]): Value => ({
  tensor: tensor(values, shape),
  type: "float",
});

function labelsOf(call: Call, name: string, count: number): readonly number[] {
  const labels = call.numbers(name, []);
  if (labels.length === 0)
    throw new RangeError("Its labels are not whole numbers; texts are not supported.");
  if (labels.length !== count && !(labels.length === 2 && count === 1))
    throw new RangeError(`It has ${labels.length} labels for ${count} classes.`);
  return labels;
}

type Transform = (scores: Float64Array) => void;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

const transforms: Readonly<Record<string, Transform>> = {
  NONE: () => undefined,
  LOGISTIC: (scores) => scores.forEach((score, at) => (scores[at] = logistic(score))),
  SOFTMAX: softmax,
  SOFTMAX_ZERO: (scores) => {
    // Scores of exactly zero stay so.
    const some = scores.filter((score) => score !== 0);
    softmax(some);
    let next = 0;
    scores.forEach((score, at) => (scores[at] = score === 0 ? 0 : some[next++]!));
  },
};

function softmax(scores: Float64Array): void {
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  scores.forEach((score, at) => (sum += scores[at] = Math.exp(score - most)));
  scores.forEach((score, at) => (scores[at] = score / sum));
}

function transformOf(call: Call): Transform {
  const name = call.text("post_transform", "NONE");
  const transform = Object.hasOwn(transforms, name) ? transforms[name] : undefined;
  if (transform === undefined) throw new RangeError(`post_transform ${name} is not supported.`);
  return transform;
}

/** Rows times weights of `targets` x columns, plus what each target begins with. */
function linear(call: Call, targets: number): Float64Array {
  const { rows, columns, values } = rowsOf(call);
  const weights = call.numbers("coefficients", []);
  const starts = call.numbers("intercepts", []);
  if (weights.length !== targets * columns)
    throw new RangeError(
      `${weights.length} coefficients do not fit ${targets} targets of ${columns} columns.`,
    );
  if (starts.length !== 0 && starts.length !== targets)
    throw new RangeError(`It has ${starts.length} intercepts for ${targets} targets.`);
  const out = new Float64Array(rows * targets);
  for (let row = 0; row < rows; row++) {
    for (let target = 0; target < targets; target++) {
      let sum = starts[target] ?? 0;
      for (let column = 0; column < columns; column++) {
        sum += values[row * columns + column]! * weights[target * columns + column]!;
      }
      out[row * targets + target] = sum;
    }
  }
  return out;
}

function linearRegressor(call: Call): Value[] {
  const targets = call.number("targets", 1);
  const out = linear(call, targets);
  const transform = transformOf(call);
  for (let at = 0; at < out.length; at += targets) transform(out.subarray(at, at + targets));
  return [floats(out, [out.length / targets, targets])];
}

function linearClassifier(call: Call): Value[] {
  const { columns } = rowsOf(call);
  const classes = call.numbers("coefficients", []).length / Math.max(1, columns);
  if (!Number.isInteger(classes) || classes < 1)
    throw new RangeError(`Its coefficients do not fit ${columns} columns.`);
  const labels = labelsOf(call, "classlabels_ints", classes);
  const scores = linear(call, classes);
  return classes === 1
    ? oneScore(call, scores, labels, () => false)
    : classified(call, scores, labels);
}

/** The class with the highest score, the first of equal ones, and the scores transformed. */
function classified(call: Call, scores: Float64Array, labels: readonly number[]): Value[] {
  const transform = transformOf(call);
  const classes = labels.length;
  const rows = scores.length / classes;
  const found = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const own = scores.subarray(row * classes, (row + 1) * classes);
    let best = 0;
    own.forEach((score, at) => {
      if (score > own[best]!) best = at;
    });
    found[row] = labels[best]!;
    transform(own);
  }
  return [wholes(found), floats(scores, [rows, classes])];
}

const wholes = (values: Float64Array): Value => ({
  tensor: tensor(values, [values.length], "f64"),
  type: "int64",
});

/**
 * Two classes with one score: above zero the second, or above one half where it counts as a
 * probability; the other's score is what is missing to 1, or the same with its sign changed.
 */
function oneScore(
  call: Call,
  scores: Float64Array,
  labels: readonly number[],
  isProbability: () => boolean,
): Value[] {
  const rows = scores.length;
  const share = isProbability();
  const isLogistic = call.text("post_transform", "NONE") === "LOGISTIC";
  const found = new Float64Array(rows);
  const out = new Float64Array(rows * 2);
  scores.forEach((score, row) => {
    found[row] = labels[score > (share ? 0.5 : 0) ? 1 : 0]!;
    const other = share ? 1 - score : -score;
    out.set(isLogistic && !share ? [logistic(other), logistic(score)] : [other, score], row * 2);
  });
  return [wholes(found), floats(out, [rows, 2])];
}

/** Forests by their node: reading one takes longer than many rows through it. */
const forests = new WeakMap<OnnxNode, Forest>();

function forestOf(call: Call, votes: "class" | "target"): Forest {
  const known = forests.get(call.node);
  if (known !== undefined) return known;
  const forest = readForest(call, votes);
  forests.set(call.node, forest);
  return forest;
}

const combine: Readonly<Record<string, (sum: number, weight: number) => number>> = {
  SUM: (sum, weight) => sum + weight,
  AVERAGE: (sum, weight) => sum + weight,
  MIN: (sum, weight) => Math.min(sum, weight),
  MAX: (sum, weight) => Math.max(sum, weight),
};

/** Every row through every tree; the votes of its leaves for each target. */
function vote(call: Call, forest: Forest, targets: number, how = "SUM"): Float64Array {
  const { rows, columns, values } = rowsOf(call);
  if (columns < forest.features)
    throw new RangeError(`It reads ${forest.features} columns; ${columns} are given.`);
  if (forest.voteTarget.some((target) => target >= targets))
    throw new RangeError(`A leaf votes for a target beyond the ${targets}.`);
  const join = Object.hasOwn(combine, how) ? combine[how] : undefined;
  if (join === undefined) throw new RangeError(`aggregate_function ${how} is not known.`);
  const base = call.numbers("base_values", []);
  if (base.length !== 0 && base.length !== targets && base.length !== 1)
    throw new RangeError(`It has ${base.length} base values for ${targets} targets.`);
  const isExtreme = how === "MIN" || how === "MAX";
  // Sums of 32 bits, as everywhere: whether one is above a half depends on it.
  const out = new Float32Array(rows * targets).fill(isExtreme ? Number.NaN : 0);
  for (let row = 0; row < rows; row++) {
    for (const root of forest.roots) {
      const leaf = leafOf(forest, root, values, row * columns);
      for (let at = forest.votes[leaf]!; at < forest.votes[leaf + 1]!; at++) {
        const place = row * targets + forest.voteTarget[at]!;
        const before = out[place]!;
        const weight = forest.voteWeight[at]!;
        out[place] = Number.isNaN(before) ? weight : join(before, weight);
      }
    }
  }
  for (let at = 0; at < out.length; at++) {
    if (Number.isNaN(out[at])) out[at] = 0;
    if (how === "AVERAGE") out[at]! /= forest.roots.length;
    out[at]! += base[base.length === 1 ? 0 : at % targets] ?? 0;
  }
  return Float64Array.from(out);
}

function treeEnsembleRegressor(call: Call): Value[] {
  const targets = call.number("n_targets", 1);
  const how = call.text("aggregate_function", "SUM");
  const out = vote(call, forestOf(call, "target"), targets, how);
  const transform = transformOf(call);
  for (let at = 0; at < out.length; at += targets) transform(out.subarray(at, at + targets));
  return [floats(out, [out.length / targets, targets])];
}

function treeEnsembleClassifier(call: Call): Value[] {
  const forest = forestOf(call, "class");
  const labels = call.numbers("classlabels_int64s", []);
  if (labels.length === 0)
    throw new RangeError("Its labels are not whole numbers; texts are not supported.");
  const voted = new Set(forest.voteTarget);
  if (labels.length === 2 && voted.size === 1) {
    const [only] = voted;
    const scores = vote(call, forest, 2).filter((_, at) => at % 2 === only);
    return oneScore(call, scores, labels, () => forest.voteWeight.every((weight) => weight >= 0));
  }
  return classified(call, vote(call, forest, labels.length), labels);
}

const norms: Readonly<Record<string, (row: ArrayLike<number>) => number>> = {
  MAX: (row) => Array.from(row).reduce((most, value) => Math.max(most, value), -Infinity),
  L1: (row) => Array.from(row).reduce((sum, value) => sum + Math.abs(value), 0),
  L2: (row) => Math.sqrt(Array.from(row).reduce((sum, value) => sum + value * value, 0)),
};

function normalizer(call: Call): Value[] {
  const name = call.text("norm", "MAX");
  const norm = Object.hasOwn(norms, name) ? norms[name] : undefined;
  if (norm === undefined) throw new RangeError(`norm ${name} is not known.`);
  const { rows, columns, values } = rowsOf(call);
  const out = Float32Array.from(values);
  for (let row = 0; row < rows; row++) {
    const own = out.subarray(row * columns, (row + 1) * columns);
    const size = norm(own);
    if (size !== 0) own.forEach((value, at) => (own[at] = value / size));
  }
  return [floats(out, call.tensor(0).shape)];
}

/** A number for each column, or one for all. */
function columnwise(
  call: Call,
  list: readonly number[],
  name: string,
  columns: number,
): (column: number) => number {
  if (list.length !== 1 && list.length !== columns)
    throw new RangeError(`Attribute ${name} has ${list.length} values for ${columns} columns.`);
  return (column) => list[list.length === 1 ? 0 : column]!;
}

function perColumn(
  work: (call: Call, columns: number) => (value: number, column: number) => number,
) {
  return (call: Call): Value[] => {
    const { columns, values } = rowsOf(call);
    const change = work(call, columns);
    const out = Float32Array.from(values, (value, at) => change(value, at % columns));
    return [floats(out, call.tensor(0).shape)];
  };
}

const scaler = perColumn((call, columns) => {
  const offset = columnwise(call, call.numbers("offset", [0]), "offset", columns);
  const scale = columnwise(call, call.numbers("scale", [1]), "scale", columns);
  return (value, column) => Math.fround(value - offset(column)) * scale(column);
});

const binarizer = perColumn((call) => {
  const threshold = call.number("threshold", 0);
  return (value) => Number(value > threshold);
});

const imputer = perColumn((call, columns) => {
  const list = call.numbers("imputed_value_floats", []);
  const filled = columnwise(call, list, "imputed_value_floats", columns);
  const missing = call.number("replaced_value_float", 0);
  return (value, column) =>
    value === missing || (Number.isNaN(value) && Number.isNaN(missing)) ? filled(column) : value;
});

/** Takes columns by their numbers, from the last axis. */
function arrayFeatureExtractor(call: Call): Value[] {
  const x = call.tensor(0);
  const wanted = call.wholes(1) ?? [];
  const columns = x.shape.at(-1) ?? 0;
  const outside = wanted.find((at) => at < 0 || at >= columns);
  if (outside !== undefined) throw new RangeError(`There is no column ${outside} of ${columns}.`);
  if (wanted.length === 0) throw new RangeError("No columns are named.");
  const { values } = copy(x);
  const rows = values.length / columns;
  const out = Array.from({ length: rows * wanted.length }, (_, at) => {
    const row = Math.floor(at / wanted.length);
    return values[row * columns + wanted[at % wanted.length]!]!;
  });
  const shape = x.rank <= 1 ? [1, wanted.length] : [...x.shape.slice(0, -1), wanted.length];
  const result: Tensor = tensor(out, shape, x.dtype);
  return call.like(result);
}

export const classicalOperators: OperatorTable = {
  ArrayFeatureExtractor: arrayFeatureExtractor,
  Binarizer: binarizer,
  Imputer: imputer,
  LinearClassifier: linearClassifier,
  LinearRegressor: linearRegressor,
  Normalizer: normalizer,
  Scaler: scaler,
  TreeEnsembleClassifier: treeEnsembleClassifier,
  TreeEnsembleRegressor: treeEnsembleRegressor,
};
