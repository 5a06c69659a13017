import { datasetBytesMax } from "../contract-datasets.ts";

/** Bounds of tables that are kept. */
export const datasetLimits = {
  bytesMax: datasetBytesMax,
  /** Of all tables together, on disk and without a home in memory. */
  bytesKeptMax: 512 * 1024 * 1024,
  bytesKeptInMemoryMax: 192 * 1024 * 1024,
  datasetsMax: 200,
  /** Deleted tables that can be restored. */
  deletedMax: 10,
  /** Uploads that are under way. */
  uploadsMax: 4,
  /** An upload that nothing comes to for so long is forgotten. */
  uploadIdleMs: 120_000,
  modelsMax: 100,
  modelCharactersMax: 64 << 20,
} as const;

/** Threads for short questions about tables and models. */
export const tableThreadLimits = {
  threadsMax: 1,
  queueLengthMax: 32,
  durationMsMax: 55_000,
  idleMs: 60_000,
} as const;

/** Threads that search; jobs see to how many there are at once. */
export const searchThreadLimits = {
  threadsMax: 2,
  queueLengthMax: 2,
  /** The longest budget, and as long again for a last fit that takes its time. */
  durationMsMax: 7_200_000,
  idleMs: 5_000,
} as const;
