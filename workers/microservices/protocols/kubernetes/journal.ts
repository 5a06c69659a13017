/**
 * The cluster's objects in SQLite, so that a restart brings the same ones under higher versions. What
 * one turn of the event loop changes is written before anybody is answered, as etcd would have it: an
 * end of the process at any moment takes nothing that was acknowledged.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1";
import type { ObjectStore } from "../../core/store/object-store.ts";
import type { KubeObject } from "../../core/store/objects.ts";
import { kubernetesApiLimits as limits } from "../../limits.ts";
import { openDatabase } from "../../../service/database.ts";
import { kindOfDefinition } from "./custom/definition.ts";

const definition = {
  fileName: "kubernetes.sqlite",
  title: "cluster database",
  schemaVersion: 1,
  schema: `
    CREATE TABLE objects (
      resource TEXT NOT NULL, key TEXT NOT NULL, object TEXT NOT NULL,
      PRIMARY KEY (resource, key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE revision (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL) STRICT;
    INSERT INTO revision VALUES (1, 1);
  `,
  synchronous: "NORMAL",
} as const;

/** Of no use to the next life of the cluster. */
const forgotten = new Set(["events", "leases.coordination.k8s.io"]);
const definitions = "customresourcedefinitions.apiextensions.k8s.io";

export class ObjectJournal {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #place: StatementSync;
  readonly #onUnexpected: (error: unknown, operation: string) => void;
  /** What has changed since the last writing; null: it is gone. */
  readonly #changed = new Map<
    string,
    { resource: string; key: string; object: KubeObject | null }
  >();
  readonly #stops: (() => void)[] = [];
  #revision = 1;
  #planned = false;

  /** @throws StartError as `openDatabase` */
  constructor(
    home: string,
    nowMs: number,
    onUnexpected: (error: unknown, operation: string) => void,
  ) {
    this.#database = openDatabase(definition, home, nowMs);
    this.#put = this.#database.prepare("INSERT OR REPLACE INTO objects VALUES (?, ?, ?)");
    this.#remove = this.#database.prepare("DELETE FROM objects WHERE resource = ? AND key = ?");
    this.#place = this.#database.prepare("UPDATE revision SET value = ?");
    this.#onUnexpected = onUnexpected;
  }

  /** Where a store of these objects goes on: beyond all versions of the life before, told or not. */
  get revision(): number {
    const { value } = this.#database.prepare("SELECT value FROM revision").get() as {
      value: number;
    };
    return value === 1 ? 1 : value + limits.revisionsSkippedAtRestart;
  }

  /** Puts what was kept into an empty store, made with `revision`, and keeps what changes from now on. */
  attach(store: ObjectStore): void {
    const rows = this.#database
      .prepare("SELECT object FROM objects ORDER BY resource = ? DESC, resource, key")
      .all(definitions) as unknown as { object: string }[];
    const objects = rows.map(({ object }) => JSON.parse(object) as KubeObject);
    for (const object of objects) {
      if (object.kind !== "CustomResourceDefinition") continue;
      const kind = kindOfDefinition(object as unknown as CustomResourceDefinition);
      if (store.kinds.get(kind.resource) === undefined) store.kinds.add(kind);
    }
    // Of a kind whose definition is gone nothing can be read.
    store.restore(
      objects.filter(
        ({ apiVersion, kind }) => store.kinds.ofObject(apiVersion, kind) !== undefined,
      ),
    );
    this.#revision = store.revision;
    this.#stops.push(
      store.subscribe(({ type, resource, object, revision }) => {
        this.#revision = revision;
        if (forgotten.has(resource)) return;
        const { namespace, name } = object.metadata;
        const key = namespace === undefined ? name : `${namespace}/${name}`;
        const kept = type === "DELETED" ? null : object;
        this.#changed.set(`${resource} ${key}`, { resource, key, object: kept });
        if (this.#planned) return;
        this.#planned = true;
        // It runs before whatever the change resolves.
        queueMicrotask(() => this.#flush());
      }),
    );
  }

  /** Writes what is left. */
  close(): void {
    for (const stop of this.#stops) stop();
    this.#flush();
    this.#database.close();
  }

  #flush(): void {
    this.#planned = false;
    if (this.#changed.size === 0) return;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      for (const { resource, key, object } of this.#changed.values()) {
        if (object === null) this.#remove.run(resource, key);
        else this.#put.run(resource, key, JSON.stringify(object));
      }
      this.#place.run(this.#revision);
      this.#database.exec("COMMIT");
      this.#changed.clear();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      // They stay to be written with the next change.
      this.#onUnexpected(error, "cluster database");
    }
  }
}
