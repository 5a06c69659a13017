/** The audit log in SQLite: bounded, each entry beside its leaf hash. */
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../../service/database.ts";
import type { ActionRecord } from "../../service/records.ts";
import { canonicalJson } from "../core/canonical-json.ts";
import { leafHash } from "../core/merkle.ts";
import { auditLimits } from "../limits.ts";

const schema = `
  CREATE TABLE entries (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL, leaf BLOB NOT NULL
  ) STRICT;
  CREATE TABLE anchors (
    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, root BLOB NOT NULL,
    transaction_hash TEXT NOT NULL
  ) STRICT;
  CREATE TABLE log (
    id INTEGER PRIMARY KEY CHECK (id = 0), name TEXT NOT NULL, trimmed INTEGER NOT NULL,
    lost INTEGER NOT NULL
  ) STRICT;
`;

export interface StoredEntry {
  readonly sequence: number;
  readonly record: string;
  readonly leaf: Uint8Array;
}

export interface StoredAnchor {
  readonly first: number;
  readonly last: number;
  readonly root: Uint8Array;
  readonly transactionHash: string;
}

export function openAuditDatabase(home: string | null, nowMs: number): DatabaseSync {
  const definition = {
    fileName: "audit.db",
    title: "audit log",
    schemaVersion: 1,
    schema,
    synchronous: "FULL",
  } as const;
  return openDatabase(definition, home, nowMs);
}

/** What is hashed of an entry: its number, so that none can take another's place, and its content. */
export function leafInput({ sequence, record }: Pick<StoredEntry, "sequence" | "record">): string {
  return `${sequence} ${record}`;
}

export class AuditStore {
  readonly #database: DatabaseSync;
  readonly #entriesMax: number;

  /** @param newName for a new log: no other log's on the same ledger */
  constructor(
    database: DatabaseSync,
    newName: string,
    entriesMax: number = auditLimits.entriesMax,
  ) {
    this.#database = database;
    this.#entriesMax = entriesMax;
    database.prepare("INSERT OR IGNORE INTO log VALUES (0, ?, 0, 0)").run(newName);
  }

  /** One transaction: what came together is stored together. */
  add(actions: readonly ActionRecord[], lost: number): void {
    if (actions.length === 0 && lost === 0) return;
    const database = this.#database;
    database.exec("BEGIN");
    try {
      const insert = database.prepare("INSERT INTO entries VALUES (?, ?, ?)");
      let { last: sequence } = this.range();
      for (const action of actions) {
        sequence += 1;
        const record = canonicalJson(action);
        insert.run(sequence, record, leafHash(leafInput({ sequence, record })));
      }
      database.prepare("UPDATE log SET lost = lost + ?").run(lost);
      this.#trim(sequence - this.#entriesMax);
      database.exec("COMMIT");
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  }

  info(): { name: string; trimmed: number; lost: number } {
    return this.#database.prepare("SELECT name, trimmed, lost FROM log").get() as never;
  }

  /** Of the kept entries; `last` also counts those that were deleted. */
  range(): { first: number; last: number } {
    const row = this.#database
      .prepare(
        `SELECT coalesce((SELECT min(sequence) FROM entries), 1) AS first,
           coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'entries'), 0) AS last`,
      )
      .get();
    return row as never;
  }

  /** Newest first, below `before`. */
  page(before: number, limit: number): StoredEntry[] {
    return this.#database
      .prepare("SELECT * FROM entries WHERE sequence < ? ORDER BY sequence DESC LIMIT ?")
      .all(before, limit) as unknown as StoredEntry[];
  }

  /** Both ends included, by rising number. */
  between(first: number, last: number): StoredEntry[] {
    return this.#database
      .prepare("SELECT * FROM entries WHERE sequence BETWEEN ? AND ? ORDER BY sequence")
      .all(first, last) as unknown as StoredEntry[];
  }

  anchoredTo(): number {
    const row = this.#database.prepare("SELECT coalesce(max(last), 0) AS last FROM anchors").get();
    return Number(row?.["last"]);
  }

  anchorOf(sequence: number): StoredAnchor | null {
    const found = this.#database
      .prepare(
        `SELECT first, last, root, transaction_hash AS transactionHash FROM anchors
         WHERE ? BETWEEN first AND last`,
      )
      .get(sequence);
    return (found as StoredAnchor | undefined) ?? null;
  }

  addAnchor({ first, last, root, transactionHash }: StoredAnchor): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO anchors VALUES (?, ?, ?, ?)")
      .run(first, last, root, transactionHash);
  }

  close(): void {
    this.#database.close();
  }

  #trim(upTo: number): void {
    const { changes } = this.#database.prepare("DELETE FROM entries WHERE sequence <= ?").run(upTo);
    if (Number(changes) === 0) return;
    this.#database.prepare("DELETE FROM anchors WHERE last <= ?").run(upTo);
    this.#database.prepare("UPDATE log SET trimmed = trimmed + ?").run(changes);
  }
}
