/** Curves of a run, bounded: a long one keeps every second point of its past. */
import type { CurvePoint, TrainingFrame } from "../contract-training.ts";
import { runLimits } from "./training-limits.ts";

export function curvePointOf(frame: TrainingFrame): CurvePoint {
  const { step, epoch, loss, validationLoss, accuracy, validationAccuracy, learningRate } = frame;
  return {
    step,
    epoch,
    loss,
    validationLoss,
    accuracy,
    validationAccuracy,
    learningRate,
    gradientNorms: frame.layers.map(({ gradientNorm }) => gradientNorm),
  };
}

/** A point of the same step takes the place of the last one. */
export function appendCurve(curve: readonly CurvePoint[], point: CurvePoint): CurvePoint[] {
  const kept = curve.at(-1)?.step === point.step ? curve.slice(0, -1) : curve;
  const thinned =
    kept.length < runLimits.curvePointsMax ? kept : kept.filter((_, index) => index % 2 === 0);
  return [...thinned, point];
}
