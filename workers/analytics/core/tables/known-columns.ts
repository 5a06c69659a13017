/** New rows read as the columns of a table that a model was made for. */
import { dateOf, numberOf, truthOf } from "./cell-values.ts";
import type { Column, ColumnKind } from "./column-types.ts";
import { cellOf } from "./json-reader.ts";
import { quoted, TableError } from "./table-error.ts";

/** Plain JSON. */
export interface ColumnSchema {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly levels: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

export function schemaOf({ name, kind, levels }: Column): ColumnSchema {
  return { name, kind, levels };
}

/**
 * A key that a row lacks is a missing value, and so is a level that training never saw.
 *
 * @throws TableError naming the row and column, for unknown columns and for cells of another kind
 */
export function readKnownColumns(
  schema: readonly ColumnSchema[],
  rows: readonly Row[],
  ignored: ReadonlySet<string> = new Set(),
): Column[] {
  const known = new Set(schema.map(({ name }) => name));
  for (const [index, row] of rows.entries()) {
    const unknown = Object.keys(row).find((name) => !known.has(name) && !ignored.has(name));
    if (unknown === undefined) continue;
    const names = [...known].map(quoted).join(", ");
    throw new TableError(
      "unsuitable",
      `Row ${index + 1}: the model knows no column ${quoted(unknown)}. It knows ${names}.`,
    );
  }
  return schema.map((each) => readColumn(each, rows));
}

function readColumn(schema: ColumnSchema, rows: readonly Row[]): Column {
  const { name, kind } = schema;
  const levels = [...schema.levels];
  const values = Float64Array.from(rows, (row, index) => {
    const cell = cellOf(Object.hasOwn(row, name) ? row[name] : null, index, name)?.trim();
    if (cell === undefined || cell === "") return Number.NaN;
    const value = valueOf(kind, cell, levels);
    if (value !== undefined && (Number.isNaN(value) || Number.isFinite(value))) return value;
    throw new TableError(
      "unsuitable",
      `Row ${index + 1}, column ${quoted(name)}: ${quoted(cell)} is no ${wordFor(kind)}.`,
    );
  });
  const missing = values.filter((value) => Number.isNaN(value)).length;
  return { name, kind, levels, values, missing, distinct: rows.length, warnings: [] };
}

/** undefined: not of this kind. Levels that are new are added, so that they count as rare. */
function valueOf(kind: ColumnKind, cell: string, levels: string[]): number | undefined {
  if (kind === "number" || kind === "integer") return numberOf(cell, false);
  if (kind === "date") return dateOf(cell);
  if (kind === "text") return cell.length;
  if (kind === "id" || kind === "constant") return Number.NaN;
  const code = levels.indexOf(cell);
  if (code >= 0) return code;
  if (kind === "boolean") return truthOf(cell) ?? truthOfNumber(cell);
  levels.push(cell);
  return levels.length - 1;
}

function truthOfNumber(cell: string): 0 | 1 | undefined {
  if (cell === "1") return 1;
  return cell === "0" ? 0 : undefined;
}

function wordFor(kind: ColumnKind): string {
  if (kind === "date") return "date such as 2024-02-29";
  return kind === "boolean" ? "truth value" : "finite number";
}
