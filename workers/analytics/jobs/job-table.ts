/** Where jobs are kept: a SQLite table, so that results and checkpoints outlive the thread. */
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../service/database.ts";
import type { JobRecord } from "../contract-jobs.ts";

const schema = `
  CREATE TABLE jobs (
    id TEXT PRIMARY KEY, record TEXT NOT NULL, created_at INTEGER NOT NULL,
    input TEXT NOT NULL, result TEXT, checkpoint TEXT
  ) STRICT;
  CREATE INDEX jobs_by_time ON jobs (created_at);
`;

interface JobRow {
  readonly record: string;
}

export class JobTable {
  readonly #database: DatabaseSync;

  /** As `openDatabase`: in memory without a home, StartError when the file cannot be used. */
  constructor(home: string | null, nowMs: number) {
    this.#database = openDatabase(
      {
        fileName: "learning-jobs.db",
        title: "database of jobs",
        schemaVersion: 1,
        schema,
        synchronous: "NORMAL",
      },
      home,
      nowMs,
    );
  }

  /** Oldest first. */
  records(): JobRecord[] {
    const rows = this.#database.prepare("SELECT record FROM jobs ORDER BY created_at").all();
    return (rows as unknown as JobRow[]).map(({ record }) => JSON.parse(record) as JobRecord);
  }

  insert(record: JobRecord, input: string): void {
    this.#database
      .prepare("INSERT INTO jobs (id, record, created_at, input) VALUES (?, ?, ?, ?)")
      .run(record.id, JSON.stringify(record), record.createdAt, input);
  }

  update(record: JobRecord): void {
    this.#database
      .prepare("UPDATE jobs SET record = ? WHERE id = ?")
      .run(JSON.stringify(record), record.id);
  }

  finish(record: JobRecord, result: string): void {
    this.#database
      .prepare("UPDATE jobs SET record = ?, result = ?, checkpoint = NULL WHERE id = ?")
      .run(JSON.stringify(record), result, record.id);
  }

  saveCheckpoint(record: JobRecord, checkpoint: string): void {
    this.#database
      .prepare("UPDATE jobs SET record = ?, checkpoint = ? WHERE id = ?")
      .run(JSON.stringify(record), checkpoint, record.id);
  }

  input(id: string): unknown {
    return this.#read("input", id);
  }

  /** null: it has none. */
  result(id: string): unknown {
    return this.#read("result", id);
  }

  /** null: it has none. */
  checkpoint(id: string): unknown {
    return this.#read("checkpoint", id);
  }

  delete(id: string): void {
    this.#database.prepare("DELETE FROM jobs WHERE id = ?").run(id);
  }

  close(): void {
    this.#database.close();
  }

  #read(column: "input" | "result" | "checkpoint", id: string): unknown {
    const row = this.#database.prepare(`SELECT ${column} AS text FROM jobs WHERE id = ?`).get(id);
    const text = (row as { text: string | null } | undefined)?.text ?? null;
    return text === null ? null : JSON.parse(text);
  }
}
