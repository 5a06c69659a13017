/** What a model looks at: permutation importance and partial dependence. */
import type { Chance } from "../../../compute/chance.ts";
import type { Column } from "../tables/column-types.ts";
import { isUsable } from "../tables/features.ts";
import { quantileOfSorted } from "../tables/column-statistics.ts";
import { automlLimits } from "./automl-limits.ts";
import type { Validation } from "./cross-validation.ts";
import { type FinalModel, predictWith } from "./final-model.ts";
import { shuffle } from "./splitters.ts";

export interface Importance {
  readonly column: string;
  /** How much worse the metric becomes, mean over the repeats; below 0 where it became better. */
  readonly mean: number;
  readonly deviation: number;
}

export interface Dependence {
  readonly column: string;
  /** What the column was set to: a number, milliseconds of a date, or a word. */
  readonly values: readonly (number | string)[];
  /** One a class, of two classes of the second alone; one in regression. */
  readonly curves: readonly { readonly name: string; readonly means: readonly number[] }[];
}

/** Some rows of the columns as a table of its own. */
export function takeRows(columns: readonly Column[], rows: Int32Array): Column[] {
  return columns.map((column) => ({
    ...column,
    values: Float64Array.from(rows, (row) => column.values[row]!),
  }));
}

/**
 * How much worse the model does on rows that it was not fitted on when one column's values are dealt
 * out anew (Breiman 2001, section 10; Fisher, Rudin and Dominici 2019). Most important first.
 *
 * @param places rows of the problem that the model was not fitted on
 * @param mayGoOn asked before each column; the rest is left out when it says no
 */
export function* permutationImportance(
  validation: Validation,
  model: FinalModel,
  places: Int32Array,
  { chance, mayGoOn }: { readonly chance: Chance; readonly mayGoOn: () => boolean },
): Generator<void, Importance[]> {
  const { importanceRepeats, importanceColumnsMax } = automlLimits;
  const own = sample(places, automlLimits.importanceRowsMax, chance);
  const columns = takeRows(validation.columns, validation.rowsOf(own));
  const all = own.map((_, index) => index);
  const loss = (changed: readonly Column[]) =>
    validation.lossOn(own, predictWith(model, changed, all));
  const baseline = loss(columns);
  const found: Importance[] = [];
  for (const column of columns.filter(isUsable).slice(0, importanceColumnsMax)) {
    if (!mayGoOn()) break;
    const rises: number[] = [];
    for (let repeat = 0; repeat < importanceRepeats; repeat += 1) {
      const values = column.values.slice();
      shuffleValues(values, chance);
      rises.push(loss(withColumn(columns, { ...column, values })) - baseline);
      yield;
    }
    const mean = rises.reduce((sum, rise) => sum + rise, 0) / rises.length;
    const squares = rises.reduce((sum, rise) => sum + (rise - mean) ** 2, 0);
    found.push({ column: column.name, mean, deviation: Math.sqrt(squares / (rises.length - 1)) });
  }
  return found.toSorted((a, b) => b.mean - a.mean);
}

/** The mean prediction with a column set to one value in every row (Friedman 2001, section 8.2). */
export function* partialDependence(
  validation: Validation,
  model: FinalModel,
  names: readonly string[],
  { chance, mayGoOn }: { readonly chance: Chance; readonly mayGoOn: () => boolean },
): Generator<void, Dependence[]> {
  const { problem } = validation;
  const everywhere = problem.rows.map((_, place) => place);
  const own = sample(everywhere, automlLimits.dependenceRowsMax, chance);
  const columns = takeRows(validation.columns, validation.rowsOf(own));
  const all = own.map((_, index) => index);
  const found: Dependence[] = [];
  for (const name of names) {
    if (!mayGoOn()) break;
    const whole = validation.columns.find((column) => column.name === name)!;
    const grid = gridOf(whole, problem.rows);
    const curves = curveNames(model).map((curve) => ({ ...curve, means: [] as number[] }));
    const sampled = columns.find((column) => column.name === name)!;
    for (const value of grid) {
      const values = new Float64Array(own.length).fill(value);
      const predictions = predictWith(model, withColumn(columns, { ...sampled, values }), all);
      const width = predictions.length / own.length;
      for (const { index, means } of curves) means.push(meanOfColumn(predictions, index, width));
      yield;
    }
    const labels = whole.levels.length > 0 ? grid.map((code) => whole.levels[code]!) : grid;
    found.push({
      column: name,
      values: labels,
      curves: curves.map(({ name: curve, means }) => ({ name: curve, means })),
    });
  }
  return found;
}

/** Of two classes the second tells everything. */
function curveNames({ task, classes, target }: FinalModel): { name: string; index: number }[] {
  if (task === "regression") return [{ name: target, index: 0 }];
  const all = classes.map((name, index) => ({ name, index }));
  return classes.length === 2 ? all.slice(1) : all.slice(0, 10);
}

function meanOfColumn(values: Float64Array, column: number, width: number): number {
  let sum = 0;
  for (let at = column; at < values.length; at += width) sum += values[at]!;
  return (sum * width) / values.length;
}

/** Levels by their frequency, or quantiles between the 5th and the 95th percentile. */
function gridOf({ levels, values }: Column, rows: Int32Array): number[] {
  const most = automlLimits.dependencePointsMax;
  if (levels.length > 0) return levels.slice(0, most).map((_, code) => code);
  const sorted = Float64Array.from(rows, (row) => values[row]!)
    .filter((value) => !Number.isNaN(value))
    .toSorted();
  if (sorted.length === 0) return [];
  const points = Array.from({ length: most }, (_, point) =>
    quantileOfSorted(sorted, 0.05 + (0.9 * point) / (most - 1)),
  );
  return [...new Set(points)];
}

function withColumn(columns: readonly Column[], changed: Column): Column[] {
  return columns.map((column) => (column.name === changed.name ? changed : column));
}

function shuffleValues(values: Float64Array, chance: Chance): void {
  const order = Int32Array.from(values, (_, index) => index);
  shuffle(order, chance);
  values.set(Float64Array.from(order, (index) => values[index]!));
}

function sample(places: Int32Array, most: number, chance: Chance): Int32Array {
  if (places.length <= most) return places;
  const order = places.slice();
  shuffle(order, chance);
  return order.slice(0, most).toSorted();
}
