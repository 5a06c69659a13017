/** How predictions of rows that a model was not shown compare with what was so. */
import type { Target } from "../learners/learner.ts";
import { type HistogramBin, histogramOf } from "../tables/column-statistics.ts";
import { automlLimits } from "./automl-limits.ts";
import { confusionMatrix } from "./metrics.ts";

export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean of what was said, and the share of times that it was so. */
  readonly predicted: number;
  readonly observed: number;
}

export interface Calibration {
  /** The class whose probability it is; null: that of whatever class was most probable. */
  readonly of: string | null;
  /** Bins that hold any row. */
  readonly bins: readonly CalibrationBin[];
  /** Mean distance between said and observed, weighted by rows (Guo and others 2017, equation 5). */
  readonly expectedError: number;
}

export interface Residuals {
  /** What was, less what was predicted. */
  readonly histogram: readonly HistogramBin[];
  readonly mean: number;
  readonly deviation: number;
  /** Rows evenly taken from all. */
  readonly points: readonly { readonly actual: number; readonly predicted: number }[];
}

export type Diagnostics =
  | {
      readonly task: "classification";
      /** Rows of the true class x columns of the predicted one, in the order of the classes. */
      readonly confusion: readonly (readonly number[])[];
      readonly calibration: Calibration;
    }
  | { readonly task: "regression"; readonly residuals: Residuals };

/** @param predictions as `FittedModel.predict` gives them */
export function diagnose(
  target: Target,
  predictions: Float64Array,
  classes: readonly string[],
): Diagnostics {
  if (target.kind === "regression") {
    return { task: "regression", residuals: residualsOf(target.values, predictions) };
  }
  return {
    task: "classification",
    confusion: confusionMatrix(target, predictions),
    calibration: calibrationOf(target.labels, predictions, classes),
  };
}

export function calibrationOf(
  labels: Int32Array,
  probabilities: Float64Array,
  classes: readonly string[],
): Calibration {
  const width = classes.length;
  const pairs = Array.from(labels, (label, row) => {
    const own = probabilities.subarray(row * width, (row + 1) * width);
    if (width === 2) return { said: own[1]!, was: label === 1 };
    const top = own.indexOf(own.reduce((most, value) => Math.max(most, value), -1));
    return { said: own[top]!, was: label === top };
  });
  const count = automlLimits.calibrationBins;
  const groups = Map.groupBy(pairs, ({ said }) => Math.min(count - 1, Math.floor(said * count)));
  const bins = [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([bin, own]) => ({
      from: bin / count,
      to: (bin + 1) / count,
      count: own.length,
      predicted: own.reduce((sum, { said }) => sum + said, 0) / own.length,
      observed: own.filter(({ was }) => was).length / own.length,
    }));
  const expectedError = bins.reduce(
    (sum, bin) => sum + (bin.count / pairs.length) * Math.abs(bin.predicted - bin.observed),
    0,
  );
  return { of: width === 2 ? classes[1]! : null, bins, expectedError };
}

function residualsOf(values: Float64Array, predictions: Float64Array): Residuals {
  const residuals = values.map((value, row) => value - predictions[row]!);
  const mean = residuals.reduce((sum, value) => sum + value, 0) / residuals.length;
  const squares = residuals.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const step = Math.max(1, Math.ceil(values.length / automlLimits.residualsListedMax));
  const points = Array.from({ length: Math.ceil(values.length / step) }, (_, index) => ({
    actual: values[index * step]!,
    predicted: predictions[index * step]!,
  }));
  return {
    histogram: histogramOf(residuals.toSorted()),
    mean,
    deviation: Math.sqrt(squares / Math.max(1, residuals.length - 1)),
    points,
  };
}
