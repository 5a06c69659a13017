/** Rows of numbers from CSV or JSON, for models that take rows of numbers. */
import { analyticsProblem } from "../errors.ts";
import { batchPredictionLimits } from "./models-limits.ts";

export interface BatchTable {
  readonly rows: number;
  readonly columns: number;
  /** Row by row; what is missing is NaN. */
  readonly values: Float64Array;
}

const invalid = (detail: string) => analyticsProblem("MODEL_INPUT_INVALID", detail);

export function tooManyRows(rows: number) {
  return invalid(`The table has ${rows} rows; ${batchPredictionLimits.rowsMax} are let in.`);
}

/**
 * @param text lines of numbers between commas, after a header line or none; or a JSON list of lists
 * @param columns that the model takes
 * @throws MODEL_INPUT_INVALID that names row and column
 */
export function readBatch(text: string, format: "csv" | "json", columns: number): BatchTable {
  const rows = format === "csv" ? csvRows(text) : jsonRows(text);
  if (rows.length === 0) throw invalid("The table has no rows.");
  if (rows.length > batchPredictionLimits.rowsMax) throw tooManyRows(rows.length);
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, at) => {
    if (row.length !== columns) {
      throw invalid(`Row ${at + 1} has ${row.length} values; the model takes ${columns}.`);
    }
    row.forEach((value, column) => {
      if (value !== null && typeof value !== "number") {
        const shown = JSON.stringify(value).slice(0, 40);
        throw invalid(`Row ${at + 1}, column ${column + 1}: ${shown} is not a number.`);
      }
      values[at * columns + column] = value ?? Number.NaN;
    });
  });
  return { rows: rows.length, columns, values };
}

function jsonRows(text: string): readonly (readonly unknown[])[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw invalid(`The rows are not JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(parsed)) throw invalid("The rows are not a JSON list of lists.");
  return parsed.map((row: unknown, at) => {
    if (Array.isArray(row)) return row.flat(8) as unknown[];
    throw invalid(`Row ${at + 1} is not a list of numbers.`);
  });
}

/** Numbers need no quotes; a first line with a name in it is the header. */
function csvRows(text: string): readonly (readonly unknown[])[] {
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  const rows = lines.map((line) => line.split(/[,;\t]/).map(valueOf));
  const isHeader = rows[0]?.some((value) => typeof value === "string") === true;
  return isHeader ? rows.slice(1) : rows;
}

function valueOf(text: string): number | string | null {
  const trimmed = text.trim().replace(/^"(.*)"$/, "$1");
  if (trimmed === "" || /^(?:na|nan|null)$/i.test(trimmed)) return null;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : trimmed;
}
