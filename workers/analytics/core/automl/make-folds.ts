/** The folds that an order asks for, as far as the table allows them. */
import { seededChance } from "../../../compute/seeded-chance.ts";
import type { Column, Table } from "../tables/column-types.ts";
import { quoted, TableError } from "../tables/table-error.ts";
import type { AutomlOrder } from "./automl.ts";
import { duplicateGroups } from "./leakage.ts";
import {
  type Fold,
  groupKFold,
  kFold,
  type SplitKind,
  stratifiedKFold,
  timeOrderedSplit,
} from "./splitters.ts";
import { classCounts, type Problem } from "./target.ts";

/**
 * Stratified folds are no more than the rarest class has rows.
 *
 * @throws TableError when the split's column is missing or unsuitable, or there are too few groups
 */
export function makeFolds(
  table: Table,
  problem: Problem,
  order: Pick<AutomlOrder, "folds" | "split" | "splitBy" | "seed">,
): { folds: Fold[]; kind: SplitKind } {
  const { target, task } = problem;
  const kind = order.split ?? (task === "classification" ? "stratified" : "k-fold");
  const chance = seededChance(order.seed);
  if (kind === "k-fold") return { kind, folds: kFold(problem.rows.length, order.folds, chance) };
  if (kind === "stratified") {
    if (target.kind === "regression") {
      throw unsuitable("A stratified split needs classes; choose k-fold for amounts.");
    }
    const rarest = Math.min(...classCounts(target.labels, target.classes));
    return { kind, folds: stratifiedKFold(target.labels, Math.min(order.folds, rarest), chance) };
  }
  if (kind === "grouped") {
    const groups = groupsOf(table, problem, order.splitBy);
    const found = new Set(groups).size;
    if (found < order.folds) {
      const column = order.splitBy === undefined ? "copies" : quoted(order.splitBy);
      throw unsuitable(`${found} groups of ${column} cannot be ${order.folds} folds.`);
    }
    return { kind, folds: groupKFold(groups, order.folds) };
  }
  const times = timesOf(table, problem, order.splitBy);
  if (problem.rows.length < order.folds + 1) {
    throw unsuitable(`${problem.rows.length} rows cannot be ${order.folds} folds in order.`);
  }
  return { kind, folds: timeOrderedSplit(times, order.folds) };
}

function groupsOf(table: Table, problem: Problem, name: string | undefined): Int32Array {
  if (name === undefined) return duplicateGroups(table, problem);
  const index = indexOf(table, name);
  const cells = table.raw.cells[index]!;
  const codes = new Map<string | null, number>();
  return Int32Array.from(problem.rows, (row) => {
    const cell = cells[row]!;
    const code = codes.get(cell) ?? codes.size;
    codes.set(cell, code);
    return code;
  });
}

function timesOf(table: Table, problem: Problem, name: string | undefined): Float64Array {
  const column = name === undefined ? onlyDate(table) : table.columns[indexOf(table, name)]!;
  if (column.kind !== "date" && column.kind !== "number" && column.kind !== "integer") {
    throw unsuitable(`Column ${quoted(column.name)} holds neither dates nor numbers to order by.`);
  }
  return Float64Array.from(problem.rows, (row) => {
    const time = column.values[row]!;
    if (!Number.isNaN(time)) return time;
    throw unsuitable(
      `Row ${row + 1}, column ${quoted(column.name)}: there is no time to order by.`,
    );
  });
}

function onlyDate({ columns }: Table): Column {
  const dates = columns.filter(({ kind }) => kind === "date");
  if (dates.length === 1) return dates[0]!;
  throw unsuitable(
    dates.length === 0
      ? "No column holds dates; name the column to order by."
      : `Several columns hold dates; name one of ${dates.map(({ name }) => quoted(name)).join(", ")}.`,
  );
}

function indexOf({ columns }: Table, name: string): number {
  const index = columns.findIndex((column) => column.name === name);
  if (index < 0) throw unsuitable(`There is no column ${quoted(name)} to split by.`);
  return index;
}

function unsuitable(message: string): TableError {
  return new TableError("unsuitable", message);
}
