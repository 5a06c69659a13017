/**
 * From columns to the numbers that learners take: gaps filled, categories encoded, dates parted,
 * numbers standardised. What is learned for that comes from the training rows alone.
 */
import { automlLimits } from "../automl/automl-limits.ts";
import type { Design } from "../learners/learner.ts";
import type { Column } from "./column-types.ts";
import { TableError } from "./table-error.ts";

export const dateParts = ["days", "month", "weekday", "hour"] as const;
type DatePart = (typeof dateParts)[number];

interface NumberPlan {
  readonly kind: "number";
  readonly column: string;
  /** Instead of a gap: the median of the training rows, of booleans their most frequent value. */
  readonly fill: number;
  /** Whether a second feature says that there was a gap: the training rows had some. */
  readonly marksGaps: boolean;
  readonly mean: number;
  readonly deviation: number;
}

interface DatePlan extends Omit<NumberPlan, "kind" | "mean" | "deviation"> {
  readonly kind: "date";
  readonly parts: readonly {
    readonly part: DatePart;
    readonly mean: number;
    readonly deviation: number;
  }[];
}

interface CategoryPlan {
  readonly kind: "category";
  readonly column: string;
  /** Those of the training rows that count on their own, most frequent first. */
  readonly levels: readonly string[];
  /** For linear learners a feature a level and one for the rest; for trees one number. */
  readonly oneHot: boolean;
}

export type ColumnPlan = NumberPlan | DatePlan | CategoryPlan;

/** Plain JSON. */
export interface FeaturePlan {
  readonly columns: readonly ColumnPlan[];
}

/** Kinds of columns that become features; ids and constants say nothing about other rows. */
export function isUsable({ kind }: Pick<Column, "kind">): boolean {
  return kind !== "id" && kind !== "constant";
}

/** Learns from `rows` of the usable columns. */
export function planFeatures(
  columns: readonly Column[],
  rows: Int32Array,
  { scaling }: { readonly scaling: boolean },
): FeaturePlan {
  const plans = columns.filter(isUsable).map((column) => planColumn(column, rows, scaling));
  return { columns: plans };
}

function planColumn(column: Column, rows: Int32Array, scaling: boolean): ColumnPlan {
  if (column.kind === "category") return planCategory(column, rows, scaling);
  const present = Float64Array.from(rows, (row) => column.values[row]!).filter(
    (value) => !Number.isNaN(value),
  );
  const fill = column.kind === "boolean" ? commonTruth(present) : medianOf(present);
  const about = { column: column.name, fill, marksGaps: present.length < rows.length };
  const filled = Float64Array.from(rows, (row) => orFill(column.values[row]!, fill));
  if (column.kind !== "date") return { ...about, kind: "number", ...scaleOf(filled, scaling) };
  const parts = dateParts
    .map((part) => ({ part, values: filled.map((value) => datePart(value, part)) }))
    .filter(({ part, values }) => part === "days" || values.some((value) => value !== values[0]))
    .map(({ part, values }) => ({ part, ...scaleOf(values, scaling) }));
  return { ...about, kind: "date", parts };
}

function planCategory({ name, values, levels }: Column, rows: Int32Array, oneHot: boolean) {
  const counts = levels.map(() => 0);
  for (const row of rows) {
    const code = values[row]!;
    if (!Number.isNaN(code)) counts[code]! += 1;
  }
  const least = oneHot ? automlLimits.oneHotCountMin : 1;
  const kept = levels
    .map((level, code) => ({ level, count: counts[code]! }))
    .filter(({ count }) => count >= least)
    // Of equals by their words: the table's order of them knows of rows that are tested on.
    .toSorted((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1))
    .slice(0, oneHot ? automlLimits.oneHotLevelsMax : levels.length)
    .map(({ level }) => level);
  return { kind: "category", column: name, levels: kept, oneHot } as const;
}

function medianOf(values: Float64Array): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function commonTruth(values: Float64Array): number {
  const truths = values.reduce((sum, value) => sum + value, 0);
  return truths * 2 > values.length ? 1 : 0;
}

/** Mean 0 and deviation 1 where learners want it; a feature that never changes becomes 0. */
function scaleOf(values: Float64Array, scaling: boolean): { mean: number; deviation: number } {
  if (!scaling || values.length === 0) return { mean: 0, deviation: 1 };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / values.length);
  return { mean, deviation: deviation > 0 ? deviation : 1 };
}

const dayMs = 86_400_000;

export function datePart(timeMs: number, part: DatePart): number {
  const date = new Date(timeMs);
  if (part === "days") return timeMs / dayMs;
  if (part === "month") return date.getUTCMonth() + 1;
  return part === "weekday" ? date.getUTCDay() : date.getUTCHours();
}

function orFill(value: number, fill: number): number {
  return Number.isNaN(value) ? fill : value;
}

/** A name for each feature of a column. */
function namesOf(plan: ColumnPlan): string[] {
  const { column } = plan;
  if (plan.kind === "category") {
    if (!plan.oneHot) return [column];
    const levels = plan.levels.map((level) => `${column} = ${level}`);
    return [...levels, `${column} is rare`, `${column} is missing`];
  }
  const names =
    plan.kind === "number" ? [column] : plan.parts.map(({ part }) => `${column} (${part})`);
  return plan.marksGaps ? [...names, `${column} is missing`] : names;
}

/**
 * @param rows of the table, in the order of the design's
 * @throws TableError when the design would be larger than designValuesMax
 */
export function encode(plan: FeaturePlan, columns: readonly Column[], rows: Int32Array): Design {
  const width = plan.columns.reduce((sum, each) => sum + namesOf(each).length, 0);
  if (width * rows.length > automlLimits.designValuesMax) {
    throw new TableError(
      "too large",
      `${rows.length} rows of ${width} features are more than ${automlLimits.designValuesMax} numbers. Leave out columns with many words, or rows.`,
    );
  }
  const values = new Float64Array(width * rows.length);
  const byName = new Map(columns.map((column) => [column.name, column]));
  let at = 0;
  for (const each of plan.columns) {
    const column = byName.get(each.column);
    if (column === undefined) throw new RangeError(`The table has no column ${each.column}.`);
    const read = (index: number): number => column.values[rows[index]!]!;
    at += writeColumn(each, column, read, { values, rows: rows.length, width, at });
  }
  return { rows: rows.length, columns: width, values };
}

interface Place {
  readonly values: Float64Array;
  readonly rows: number;
  readonly width: number;
  readonly at: number;
}

/** @returns how many features it wrote */
function writeColumn(
  plan: ColumnPlan,
  column: Column,
  read: (index: number) => number,
  { values, rows, width, at }: Place,
): number {
  if (plan.kind === "category")
    return writeCategory(plan, column, read, { values, rows, width, at });
  const parts =
    plan.kind === "number"
      ? [{ mean: plan.mean, deviation: plan.deviation, part: null }]
      : plan.parts;
  const features = parts.length + (plan.marksGaps ? 1 : 0);
  for (let row = 0; row < rows; row += 1) {
    const value = read(row);
    const filled = orFill(value, plan.fill);
    const to = row * width + at;
    for (const [index, { part, mean, deviation }] of parts.entries()) {
      const number = part === null ? filled : datePart(filled, part);
      values[to + index] = (number - mean) / deviation;
    }
    if (plan.marksGaps) values[to + parts.length] = Number.isNaN(value) ? 1 : 0;
  }
  return features;
}

function writeCategory(
  { levels, oneHot }: CategoryPlan,
  column: Column,
  read: (index: number) => number,
  { values, rows, width, at }: Place,
): number {
  const known = new Map(levels.map((level, index) => [level, index]));
  // The table's own code of a level, and the plan's; -1 for levels that the plan does not know.
  const codes = column.levels.map((level) => known.get(level) ?? -1);
  for (let row = 0; row < rows; row += 1) {
    const own = read(row);
    const code = Number.isNaN(own) ? -2 : codes[own]!;
    const to = row * width + at;
    if (!oneHot) values[to] = code;
    else if (code >= 0) values[to + code] = 1;
    else values[to + levels.length + (code === -1 ? 0 : 1)] = 1;
  }
  return oneHot ? levels.length + 2 : 1;
}
