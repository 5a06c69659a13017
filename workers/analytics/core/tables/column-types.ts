/** What each column of a table holds, as far as its cells tell. */
import { dateOf, numberOf, truthOf } from "./cell-values.ts";
import type { RawTable } from "./raw-table.ts";
import { tableLimits } from "./table-limits.ts";
import { quoted } from "./table-error.ts";

export const columnKinds = [
  "number",
  "integer",
  "boolean",
  "category",
  "date",
  "text",
  "id",
  "constant",
] as const;
export type ColumnKind = (typeof columnKinds)[number];

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /**
   * A number a row, NaN where it is missing: the number; 0 or 1; milliseconds of a date; the index
   * of a level; the length of a text. Of ids and constants nothing.
   */
  readonly values: Float64Array;
  /** Of categories and booleans, the words, most frequent first; of others empty. */
  readonly levels: readonly string[];
  readonly missing: number;
  readonly distinct: number;
  /** Sentences about cells that were not taken as they are. */
  readonly warnings: readonly string[];
}

export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly raw: RawTable;
}

/** Fewer rows than these say nothing about whether every value is its own. */
const idRowsMin = 20;
/** A column with one stray word in twenty is still one of numbers. */
const numbersMin = 0.95;
const strayWordsMax = 5;

export function typedTable(raw: RawTable): Table {
  const columns = raw.names.map((name, index) =>
    typedColumn(name, raw.cells[index]!, raw.decimalCommas),
  );
  return { rows: raw.rows, columns, raw };
}

type Cells = readonly (string | null)[];

function typedColumn(name: string, cells: Cells, decimalCommas: boolean): Column {
  const counts = new Map<string, number>();
  for (const cell of cells) if (cell !== null) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  let present = 0;
  for (const count of counts.values()) present += count;
  const about = { name, missing: cells.length - present, distinct: counts.size, levels: [] };
  const nothing = () => new Float64Array(cells.length).fill(Number.NaN);
  if (counts.size <= 1) return { ...about, kind: "constant", values: nothing(), warnings: [] };

  const words = [...counts.keys()];
  const asDates = mapped(cells, words, dateOf);
  if (asDates !== null) return { ...about, kind: "date", values: asDates, warnings: [] };
  const asTruths = mapped(cells, words, truthOf);
  if (asTruths !== null) {
    return { ...about, kind: "boolean", values: asTruths, levels: truthWords(words), warnings: [] };
  }
  const numeric = numericColumn(name, cells, counts, present, decimalCommas);
  if (numeric !== null) return { ...about, ...numeric };
  if (isIdentifier(name, words, present, cells.length)) {
    return { ...about, kind: "id", values: nothing(), warnings: [] };
  }
  if (counts.size <= tableLimits.levelsMax && counts.size <= Math.max(2, present / 2)) {
    return { ...about, ...categoryColumn(cells, counts), warnings: [] };
  }
  const values = Float64Array.from(cells, (cell) => cell?.length ?? Number.NaN);
  return { ...about, kind: "text", values, warnings: [] };
}

/** The column's own words for false and true, where it has one for each. */
function truthWords(words: readonly string[]): readonly string[] {
  return words.length === 2
    ? words.toSorted((a, b) => truthOf(a)! - truthOf(b)!)
    : ["false", "true"];
}

/** Every word as a value; null when one has none. */
function mapped(
  cells: Cells,
  words: readonly string[],
  read: (text: string) => number | undefined,
): Float64Array | null {
  if (words.some((word) => read(word) === undefined)) return null;
  return Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : read(cell)!));
}

function numericColumn(
  name: string,
  cells: Cells,
  counts: ReadonlyMap<string, number>,
  present: number,
  decimalCommas: boolean,
): Pick<Column, "kind" | "values" | "levels" | "missing" | "warnings"> | null {
  const decimalComma = decimalCommas && [...counts.keys()].some((word) => /\d,\d/.test(word));
  const read = (text: string) => numberOf(text, decimalComma);
  let stray = 0;
  let strayWords = 0;
  for (const [word, count] of counts) {
    if (read(word) !== undefined) continue;
    stray += count;
    strayWords += 1;
  }
  if (strayWords > strayWordsMax || present - stray < numbersMin * present) return null;

  const values = new Float64Array(cells.length).fill(Number.NaN);
  const odd = { words: 0, infinite: 0, wordRow: 0, infiniteRow: 0 };
  let missing = 0;
  for (const [row, cell] of cells.entries()) {
    const value = cell === null ? undefined : read(cell);
    if (value !== undefined && Number.isFinite(value)) {
      values[row] = value;
      continue;
    }
    missing += 1;
    if (cell === null) continue;
    if (value === undefined) {
      odd.words += 1;
      odd.wordRow ||= row + 1;
    } else {
      odd.infinite += 1;
      odd.infiniteRow ||= row + 1;
    }
  }
  const warnings: string[] = [];
  if (odd.words > 0) {
    const word = cells[odd.wordRow - 1]!;
    warnings.push(
      `Column ${quoted(name)}: ${odd.words} of its cells are no numbers, the first ${quoted(word)} in row ${odd.wordRow}; they count as missing.`,
    );
  }
  if (odd.infinite > 0) {
    warnings.push(
      `Column ${quoted(name)}: ${odd.infinite} of its cells are infinite, the first in row ${odd.infiniteRow}; they count as missing.`,
    );
  }
  const kind = numericKind(name, values, counts, cells.length);
  return { kind, values, levels: kind === "boolean" ? ["0", "1"] : [], missing, warnings };
}

function numericKind(
  name: string,
  values: Float64Array,
  counts: ReadonlyMap<string, number>,
  rows: number,
): "number" | "integer" | "boolean" | "id" {
  const whole = values.every((value) => Number.isNaN(value) || Number.isSafeInteger(value));
  if (!whole) return "number";
  if (values.every((value) => Number.isNaN(value) || value === 0 || value === 1)) return "boolean";
  if (rows < idRowsMin || counts.size < rows) return "integer";
  const steps = values.every((value, row) => row === 0 || value === values[row - 1]! + 1);
  return steps || idName.test(name) ? "id" : "integer";
}

const idName = /^(?:id|uuid|guid|index|unnamed: 0)$|(?:^|[_\s-])id$|[a-z]Id$|ID$/;

/** Every value its own, and one word or a name that says so. */
function isIdentifier(
  name: string,
  words: readonly string[],
  present: number,
  rows: number,
): boolean {
  if (rows < idRowsMin || words.length < present || present < rows) return false;
  return idName.test(name.toLowerCase()) || words.every((word) => !/\s/.test(word));
}

function categoryColumn(
  cells: Cells,
  counts: ReadonlyMap<string, number>,
): Pick<Column, "kind" | "values" | "levels"> {
  const levels = [...counts]
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([word]) => word);
  const codes = new Map(levels.map((word, code) => [word, code]));
  const values = Float64Array.from(cells, (cell) => codes.get(cell ?? "") ?? Number.NaN);
  return { kind: "category", values, levels };
}
