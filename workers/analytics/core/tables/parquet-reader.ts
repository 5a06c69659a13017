/** Tables in Parquet files: flat columns, uncompressed or by Snappy. */
import { type FileMetaData, parquetMetadata, parquetReadObjects } from "hyparquet";
import { cellOf } from "./json-reader.ts";
import { type RawTable, TableBuilder } from "./raw-table.ts";
import { tableLimits } from "./table-limits.ts";
import { quoted, TableError } from "./table-error.ts";

/**
 * What the file says of its size is checked before anything is unpacked; what it does not say
 * truly ends in an error of the reader.
 *
 * @throws TableError
 */
export async function readParquetTable(bytes: Uint8Array): Promise<RawTable> {
  try {
    const file = new Uint8Array(bytes).buffer;
    const names = checkedNames(parquetMetadata(file));
    const builder = new TableBuilder(names);
    const rows = await parquetReadObjects({ file });
    for (const [index, row] of rows.entries()) {
      builder.addRow(names.map((name) => cellOf(row[name], index, name)));
    }
    return builder.finish();
  } catch (error) {
    throw error instanceof TableError ? error : malformed(error);
  }
}

function checkedNames(metadata: FileMetaData): string[] {
  const { rowsMax, parquetUnpackedBytesMax } = tableLimits;
  if (metadata.num_rows > rowsMax) {
    throw new TableError(
      "too large",
      `The file has ${metadata.num_rows} rows; ${rowsMax} are accepted.`,
    );
  }
  let unpacked = 0;
  for (const { columns } of metadata.row_groups) {
    for (const { meta_data: column } of columns) {
      if (column === undefined) throw malformed(new Error("A column has no description"));
      if (column.codec !== "UNCOMPRESSED" && column.codec !== "SNAPPY") {
        throw new TableError(
          "malformed",
          `Column ${quoted(column.path_in_schema.join("."))} is packed by ${column.codec}; columns may be packed by SNAPPY or not at all.`,
        );
      }
      unpacked += Number(column.total_uncompressed_size);
    }
  }
  if (unpacked > parquetUnpackedBytesMax) {
    throw new TableError(
      "too large",
      `The file unpacks to ${unpacked} bytes; ${parquetUnpackedBytesMax} are accepted.`,
    );
  }
  const [, ...fields] = metadata.schema;
  const nested = fields.find(
    (field) => (field.num_children ?? 0) > 0 || field.repetition_type === "REPEATED",
  );
  if (nested !== undefined) {
    throw new TableError(
      "malformed",
      `Column ${quoted(nested.name)} is nested; a table has one value in each cell.`,
    );
  }
  return fields.map(({ name }) => name);
}

function malformed(error: unknown): TableError {
  const reason = error instanceof Error ? error.message : String(error);
  return new TableError("malformed", `The Parquet file cannot be read: ${reason.slice(0, 200)}.`);
}
