/**
 * Signs that a model would know what it cannot know when it is used: columns that give the target
 * away, rows that are on both sides of a split, numbers of rows, and the future.
 */
import type { Column, Table } from "../tables/column-types.ts";
import { isUsable } from "../tables/features.ts";
import { quoted } from "../tables/table-error.ts";
import type { SplitKind } from "./splitters.ts";
import type { Problem } from "./target.ts";

export interface Leak {
  readonly kind: "target copy" | "predicts alone" | "duplicate rows" | "identifier" | "time";
  /** null where it concerns whole rows. */
  readonly column: string | null;
  /** high: scores will mislead; note: was dealt with, or may be as it should. */
  readonly severity: "high" | "note";
  /** A sentence or two: what was seen, and what to do. */
  readonly message: string;
}

/** A column that says so much alone is more often a copy of the answer than a good question. */
const aloneMin = 0.99;
const gainMin = 0.05;
const testedRowsMax = 20_000;

export function findLeaks(table: Table, problem: Problem, split: SplitKind): Leak[] {
  const others = table.columns.filter(({ name }) => name !== problem.name);
  const leaks: Leak[] = [];
  for (const column of others.filter(isUsable)) {
    const leak = copyOf(column, problem) ?? tellsAlone(column, problem);
    if (leak !== null) leaks.push(leak);
  }
  for (const { name } of others.filter(({ kind }) => kind === "id")) {
    leaks.push({
      kind: "identifier",
      column: name,
      severity: "note",
      message: `Column ${quoted(name)} is a name or number of its own for each row. It is left out: it can only be learned by heart.`,
    });
  }
  const duplicates = duplicateLeak(table, problem);
  if (duplicates !== null) leaks.push(duplicates);
  const dates = others.filter(({ kind }) => kind === "date");
  if (split !== "time-ordered" && dates.length > 0) {
    const names = dates.map(({ name }) => quoted(name)).join(", ");
    leaks.push({
      kind: "time",
      column: dates[0]!.name,
      severity: "note",
      message: `The rows have dates (${names}), and are split without regard to them: a model is then tested on days between those it learned from. If it is to predict what comes, choose the time-ordered split.`,
    });
  }
  return leaks;
}

function valuesOf({ target }: Problem): ArrayLike<number> {
  return target.kind === "regression" ? target.values : target.labels;
}

/** Each value of the column belongs to one of the target and the other way round. */
function copyOf(column: Column, problem: Problem): Leak | null {
  const targets = valuesOf(problem);
  const there = new Map<number, number>();
  const back = new Map<number, number>();
  for (const [place, row] of problem.rows.entries()) {
    const value = column.values[row]!;
    const target = targets[place]!;
    if (Number.isNaN(value)) return null;
    if ((there.get(value) ?? target) !== target || (back.get(target) ?? value) !== value)
      return null;
    there.set(value, target);
    back.set(target, value);
  }
  // Where every row has a value of its own, numbers map to one another without being the same.
  const isTrivial = there.size === problem.rows.length;
  const isSame = problem.rows.every((row, place) => column.values[row] === targets[place]);
  if (isTrivial && !isSame) return null;
  return {
    kind: "target copy",
    column: column.name,
    severity: "high",
    message: `Column ${quoted(column.name)} is the target ${quoted(problem.name)} in other words: each of its values stands for one of the target. Leave it out, unless it is known before the target is.`,
  };
}

/** Learned from half of the rows and tested on the rest: what rows with such a value were. */
function tellsAlone(column: Column, problem: Problem): Leak | null {
  const step = Math.max(1, Math.floor(problem.rows.length / testedRowsMax));
  const places = Array.from(
    { length: Math.floor(problem.rows.length / step) },
    (_, index) => index * step,
  ).filter((place) => !Number.isNaN(column.values[problem.rows[place]!]!));
  if (places.length < 20 || places.length < problem.rows.length / step / 2) return null;
  const items = places.map((place) => ({
    value: column.values[problem.rows[place]!]!,
    target: valuesOf(problem)[place]!,
  }));
  // Neighbours in a file are often of one kind, so halves are dealt by a scrambled order.
  const learned = items.filter((_, index) => scrambled(index) % 2 === 0);
  const tested = items.filter((_, index) => scrambled(index) % 2 === 1);
  const alike = column.levels.length > 0 ? sameValues(learned) : nearestValues(learned);
  const { score, baseline, words } =
    problem.task === "classification"
      ? voteScore(learned, tested, alike)
      : varianceScore(learned, tested, alike);
  if (!(score >= aloneMin && score - baseline >= gainMin)) return null;
  return {
    kind: "predicts alone",
    column: column.name,
    severity: "high",
    message: `Column ${quoted(column.name)} alone ${words} Was it written down after the target was known? Then leave it out.`,
  };
}

function scrambled(index: number): number {
  return (Math.imul(index + 1, 0x9e_37_79_b1) >>> 16) & 0xff;
}

interface Item {
  readonly value: number;
  readonly target: number;
}
type Items = readonly Item[];
/** The learned rows that are most like a value. */
type Alike = (value: number) => Items;

function sameValues(learned: Items): Alike {
  const groups = Map.groupBy(learned, ({ value }) => value);
  return (value) => groups.get(value) ?? [];
}

const neighbours = 3;

function nearestValues(learned: Items): Alike {
  const sorted = learned.toSorted((a, b) => a.value - b.value);
  return (value) => {
    let from = 0;
    for (let to = sorted.length; from < to;) {
      const middle = (from + to) >> 1;
      if (sorted[middle]!.value < value) from = middle + 1;
      else to = middle;
    }
    return sorted
      .slice(Math.max(0, from - neighbours), from + neighbours)
      .toSorted((a, b) => Math.abs(a.value - value) - Math.abs(b.value - value))
      .slice(0, neighbours);
  };
}

function voteScore(learned: Items, tested: Items, alike: Alike) {
  const usual = mostOf(learned);
  let right = 0;
  let rightAnyway = 0;
  for (const { value, target } of tested) {
    const own = alike(value);
    if ((own.length > 0 ? mostOf(own) : usual) === target) right += 1;
    if (usual === target) rightAnyway += 1;
  }
  const score = right / tested.length;
  const percent = (100 * score).toFixed(1);
  return {
    score,
    baseline: rightAnyway / tested.length,
    words: `names the right class in ${percent} % of rows it was not shown.`,
  };
}

function mostOf(items: Items): number {
  const counts = new Map<number, number>();
  for (const { target } of items) counts.set(target, (counts.get(target) ?? 0) + 1);
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}

function meanOf(items: Items): number {
  return items.reduce((sum, { target }) => sum + target, 0) / items.length;
}

function varianceScore(learned: Items, tested: Items, alike: Alike) {
  const mean = meanOf(learned);
  let left = 0;
  let spread = 0;
  for (const { value, target } of tested) {
    const own = alike(value);
    left += (target - (own.length > 0 ? meanOf(own) : mean)) ** 2;
    spread += (target - mean) ** 2;
  }
  const score = spread === 0 ? 0 : 1 - left / spread;
  const percent = (100 * score).toFixed(1);
  return { score, baseline: 0, words: `explains ${percent} % of the target's variance.` };
}

/** A group for each row, the same for rows that are alike in all usable columns. */
export function duplicateGroups(table: Table, problem: Problem): Int32Array {
  const columns = table.columns.filter(
    (column) => column.name !== problem.name && isUsable(column),
  );
  const groups = new Map<string, number>();
  return Int32Array.from(problem.rows, (row) => {
    const key = columns.map(({ values }) => values[row]).join("|");
    const group = groups.get(key) ?? groups.size;
    groups.set(key, group);
    return group;
  });
}

function duplicateLeak(table: Table, problem: Problem): Leak | null {
  const groups = duplicateGroups(table, problem);
  const repeated = groups.length - new Set(groups).size;
  const share = repeated / groups.length;
  if (share < 0.01) return null;
  const percent = (100 * share).toFixed(1);
  return {
    kind: "duplicate rows",
    column: null,
    severity: share >= 0.1 ? "high" : "note",
    message: `${repeated} rows (${percent} %) repeat an earlier row in all columns but the target. A copy of a row to be tested may have been learned from; the grouped split keeps copies together.`,
  };
}
