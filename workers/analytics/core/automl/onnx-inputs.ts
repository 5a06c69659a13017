/** What the ONNX form of a model is given of a table: rows of numbers, a missing value as NaN. */
import type { Column } from "../tables/column-types.ts";
import { datePart, dateParts, isUsable } from "../tables/features.ts";
import type { ColumnSchema } from "../tables/known-columns.ts";
import type { RawTable } from "../tables/raw-table.ts";
import { quoted, TableError } from "../tables/table-error.ts";

type Named = Pick<ColumnSchema, "name" | "kind" | "levels">;

/**
 * In the order of the inputs that `onnxOf` declares.
 *
 * @param schema of the model
 * @param columns of the table; a level that the model does not know is a number above its own
 */
export function encodeRows(
  schema: readonly Named[],
  columns: readonly Column[],
): { columns: number; values: Float64Array } {
  const features = schema.filter(isUsable).flatMap(({ name, kind, levels }) => {
    const column = columns.find((each) => each.name === name)!;
    if (kind === "date") {
      return dateParts.map((part) => column.values.map((value) => datePart(value, part)));
    }
    if (kind !== "category" && kind !== "boolean") return [column.values];
    const codes = column.levels.map((level) => {
      const code = levels.indexOf(level);
      return code < 0 ? levels.length : code;
    });
    return [kind === "boolean" ? column.values : column.values.map((own) => codes[own] ?? own)];
  });
  const width = features.length;
  const rows = features[0]?.length ?? 0;
  const values = new Float64Array(rows * width);
  features.forEach((feature, at) => {
    for (let row = 0; row < rows; row += 1) values[row * width + at] = feature[row]!;
  });
  return { columns: width, values };
}

/**
 * The rows of a table by the columns that a model knows; what else the table has is left out.
 *
 * @throws TableError for a column that the table lacks
 */
export function recordsOf(
  { names, cells, rows, decimalCommas }: RawTable,
  schema: readonly ColumnSchema[],
): Readonly<Record<string, unknown>>[] {
  const lacking = schema.find((each) => isUsable(each) && !names.includes(each.name));
  if (lacking !== undefined) {
    throw new TableError(
      "unsuitable",
      `The table has no column ${quoted(lacking.name)}, which the model was made with. It has ${names.map(quoted).join(", ")}.`,
    );
  }
  const known = schema
    .filter(({ name }) => names.includes(name))
    .map(({ name, kind }) => ({
      name,
      own: cells[names.indexOf(name)]!,
      hasCommas: decimalCommas && (kind === "number" || kind === "integer"),
    }));
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      known.map(({ name, own, hasCommas }) => {
        const cell = own[row] ?? null;
        return [name, hasCommas ? (cell?.replace(",", ".") ?? null) : cell];
      }),
    ),
  );
}

/**
 * @param chosen names of the columns that are taken, in their order; all when empty
 * @throws TableError for a column that is not there, or holds no numbers
 */
export function numbersOf(columns: readonly Column[], chosen: readonly string[]): Column[] {
  const names = chosen.length > 0 ? chosen : columns.map(({ name }) => name);
  return names.map((name) => {
    const column = columns.find((each) => each.name === name);
    if (column === undefined) {
      throw new TableError("unsuitable", `The table has no column ${quoted(name)}.`);
    }
    if (column.kind === "number" || column.kind === "integer" || column.kind === "boolean")
      return column;
    throw new TableError(
      "unsuitable",
      `The column ${quoted(name)} holds no numbers (${column.kind}). Name the columns that the model takes, in their order.`,
    );
  });
}
