/** Bytes of a known format as a table. */
import { CsvReader } from "./csv-reader.ts";
import { readJsonTable } from "./json-reader.ts";
import { readParquetTable } from "./parquet-reader.ts";
import type { RawTable } from "./raw-table.ts";
import { TableError } from "./table-error.ts";

export const tableFormats = ["csv", "json", "parquet"] as const;
export type TableFormat = (typeof tableFormats)[number];

const pieceBytes = 256 * 1024;

/** @throws TableError naming the row or line and the column */
export async function readTable(bytes: Uint8Array, format: TableFormat): Promise<RawTable> {
  if (bytes.length === 0) throw new TableError("empty", "The file is empty.");
  if (format === "json") return readJsonTable(bytes);
  if (format === "parquet") return readParquetTable(bytes);
  const reader = new CsvReader();
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    reader.push(bytes.subarray(at, at + pieceBytes));
  }
  return reader.finish();
}
