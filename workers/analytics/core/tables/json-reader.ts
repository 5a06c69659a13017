/** Tables in JSON: an array of objects, an object of columns, or one object a line. */
import { type RawTable, TableBuilder } from "./raw-table.ts";
import { tableLimits } from "./table-limits.ts";
import { quoted, TableError } from "./table-error.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads `[{"a": 1}, ...]`, `{"a": [1, ...], ...}` or lines of `{"a": 1}`. Keys that some rows lack
 * are missing values; nested values are refused.
 *
 * @throws TableError naming the row and the column
 */
export function readJsonTable(bytes: Uint8Array): RawTable {
  const text = decode(bytes).trim();
  if (text === "") throw new TableError("empty", "The file is empty.");
  checkDepth(text);
  const whole = parsed(text);
  if (whole instanceof SyntaxError) {
    if (!text.startsWith("{")) throw malformed(whole);
    return fromLines(text, whole);
  }
  if (Array.isArray(whole)) return fromRows(whole, "Row");
  if (!isObject(whole)) {
    throw new TableError("malformed", "The JSON is neither an array of objects nor columns.");
  }
  const values = Object.values(whole);
  if (values.length > 0 && values.every((value) => Array.isArray(value))) return fromColumns(whole);
  return fromRows([whole], "Row");
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new TableError("malformed", "The text is not UTF-8.");
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return error;
  }
}

function malformed(error: SyntaxError): TableError {
  return new TableError("malformed", `Not JSON: ${error.message.replaceAll(/\s+/g, " ")}.`);
}

function checkDepth(text: string): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (inString) {
      if (character === 92 /* \ */) at += 1;
      else if (character === 34 /* " */) inString = false;
    } else if (character === 34) inString = true;
    else if (character === 91 || character === 123) {
      depth += 1;
      if (depth > tableLimits.jsonDepthMax) {
        throw new TableError(
          "malformed",
          `The JSON nests deeper than ${tableLimits.jsonDepthMax}.`,
        );
      }
    } else if (character === 93 || character === 125) depth -= 1;
  }
}

function fromLines(text: string, whole: SyntaxError): RawTable {
  const lines = text.split("\n");
  if (lines.length === 1) throw malformed(whole);
  const rows: unknown[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const row = parsed(line);
    if (row instanceof SyntaxError) {
      throw new TableError("malformed", `Line ${index + 1}: ${malformed(row).message}`);
    }
    rows.push(row);
  }
  return fromRows(rows, "Line");
}

function fromRows(rows: readonly unknown[], unit: "Row" | "Line"): RawTable {
  const names = new Set<string>();
  for (const [index, row] of rows.entries()) {
    if (!isObject(row)) {
      throw new TableError("malformed", `${unit} ${index + 1} is not an object of named values.`);
    }
    for (const name of Object.keys(row)) names.add(name);
    if (names.size > tableLimits.columnsMax) {
      throw new TableError(
        "too large",
        `The rows name more than ${tableLimits.columnsMax} columns between them.`,
      );
    }
  }
  const builder = new TableBuilder([...names]);
  for (const [index, row] of (rows as JsonObject[]).entries()) {
    builder.addRow([...names].map((name) => cellOf(ownValue(row, name), index, name)));
  }
  return builder.finish();
}

function fromColumns(columns: JsonObject): RawTable {
  const names = Object.keys(columns);
  const lists = Object.values(columns) as unknown[][];
  const builder = new TableBuilder(names);
  const rows = lists[0]!.length;
  for (const [index, list] of lists.entries()) {
    if (list.length !== rows) {
      throw new TableError(
        "malformed",
        `Column ${quoted(names[index]!)} has ${list.length} values; ${quoted(names[0]!)} has ${rows}.`,
      );
    }
  }
  for (let row = 0; row < rows; row += 1) {
    builder.addRow(lists.map((list, column) => cellOf(list[row], row, names[column]!)));
  }
  return builder.finish();
}

function ownValue(row: JsonObject, name: string): unknown {
  return Object.hasOwn(row, name) ? row[name] : undefined;
}

/** A value of a row as text; null for one that is missing. */
export function cellOf(value: unknown, row: number, column: string): string | null {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "undefined":
      return null;
    default:
      if (value === null) return null;
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
      throw new TableError(
        "malformed",
        `Row ${row + 1}, column ${quoted(column)}: a nested value is no cell of a table.`,
      );
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
