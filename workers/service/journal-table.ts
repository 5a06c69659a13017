/** Journals of consensus nodes in SQLite: what each has promised and holds, as JSON. */
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "./database.ts";

const definition = {
  schemaVersion: 1,
  schema: `
    CREATE TABLE records (
      node INTEGER NOT NULL, position INTEGER NOT NULL, record TEXT NOT NULL,
      PRIMARY KEY (node, position)
    ) STRICT, WITHOUT ROWID;
  `,
  // A vote or an entry that a node has answered for must not be forgotten (Raft, section 5.2).
  synchronous: "FULL",
} as const;

export interface JournalFile {
  readonly home: string;
  readonly fileName: string;
  /** How sentences name it, e.g. "consensus database". */
  readonly title: string;
}

export interface JournalWrite {
  /** `replace` swaps the node's whole journal for these records. */
  readonly kind: "append" | "replace";
  readonly records: readonly string[];
}

export class JournalTable {
  readonly #database: DatabaseSync;
  /** Of each node: the next free position. */
  readonly #next = new Map<number, number>();

  /** @throws StartError as `openDatabase` */
  constructor({ home, ...names }: JournalFile, nowMs: number) {
    this.#database = openDatabase({ ...definition, ...names }, home, nowMs);
  }

  read(node: number): readonly string[] {
    const rows = this.#database
      .prepare("SELECT record FROM records WHERE node = ? ORDER BY position")
      .all(node) as unknown as { record: string }[];
    return rows.map(({ record }) => record);
  }

  /** One transaction: all of it is durable when this returns, or nothing of it. */
  write(
    batch: readonly { readonly node: number; readonly writes: readonly JournalWrite[] }[],
  ): void {
    const insert = this.#database.prepare("INSERT INTO records VALUES (?, ?, ?)");
    const clear = this.#database.prepare("DELETE FROM records WHERE node = ?");
    const next = new Map<number, number>();
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      for (const { node, writes } of batch) {
        let position = next.get(node) ?? this.#nextPosition(node);
        for (const { kind, records } of writes) {
          if (kind === "replace") clear.run(node);
          for (const record of records) {
            insert.run(node, position, record);
            position += 1;
          }
        }
        next.set(node, position);
      }
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
    for (const [node, position] of next) this.#next.set(node, position);
  }

  close(): void {
    this.#database.close();
  }

  #nextPosition(node: number): number {
    const known = this.#next.get(node);
    if (known !== undefined) return known;
    const { last } = this.#database
      .prepare("SELECT max(position) AS last FROM records WHERE node = ?")
      .get(node) as { last: number | null };
    return (last ?? -1) + 1;
  }
}
