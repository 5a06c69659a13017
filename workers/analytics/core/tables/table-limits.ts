/** Every bound of tables that people bring. */
export const tableLimits = {
  /** Of one upload, as it arrives. */
  bytesMax: 64 * 1024 * 1024,
  rowsMax: 500_000,
  columnsMax: 1_000,
  /** Rows times columns. */
  cellsMax: 10_000_000,
  cellLengthMax: 10_000,
  nameLengthMax: 200,
  /** Nesting of arrays and objects in JSON that is read as a table. */
  jsonDepthMax: 8,
  /** What a Parquet file may say that it unpacks to. */
  parquetUnpackedBytesMax: 512 * 1024 * 1024,
  /** Text that the delimiter is guessed from. */
  delimiterSampleLength: 64 * 1024,
  delimiterSampleRecords: 50,
  /** Levels of a category that are listed. */
  levelsListedMax: 20,
  /** More levels than these are no category. */
  levelsMax: 1_000,
  histogramBins: 20,
  warningsMax: 50,
} as const;
