/** Where experiments are kept: a SQLite table, bounded, with the newest checkpoint of each. */
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../service/database.ts";
import { type CurvePoint, type Experiment, experimentsMax } from "../contract-training.ts";
import { runLimits } from "./training-limits.ts";

const schema = `
  CREATE TABLE experiments (
    number INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL, curve TEXT NOT NULL,
    checkpoint BLOB, frame TEXT, deleted_at INTEGER
  ) STRICT;
`;

export type ExperimentRecord = Omit<Experiment, "id" | "hasCheckpoint"> & {
  /** The job that trains it, or did last. */
  readonly job: string | null;
};

interface Row {
  readonly number: number;
  readonly record: string;
  readonly hasCheckpoint: number;
}

export interface StoredExperiment {
  readonly id: string;
  readonly record: ExperimentRecord;
  readonly hasCheckpoint: boolean;
}

const columns = "number, record, checkpoint IS NOT NULL AS hasCheckpoint";
const numberOf = (id: string): number => Number(id.slice("run-".length));

export class ExperimentStore {
  readonly #database: DatabaseSync;

  /** As `openDatabase`: in memory without a home, StartError when the file cannot be used. */
  constructor(home: string | null, nowMs: number) {
    this.#database = openDatabase(
      {
        fileName: "training-lab.db",
        title: "database of experiments",
        schemaVersion: 1,
        schema,
        synchronous: "NORMAL",
      },
      home,
      nowMs,
    );
    this.#database.exec("DELETE FROM experiments WHERE deleted_at IS NOT NULL");
  }

  /** Newest first, without deleted ones. */
  list(): StoredExperiment[] {
    const sql = `SELECT ${columns} FROM experiments WHERE deleted_at IS NULL ORDER BY number DESC`;
    return (this.#database.prepare(sql).all() as unknown as Row[]).map(storedOf);
  }

  find(id: string): StoredExperiment | undefined {
    const sql = `SELECT ${columns} FROM experiments WHERE number = ? AND deleted_at IS NULL`;
    const row = this.#database.prepare(sql).get(numberOf(id));
    return row === undefined ? undefined : storedOf(row as unknown as Row);
  }

  insert(record: ExperimentRecord): string {
    const { lastInsertRowid } = this.#database
      .prepare("INSERT INTO experiments (record, curve) VALUES (?, '[]')")
      .run(JSON.stringify(record));
    return `run-${lastInsertRowid}`;
  }

  /** @returns the experiments that were forgotten to stay within the limit, oldest first */
  forgetOldest(mayForget: (id: string) => boolean): string[] {
    const over = this.list().toReversed();
    const spare = over.length - experimentsMax;
    const forgotten = spare <= 0 ? [] : over.filter(({ id }) => mayForget(id)).slice(0, spare);
    for (const { id } of forgotten)
      this.#database.prepare("DELETE FROM experiments WHERE number = ?").run(numberOf(id));
    return forgotten.map(({ id }) => id);
  }

  update(id: string, record: ExperimentRecord): void {
    this.#database
      .prepare("UPDATE experiments SET record = ? WHERE number = ?")
      .run(JSON.stringify(record), numberOf(id));
  }

  saveCheckpoint(id: string, checkpoint: Uint8Array): void {
    this.#database
      .prepare("UPDATE experiments SET checkpoint = ? WHERE number = ?")
      .run(checkpoint, numberOf(id));
  }

  saveCurve(id: string, curve: readonly CurvePoint[], frame: unknown): void {
    this.#database
      .prepare("UPDATE experiments SET curve = ?, frame = ? WHERE number = ?")
      .run(JSON.stringify(curve), JSON.stringify(frame), numberOf(id));
  }

  checkpoint(id: string): Uint8Array | null {
    return this.#read("checkpoint", id) as Uint8Array | null;
  }

  curve(id: string): CurvePoint[] {
    return JSON.parse((this.#read("curve", id) as string | null) ?? "[]") as CurvePoint[];
  }

  frame(id: string): unknown {
    return JSON.parse((this.#read("frame", id) as string | null) ?? "null");
  }

  delete(id: string, nowMs: number): void {
    this.#database
      .prepare("DELETE FROM experiments WHERE deleted_at < ?")
      .run(Math.round(nowMs - runLimits.restorableMs));
    this.#database
      .prepare("UPDATE experiments SET deleted_at = ? WHERE number = ?")
      .run(Math.round(nowMs), numberOf(id));
  }

  /** @returns whether there was one to bring back */
  restore(id: string): boolean {
    const sql = "UPDATE experiments SET deleted_at = NULL WHERE number = ? AND deleted_at NOT NULL";
    return Number(this.#database.prepare(sql).run(numberOf(id)).changes) > 0;
  }

  close(): void {
    this.#database.close();
  }

  #read(column: "checkpoint" | "curve" | "frame", id: string): unknown {
    const sql = `SELECT ${column} AS value FROM experiments WHERE number = ?`;
    const row = this.#database.prepare(sql).get(numberOf(id));
    return (row as { value: unknown } | undefined)?.value ?? null;
  }
}

function storedOf({ number, record, hasCheckpoint }: Row): StoredExperiment {
  return {
    id: `run-${number}`,
    record: JSON.parse(record) as ExperimentRecord,
    hasCheckpoint: hasCheckpoint === 1,
  };
}
