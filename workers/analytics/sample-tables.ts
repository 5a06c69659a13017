/**
 * Small tables that everybody's learners are measured on, as scikit-learn 1.2.1 gives them (see
 * core/learners/testdata/tables.py): Fisher's iris, Forina's wine, the Wisconsin breast cancer table
 * and Alpaydin and Kaynak's digits from the UCI repository, and the diabetes table of Efron et al. 2004.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Design, Target } from "./core/learners/learner.ts";

export interface SampleTable {
  readonly design: Design;
  readonly target: Target;
  /** Which of five shuffled (stratified) folds each row is held back in, with random_state 0. */
  readonly folds: Int32Array;
}

export const sampleTableNames = ["iris", "wine", "breast-cancer", "digits", "diabetes"] as const;
export type SampleTableName = (typeof sampleTableNames)[number];

interface Stored {
  readonly columns: number;
  readonly folds: string;
  readonly targets: readonly number[] | string;
  readonly values: readonly (number | string)[];
}

export function sampleTable(name: SampleTableName): SampleTable {
  const file = join(import.meta.dirname, "core/learners/testdata", `${name}.json`);
  const { columns, folds, targets, values } = JSON.parse(readFileSync(file, "utf8")) as Stored;
  // Digits are stored as one character a pixel, in base 17.
  const numbers = values.flatMap((each) =>
    typeof each === "number" ? each : Array.from(each, (digit) => Number.parseInt(digit, 17)),
  );
  const outcomes = Array.from<number | string, number>(targets, Number);
  return {
    design: { rows: outcomes.length, columns, values: Float64Array.from(numbers) },
    target:
      name === "diabetes"
        ? { kind: "regression", values: Float64Array.from(outcomes) }
        : {
            kind: "classification",
            labels: Int32Array.from(outcomes),
            classes: Math.max(...outcomes) + 1,
          },
    folds: Int32Array.from(folds, Number),
  };
}

/** Some rows of a table. */
export function rowsOf(
  { design, target }: Pick<SampleTable, "design" | "target">,
  takes: (row: number) => boolean,
): { readonly design: Design; readonly target: Target } {
  const rows = Array.from({ length: design.rows }, (_, row) => row).filter(takes);
  const { columns } = design;
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, at) => {
    values.set(design.values.subarray(row * columns, (row + 1) * columns), at * columns);
  });
  return {
    design: { rows: rows.length, columns, values },
    target:
      target.kind === "regression"
        ? { ...target, values: Float64Array.from(rows, (row) => target.values[row]!) }
        : { ...target, labels: Int32Array.from(rows, (row) => target.labels[row]!) },
  };
}

/** Every column in deviations from its mean, by the moments of `from`; constant ones are 0. */
export function standardised(design: Design, from: Design = design): Design {
  const { columns } = design;
  const values = Float64Array.from(design.values);
  for (let column = 0; column < columns; column++) {
    let [mean, square] = [0, 0];
    for (let row = 0; row < from.rows; row++)
      mean += from.values[row * columns + column]! / from.rows;
    for (let row = 0; row < from.rows; row++) {
      square += (from.values[row * columns + column]! - mean) ** 2 / from.rows;
    }
    const scale = square > 1e-20 * mean ** 2 ? 1 / Math.sqrt(square) : 0;
    for (let row = 0; row < design.rows; row++) {
      values[row * columns + column] = (values[row * columns + column]! - mean) * scale;
    }
  }
  return { ...design, values };
}
