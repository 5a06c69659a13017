/**
 * Which rows are learned from and which tested on, by scikit-learn's rules (sklearn.model_selection,
 * 1.9.1): k-fold, stratified, grouped and time-ordered.
 */
import { AssertionError } from "node:assert";
import type { Chance } from "../../../compute/chance.ts";

/** Places of rows, each list ascending. */
export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

export const splitKinds = ["k-fold", "stratified", "grouped", "time-ordered"] as const;
export type SplitKind = (typeof splitKinds)[number];

function checkFolds(rows: number, folds: number): void {
  if (folds >= 2 && folds <= rows) return;
  throw new AssertionError({ message: `${rows} rows cannot be ${folds} folds` });
}

/** The first rows % folds folds have one row more; in the order of `order`. */
export function kFold(rows: number, folds: number, chance: Chance | null): Fold[] {
  checkFolds(rows, folds);
  const order =
    chance === null ? Int32Array.from({ length: rows }, (_, row) => row) : shuffled(rows, chance);
  const foldOf = new Int32Array(rows);
  let at = 0;
  for (let fold = 0; fold < folds; fold += 1) {
    const size = Math.floor(rows / folds) + (fold < rows % folds ? 1 : 0);
    for (const row of order.subarray(at, at + size)) foldOf[row] = fold;
    at += size;
  }
  return foldsOf(foldOf, folds);
}

/**
 * Every class is spread over the folds as evenly as its count allows: the sorted labels are dealt
 * out in turn, and what a fold gets of each class is given to it from that class's rows.
 */
export function stratifiedKFold(labels: Int32Array, folds: number, chance: Chance | null): Fold[] {
  checkFolds(labels.length, folds);
  // Classes in the order in which they appear, as scikit-learn encodes them.
  const codeOf = new Map<number, number>();
  for (const label of labels) if (!codeOf.has(label)) codeOf.set(label, codeOf.size);
  const codes = Int32Array.from(labels, (label) => codeOf.get(label)!);
  const sorted = codes.toSorted();
  const shares = Array.from({ length: folds }, () => Array.from(codeOf, () => 0));
  for (const [index, code] of sorted.entries()) shares[index % folds]![code]! += 1;

  const foldOf = new Int32Array(labels.length);
  for (let code = 0; code < codeOf.size; code += 1) {
    const dealt = shares.flatMap((share, fold) => Array.from({ length: share[code]! }, () => fold));
    if (chance !== null) shuffle(dealt, chance);
    let next = 0;
    for (const [row, own] of codes.entries()) if (own === code) foldOf[row] = dealt[next++]!;
  }
  return foldsOf(foldOf, folds);
}

/** The greatest group first, each to the fold with the fewest rows; no group is in two folds. */
export function groupKFold(groups: Int32Array, folds: number): Fold[] {
  const sizes = new Map<number, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  checkFolds(sizes.size, folds);
  const filled = Array.from({ length: folds }, () => 0);
  const foldOfGroup = new Map<number, number>();
  for (const [group, size] of [...sizes].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])) {
    const fold = filled.indexOf(Math.min(...filled));
    filled[fold]! += size;
    foldOfGroup.set(group, fold);
  }
  return foldsOf(
    Int32Array.from(groups, (group) => foldOfGroup.get(group)!),
    folds,
  );
}

/**
 * Test folds of the same size one after the other, each learned from all that was before it. The
 * rows before the first test fold are never tested on.
 *
 * @param times one a row; rows of the same time keep their order
 */
export function timeOrderedSplit(times: Float64Array, folds: number): Fold[] {
  const rows = times.length;
  checkFolds(rows, folds + 1);
  const order = Int32Array.from({ length: rows }, (_, row) => row).toSorted(
    (a, b) => times[a]! - times[b]! || a - b,
  );
  const size = Math.floor(rows / (folds + 1));
  return Array.from({ length: folds }, (_, fold) => {
    const start = rows - size * (folds - fold);
    return {
      train: order.slice(0, start).toSorted(),
      test: order.slice(start, start + size).toSorted(),
    };
  });
}

function foldsOf(foldOf: Int32Array, folds: number): Fold[] {
  const all = Int32Array.from(foldOf, (_, row) => row);
  return Array.from({ length: folds }, (_, fold) => ({
    train: all.filter((row) => foldOf[row] !== fold),
    test: all.filter((row) => foldOf[row] === fold),
  }));
}

function shuffled(rows: number, chance: Chance): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  shuffle(order, chance);
  return order;
}

/** Fisher and Yates's shuffle, in place. */
export function shuffle(items: number[] | Int32Array, chance: Chance): void {
  for (let left = items.length - 1; left > 0; left -= 1) {
    const other = chance.below(left + 1);
    [items[left], items[other]] = [items[other]!, items[left]!];
  }
}
