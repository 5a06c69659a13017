/** The column that is to be predicted, and the rows that say what it was. */
import type { Target } from "../learners/learner.ts";
import type { Column, Table } from "../tables/column-types.ts";
import { quoted, TableError } from "../tables/table-error.ts";
import { automlLimits } from "./automl-limits.ts";

export type Task = Target["kind"];

export interface Problem {
  readonly task: Task;
  readonly name: string;
  /** Rows of the table that have a target, ascending; `target` has one entry for each. */
  readonly rows: Int32Array;
  readonly target: Target;
  /** The words of the labels; empty in regression. */
  readonly classes: readonly string[];
}

/** Whole numbers of so few kinds, each seen often, are names rather than amounts. */
const classesOfNumbersMax = 10;
const rowsPerClassMin = 10;

/**
 * @param task "auto": classification for words, truth values and few whole numbers
 * @throws TableError when the column is missing, constant, or of no use as a target
 */
export function problemOf(table: Table, name: string, task: Task | "auto"): Problem {
  const column = table.columns.find((each) => each.name === name);
  if (column === undefined) {
    const names = table.columns.slice(0, 20).map((each) => quoted(each.name));
    const more = table.columns.length > 20 ? ", …" : "";
    throw unsuitable(`There is no column ${quoted(name)}; there are ${names.join(", ")}${more}.`);
  }
  checkKind(column, table.rows);
  const decided = task === "auto" ? taskOf(column) : task;
  const rows = Int32Array.from(
    Array.from({ length: table.rows }, (_, row) => row).filter(
      (row) => !Number.isNaN(column.values[row]!),
    ),
  );
  if (rows.length < automlLimits.rowsMin) {
    throw unsuitable(
      `${rows.length} rows have a value in column ${quoted(name)}; at least ${automlLimits.rowsMin} are needed.`,
    );
  }
  const values = Float64Array.from(rows, (row) => column.values[row]!);
  if (decided === "classification")
    return { task: decided, name, rows, ...labelled(column, values) };
  if (column.levels.length > 0 && column.kind === "category") {
    throw unsuitable(`Column ${quoted(name)} holds words, so it cannot be predicted as an amount.`);
  }
  return { task: decided, name, rows, target: { kind: "regression", values }, classes: [] };
}

function checkKind({ name, kind, missing }: Column, rows: number): void {
  const column = `Column ${quoted(name)}`;
  if (kind === "constant") {
    throw unsuitable(
      missing === rows
        ? `${column} has no values.`
        : `${column} has the same value in every row, so there is nothing to predict.`,
    );
  }
  if (kind === "id") {
    throw unsuitable(`${column} has a value of its own in every row, which cannot be predicted.`);
  }
  if (kind === "text" || kind === "date") {
    throw unsuitable(
      `${column} holds ${kind === "text" ? "free text" : "dates"}, which cannot be predicted.`,
    );
  }
}

function taskOf({ kind, distinct, values }: Column): Task {
  if (kind === "category" || kind === "boolean") return "classification";
  const few = distinct <= classesOfNumbersMax && values.length >= distinct * rowsPerClassMin;
  return kind === "integer" && few ? "classification" : "regression";
}

/** @throws TableError for one class, for too many, and for one that a single row has */
function labelled(column: Column, values: Float64Array): Pick<Problem, "target" | "classes"> {
  const found = [...new Set(values)].toSorted((a, b) => a - b);
  const about = `Column ${quoted(column.name)}`;
  if (found.length > automlLimits.classesMax) {
    throw unsuitable(
      `${about} has ${found.length} different values; ${automlLimits.classesMax} classes are the most. Predict it as an amount instead.`,
    );
  }
  const classes = found.map((value) => column.levels[value] ?? String(value));
  const labelOf = new Map(found.map((value, label) => [value, label]));
  const labels = Int32Array.from(values, (value) => labelOf.get(value)!);
  if (classes.length === 1) {
    throw unsuitable(`${about} has one class only, ${quoted(classes[0]!)}.`);
  }
  const counts = classCounts(labels, classes.length);
  const rare = counts.findIndex((count) => count < automlLimits.foldsMin);
  if (rare >= 0) {
    throw unsuitable(
      `${about}: one row alone is of class ${quoted(classes[rare]!)}, so it cannot be both learned and tested. Remove it or merge it with another.`,
    );
  }
  return { target: { kind: "classification", labels, classes: classes.length }, classes };
}

export function classCounts(labels: Int32Array, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of labels) counts[label]! += 1;
  return counts;
}

/** The target of some of the problem's rows, by their places in it. */
export function targetOf(target: Target, places: Int32Array): Target {
  if (target.kind === "regression") {
    return { kind: "regression", values: Float64Array.from(places, (at) => target.values[at]!) };
  }
  const { labels, classes } = target;
  return { kind: "classification", classes, labels: Int32Array.from(places, (at) => labels[at]!) };
}

function unsuitable(message: string): TableError {
  return new TableError("unsuitable", message);
}
