/** What learns from a table of numbers, and what it becomes. */

/** A table of numbers without gaps: what preprocessing makes of columns. Row-major, rows x columns. */
export interface Design {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

export type Target =
  | { readonly kind: "regression"; readonly values: Float64Array }
  | { readonly kind: "classification"; readonly labels: Int32Array; readonly classes: number };

/** regression: one number a row; classification: rows x classes probabilities, row-major, each row summing to 1. */
export interface FittedModel {
  predict(design: Design): Float64Array;
  /** Plain JSON-able state, from which `Learner.restore` makes the same model. */
  save(): unknown;
  /**
   * An ONNX model file, input `input` [N, columns] float32; outputs `output_label` int64 [N] and
   * `output_probability` float32 [N, classes], or `variable` float32 [N, 1].
   */
  toOnnx(): Uint8Array;
  /**
   * How much each column counts, not negative: the share of the gain of all splits (trees; they sum
   * to 1, or are all 0), or the mean absolute coefficient (linear models).
   */
  importance?(): Float64Array;
}

export type Parameter =
  | {
      readonly kind: "real";
      readonly min: number;
      readonly max: number;
      readonly log?: boolean;
      readonly default: number;
    }
  | {
      readonly kind: "integer";
      readonly min: number;
      readonly max: number;
      readonly log?: boolean;
      readonly default: number;
    }
  | {
      readonly kind: "choice";
      readonly of: readonly (string | number | boolean)[];
      readonly default: string | number | boolean;
    };

export type Parameters = Readonly<Record<string, number | string | boolean>>;

export interface FitOptions {
  readonly seed: number;
  /** One weight a row, mean 1. */
  readonly weights?: Float64Array;
  /** 0 to 1: how much of the full effort (trees, epochs) to spend; successive halving asks for less first. Default 1. */
  readonly effort?: number;
}

export interface Learner {
  /** As in "hist-gradient-boosting". */
  readonly id: string;
  readonly title: string;
  readonly tasks: readonly Target["kind"][];
  readonly space: Readonly<Record<string, Parameter>>;
  /** Whether it wants standardised columns and one-hot categories (linear, kNN, MLP) rather than ordinal ones (trees). */
  readonly wantsScaling: boolean;
  /** Yields between pieces of at most ~50 ms so that its caller can stop it, report progress (0 to 1) and breathe. */
  fit(
    design: Design,
    target: Target,
    parameters: Parameters,
    options: FitOptions,
  ): Generator<number, FittedModel>;
  restore(saved: unknown): FittedModel;
}
