/**
 * The cluster's objects on disk: every change is in the database before the turn that made it ends,
 * and so before anybody is answered. Events and leases are not kept, as both are made anew.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openDatabase } from "../../service/database.ts";
import type { Change } from "../core/store/change-log.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import type { KubeObject } from "../core/store/objects.ts";
import { keyOf } from "../core/store/resource-table.ts";

const notKept = new Set(["events", "leases.coordination.k8s.io"]);

const schema = `
  CREATE TABLE objects (
    resource TEXT NOT NULL,
    key TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (resource, key)
  ) WITHOUT ROWID;
  CREATE TABLE place (only INTEGER PRIMARY KEY CHECK (only = 0), revision INTEGER NOT NULL);
`;

export class StoreJournal {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #place: StatementSync;
  #revision = 0;

  /** @throws StartError when the file is damaged or cannot be used */
  constructor(home: string, nowMs: number) {
    this.#database = openDatabase(
      {
        fileName: "cluster.db",
        title: "cluster's database",
        schemaVersion: 1,
        schema,
        // An end of the process takes nothing; a loss of power may take the last moment.
        synchronous: "NORMAL",
      },
      home,
      nowMs,
    );
    this.#put = this.#database.prepare("INSERT OR REPLACE INTO objects VALUES (?, ?, ?)");
    this.#remove = this.#database.prepare("DELETE FROM objects WHERE resource = ? AND key = ?");
    this.#place = this.#database.prepare("INSERT OR REPLACE INTO place VALUES (0, ?)");
  }

  /** The last version that was given out; 1 in a new journal. */
  get revision(): number {
    const row = this.#database.prepare("SELECT revision FROM place").get();
    return (row as { revision: number } | undefined)?.revision ?? 1;
  }

  *objects(): Generator<KubeObject> {
    for (const row of this.#database.prepare("SELECT content FROM objects").iterate()) {
      yield JSON.parse((row as { content: string }).content) as KubeObject;
    }
  }

  /** Writes every change from now on. */
  follow(store: ObjectStore): void {
    store.subscribe((change) => this.#write(change));
  }

  close(): void {
    this.#commit();
    this.#database.close();
  }

  #write({ type, resource, object, revision }: Change): void {
    if (!this.#database.isOpen) return;
    if (!this.#database.isTransaction) {
      this.#database.exec("BEGIN IMMEDIATE");
      // It runs before whatever the change resolves: answers come after the commit.
      queueMicrotask(() => this.#commit());
    }
    this.#revision = revision;
    if (notKept.has(resource)) return;
    if (type === "DELETED") this.#remove.run(resource, keyOf(object));
    else this.#put.run(resource, keyOf(object), JSON.stringify(object));
  }

  #commit(): void {
    if (!this.#database.isOpen || !this.#database.isTransaction) return;
    this.#place.run(this.#revision);
    this.#database.exec("COMMIT");
  }
}
