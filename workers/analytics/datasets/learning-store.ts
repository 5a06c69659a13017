/** Where tables and the models made of them are kept: SQLite, in a file or in memory. */
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../service/database.ts";
import type { DatasetDetails, DatasetRecord } from "../contract-datasets.ts";
import { analyticsProblem } from "../errors.ts";
import { datasetLimits } from "./dataset-limits.ts";

const schema = `
  CREATE TABLE datasets (
    id TEXT PRIMARY KEY, record TEXT NOT NULL, details TEXT NOT NULL, bytes BLOB NOT NULL,
    size INTEGER NOT NULL, created_at INTEGER NOT NULL, deleted_at INTEGER
  ) STRICT;
  CREATE INDEX datasets_by_time ON datasets (created_at);
  CREATE TABLE models (job TEXT PRIMARY KEY, model TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
`;

interface SizeRow {
  readonly size: number;
}

export class LearningStore {
  readonly #database: DatabaseSync;
  readonly bytesMax: number;

  /** As `openDatabase`. */
  constructor(home: string | null, nowMs: number) {
    this.bytesMax = home === null ? datasetLimits.bytesKeptInMemoryMax : datasetLimits.bytesKeptMax;
    this.#database = openDatabase(
      {
        fileName: "learning-tables.db",
        title: "database of tables",
        schemaVersion: 1,
        schema,
        synchronous: "NORMAL",
      },
      home,
      nowMs,
    );
  }

  /** Newest first. */
  records(): DatasetRecord[] {
    const rows = this.#database
      .prepare("SELECT record FROM datasets WHERE deleted_at IS NULL ORDER BY created_at DESC, id")
      .all() as unknown as { record: string }[];
    return rows.map(({ record }) => JSON.parse(record) as DatasetRecord);
  }

  /** Of all tables, those that can be restored included. */
  get bytesKept(): number {
    const row = this.#database.prepare("SELECT COALESCE(SUM(size), 0) AS size FROM datasets").get();
    return (row as unknown as SizeRow).size;
  }

  details(id: string): DatasetDetails | null {
    const row = this.#database
      .prepare("SELECT details FROM datasets WHERE id = ? AND deleted_at IS NULL")
      .get(id) as { details: string } | undefined;
    return row === undefined ? null : (JSON.parse(row.details) as DatasetDetails);
  }

  bytes(id: string): Uint8Array | null {
    const row = this.#database
      .prepare("SELECT bytes FROM datasets WHERE id = ? AND deleted_at IS NULL")
      .get(id) as { bytes: Uint8Array } | undefined;
    return row?.bytes ?? null;
  }

  /** @throws DATASETS_FULL when there is no room, after the deleted ones were let go for it */
  insert(details: DatasetDetails, bytes: Uint8Array, nowMs: number): void {
    const { statistics: _statistics, warnings: _warnings, ...record } = details;
    this.#makeRoom(bytes.length);
    this.#database
      .prepare(
        "INSERT INTO datasets (id, record, details, bytes, size, created_at) VALUES (?, ?, ?, ?, ?, ?)",
      )
      .run(details.id, JSON.stringify(record), JSON.stringify(details), bytes, bytes.length, nowMs);
  }

  /** @returns whether there was one */
  remove(id: string, nowMs: number): boolean {
    const { changes } = this.#database
      .prepare("UPDATE datasets SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL")
      .run(nowMs, id);
    this.#database
      .prepare(
        `DELETE FROM datasets WHERE deleted_at IS NOT NULL AND id NOT IN (
           SELECT id FROM datasets WHERE deleted_at IS NOT NULL ORDER BY deleted_at DESC LIMIT ?)`,
      )
      .run(datasetLimits.deletedMax);
    return changes > 0;
  }

  /** @returns whether it was still there */
  restore(id: string): boolean {
    const { changes } = this.#database
      .prepare("UPDATE datasets SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL")
      .run(id);
    return changes > 0;
  }

  saveModel(job: string, model: string, nowMs: number): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO models (job, model, created_at) VALUES (?, ?, ?)")
      .run(job, model, nowMs);
    this.#database
      .prepare(
        `DELETE FROM models WHERE job NOT IN (
           SELECT job FROM models ORDER BY created_at DESC, job LIMIT ?)`,
      )
      .run(datasetLimits.modelsMax);
  }

  model(job: string): string | null {
    const row = this.#database.prepare("SELECT model FROM models WHERE job = ?").get(job);
    return (row as { model: string } | undefined)?.model ?? null;
  }

  close(): void {
    this.#database.close();
  }

  #makeRoom(bytes: number): void {
    const count = this.records().length;
    if (count >= datasetLimits.datasetsMax) {
      throw analyticsProblem("DATASETS_FULL", `${count} tables are kept already.`);
    }
    while (this.bytesKept + bytes > this.bytesMax) {
      const { changes } = this.#database
        .prepare(
          `DELETE FROM datasets WHERE id = (
             SELECT id FROM datasets WHERE deleted_at IS NOT NULL ORDER BY deleted_at LIMIT 1)`,
        )
        .run();
      if (changes > 0) continue;
      throw analyticsProblem(
        "DATASETS_FULL",
        `${this.bytesKept} bytes of tables are kept already; ${this.bytesMax} are the most.`,
      );
    }
  }
}
