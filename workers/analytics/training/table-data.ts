/** A table as text with commas (RFC 4180): numbers to learn from, and a column to predict. */
import { CsvRecords } from "../core/tables/csv-reader.ts";
import { TableError } from "../core/tables/table-error.ts";
import { DataProblem } from "./data-problem.ts";
import { tableLimits } from "./training-limits.ts";

export interface Table {
  readonly names: readonly string[];
  /** Of the target; none: it is a number. */
  readonly classes: readonly string[];
  readonly rows: readonly { readonly inputs: readonly number[]; readonly target: number }[];
}

/** @throws DataProblem with the row (from 1, after the header) and the column */
export function readTable(text: string, targetName: string): Table {
  const [header, ...lines] = cellsOf(text);
  if (header === undefined) throw new DataProblem("The table is empty.");
  const { columnsMax, rowsMax, rowsMin } = tableLimits;
  if (header.length > columnsMax)
    throw new DataProblem(`The table has ${header.length} columns; at most ${columnsMax}.`);
  if (lines.length > rowsMax)
    throw new DataProblem(`The table has ${lines.length} rows; at most ${rowsMax}.`);
  if (lines.length < rowsMin)
    throw new DataProblem(`The table has ${lines.length} rows; at least ${rowsMin} are needed.`);
  const doubled = header.find((name, index) => header.indexOf(name) !== index);
  if (doubled !== undefined) throw new DataProblem(`Two columns are named "${doubled}".`);
  const targetAt = header.indexOf(targetName);
  if (targetAt < 0) {
    throw new DataProblem(`There is no column "${targetName}"; there are ${header.join(", ")}.`);
  }
  if (header.length < 2) throw new DataProblem("A table needs a column beside its target.");
  lines.forEach((cells, index) => {
    if (cells.length !== header.length) {
      throw new DataProblem(
        `Row ${index + 1} has ${cells.length} cells, the header has ${header.length}.`,
      );
    }
  });
  const { classes, target } = targetsOf(
    lines.map((cells) => cells[targetAt]!),
    targetName,
  );
  const columns = header.map((_, column) => column).filter((column) => column !== targetAt);
  return {
    names: columns.map((column) => header[column]!),
    classes,
    rows: lines.map((cells, index) => ({
      inputs: columns.map((column) => numberOf(cells[column]!, index, header[column]!)),
      target: target(index),
    })),
  };
}

function targetsOf(cells: readonly string[], name: string) {
  const different = [...new Set(cells)].toSorted((a, b) => a.localeCompare(b, "en"));
  const areNumbers = different.every((cell) => cell !== "" && Number.isFinite(Number(cell)));
  const isWhole = different.every((cell) => Number.isInteger(Number(cell)));
  if (areNumbers && !(isWhole && different.length <= tableLimits.numericClassesMax)) {
    return { classes: [], target: (index: number) => numberOf(cells[index]!, index, name) };
  }
  const { classesMax } = tableLimits;
  if (different.length < 2)
    throw new DataProblem(`Every row of "${name}" is the same: there is nothing to learn.`);
  if (different.length > classesMax) {
    const odd = cells.findIndex((cell) => cell === "" || !Number.isFinite(Number(cell)));
    throw new DataProblem(
      `"${name}" has ${different.length} classes; at most ${classesMax}. If it holds numbers, row ${odd + 1} does not: "${cells[odd]}".`,
    );
  }
  const empty = cells.indexOf("");
  if (empty >= 0) throw new DataProblem(`Row ${empty + 1} has nothing in "${name}".`);
  return { classes: different, target: (index: number) => different.indexOf(cells[index]!) };
}

function numberOf(cell: string, row: number, column: string): number {
  const value = Number(cell);
  if (cell === "" || !Number.isFinite(value) || Math.abs(value) > 1e30) {
    throw new DataProblem(
      `Row ${row + 1}, column "${column}": "${cell.slice(0, 40)}" is not a number.`,
    );
  }
  return value;
}

/** Rows of trimmed cells; quoted ones may hold commas, quotes and line breaks. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [];
  const records = new CsvRecords(",", (cells) => {
    const row = cells.map((cell) => cell.trim());
    if (row.length > 1 || row[0] !== "") rows.push(row);
  });
  try {
    records.push(text);
    records.end();
  } catch (error) {
    if (error instanceof TableError) throw new DataProblem(error.message);
    throw error;
  }
  return rows;
}
