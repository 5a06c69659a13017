/** The journals of the live Raft nodes on disk: terms, votes, entries and snapshots, durable. */
import type { DatabaseSync } from "node:sqlite";
import type { DiskMirror, DiskWrite } from "../cluster/disk.ts";
import type { RaftRecord } from "../consensus/raft/types.ts";
import { openDatabase } from "../service/database.ts";

const definition = {
  fileName: "consensus.db",
  title: "consensus database",
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

export class RaftJournals {
  readonly #database: DatabaseSync;

  /** @throws StartError as `openDatabase` */
  constructor(home: string, nowMs: number) {
    this.#database = openDatabase(definition, home, nowMs);
  }

  /** What a node's disk holds, and where its writes go. */
  mirror(node: number): DiskMirror<RaftRecord> {
    const rows = this.#database
      .prepare("SELECT position, record FROM records WHERE node = ? ORDER BY position")
      .all(node) as unknown as { position: number; record: string }[];
    let next = (rows.at(-1)?.position ?? -1) + 1;
    return {
      records: rows.map(({ record }) => JSON.parse(record) as RaftRecord),
      write: (writes) => {
        next = this.#write(node, next, writes);
      },
    };
  }

  close(): void {
    this.#database.close();
  }

  /** One transaction: all of the writes are durable, or none. Returns the next free position. */
  #write(node: number, first: number, writes: readonly DiskWrite<RaftRecord>[]): number {
    const insert = this.#database.prepare("INSERT INTO records VALUES (?, ?, ?)");
    let next = first;
    this.#database.exec("BEGIN");
    try {
      for (const write of writes) {
        if (write.kind === "replace") {
          this.#database.prepare("DELETE FROM records WHERE node = ?").run(node);
        }
        const records = write.kind === "replace" ? write.records : [write.record];
        for (const record of records) {
          insert.run(node, next, JSON.stringify(record));
          next += 1;
        }
      }
      this.#database.exec("COMMIT");
      return next;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
