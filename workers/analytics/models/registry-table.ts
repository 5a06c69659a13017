/** Models, versions, aliases and deletions in one database; the files lie beside it. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { openDatabase } from "../../service/database.ts";
import type { Lineage } from "../contract-registry.ts";
import type { AliasTarget } from "../core/serving/alias-target.ts";
import type { Reference } from "../core/serving/model-monitor.ts";
import type { Inspection } from "./model-orders.ts";

const schema = `
  CREATE TABLE models (
    name TEXT PRIMARY KEY, description TEXT NOT NULL, created_at REAL NOT NULL,
    changed_at REAL NOT NULL, next_version INTEGER NOT NULL, deletion TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE versions (
    model TEXT NOT NULL REFERENCES models (name) ON DELETE CASCADE, version INTEGER NOT NULL,
    created_at REAL NOT NULL, description TEXT NOT NULL, tags TEXT NOT NULL, labels TEXT NOT NULL,
    lineage TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, loaded INTEGER NOT NULL,
    inspection TEXT NOT NULL, reference TEXT, reference_source TEXT, deletion TEXT,
    PRIMARY KEY (model, version)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE aliases (
    model TEXT NOT NULL REFERENCES models (name) ON DELETE CASCADE, alias TEXT NOT NULL,
    targets TEXT NOT NULL, shadow INTEGER, changed_at REAL NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (model, alias)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE deletions (
    id TEXT PRIMARY KEY, at REAL NOT NULL, model TEXT NOT NULL, whole INTEGER NOT NULL,
    versions TEXT NOT NULL, aliases TEXT NOT NULL, bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export interface ModelRow {
  readonly name: string;
  readonly description: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly nextVersion: number;
  readonly deletion: string | null;
}

export type ReferenceSource = "training" | "first requests" | "chosen requests";

export interface VersionRow {
  readonly model: string;
  readonly version: number;
  readonly createdAt: number;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly labels: readonly string[];
  readonly lineage: Lineage;
  readonly sha256: string;
  readonly bytes: number;
  readonly loaded: boolean;
  readonly inspection: Inspection;
  readonly referenceSource: ReferenceSource | null;
  readonly deletion: string | null;
}

export interface AliasRow {
  readonly model: string;
  readonly alias: string;
  readonly targets: readonly AliasTarget[];
  readonly shadow: number | null;
  readonly changedAt: number;
  readonly revision: number;
}

export interface DeletionRow {
  readonly id: string;
  readonly at: number;
  readonly model: string;
  readonly whole: boolean;
  readonly versions: readonly number[];
  readonly aliases: readonly AliasRow[];
  readonly bytes: number;
}

type Columns = Record<string, SQLInputValue>;

export class RegistryTable {
  readonly #database: DatabaseSync;

  /** As `openDatabase`: in memory without a home, StartError when the file cannot be used. */
  constructor(home: string | null, nowMs: number) {
    this.#database = openDatabase(
      {
        fileName: "models.db",
        title: "model registry",
        schemaVersion: 1,
        schema,
        synchronous: "FULL",
      },
      home,
      nowMs,
    );
    this.#database.exec("PRAGMA foreign_keys = ON");
  }

  close(): void {
    this.#database.close();
  }

  /** All of it or nothing. */
  together(work: () => void): void {
    this.#database.exec("BEGIN");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  models(): ModelRow[] {
    return this.#all(
      `SELECT name, description, created_at AS createdAt, changed_at AS changedAt,
         next_version AS nextVersion, deletion FROM models`,
    ) as unknown as ModelRow[];
  }

  versions(): VersionRow[] {
    const rows = this.#all(
      `SELECT model, version, created_at AS createdAt, description, tags, labels, lineage, sha256,
         bytes, loaded, inspection, reference_source AS referenceSource, deletion FROM versions
       ORDER BY model, version`,
    );
    return rows.map((row) => ({
      ...(row as unknown as VersionRow),
      tags: parse(row["tags"]) as VersionRow["tags"],
      labels: parse(row["labels"]) as VersionRow["labels"],
      lineage: parse(row["lineage"]) as Lineage,
      inspection: parse(row["inspection"]) as Inspection,
      loaded: row["loaded"] === 1,
    }));
  }

  aliases(): AliasRow[] {
    const rows = this.#all(
      `SELECT model, alias, targets, shadow, changed_at AS changedAt, revision FROM aliases
       ORDER BY model, alias`,
    );
    return rows.map((row) => ({
      ...(row as unknown as AliasRow),
      targets: parse(row["targets"]) as AliasRow["targets"],
    }));
  }

  deletions(): DeletionRow[] {
    const rows = this.#all("SELECT * FROM deletions ORDER BY at");
    return rows.map((row) => ({
      ...(row as unknown as DeletionRow),
      whole: row["whole"] === 1,
      versions: parse(row["versions"]) as number[],
      aliases: parse(row["aliases"]) as AliasRow[],
    }));
  }

  reference(model: string, version: number): Reference | null {
    const row = this.#database
      .prepare("SELECT reference FROM versions WHERE model = ? AND version = ?")
      .get(model, version);
    return row === undefined || row["reference"] === null
      ? null
      : (parse(row["reference"]) as Reference);
  }

  saveReference(
    { model, version }: Pick<VersionRow, "model" | "version">,
    reference: Reference,
    source: ReferenceSource,
  ): void {
    this.#run(
      `UPDATE versions SET reference = ?, reference_source = ? WHERE model = ? AND version = ?`,
      [JSON.stringify(reference), source, model, version],
    );
  }

  putModel(row: ModelRow): void {
    this.#run(
      `INSERT INTO models VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET
         description = excluded.description, changed_at = excluded.changed_at,
         next_version = excluded.next_version, deletion = excluded.deletion`,
      [row.name, row.description, row.createdAt, row.changedAt, row.nextVersion, row.deletion],
    );
  }

  /** Keeps the reference of a version that is there. */
  putVersion(row: VersionRow): void {
    this.#run(
      `INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)
       ON CONFLICT (model, version) DO UPDATE SET description = excluded.description,
         tags = excluded.tags, labels = excluded.labels, loaded = excluded.loaded,
         deletion = excluded.deletion`,
      [
        row.model,
        row.version,
        row.createdAt,
        row.description,
        JSON.stringify(row.tags),
        JSON.stringify(row.labels),
        JSON.stringify(row.lineage),
        row.sha256,
        row.bytes,
        Number(row.loaded),
        JSON.stringify(row.inspection),
        row.deletion,
      ],
    );
  }

  putAlias(row: AliasRow): void {
    this.#run(`INSERT OR REPLACE INTO aliases VALUES (?, ?, ?, ?, ?, ?)`, [
      row.model,
      row.alias,
      JSON.stringify(row.targets),
      row.shadow,
      row.changedAt,
      row.revision,
    ]);
  }

  removeAlias({ model, alias }: Pick<AliasRow, "model" | "alias">): void {
    this.#run("DELETE FROM aliases WHERE model = ? AND alias = ?", [model, alias]);
  }

  putDeletion(row: DeletionRow): void {
    this.#run("INSERT INTO deletions VALUES (?, ?, ?, ?, ?, ?, ?)", [
      row.id,
      row.at,
      row.model,
      Number(row.whole),
      JSON.stringify(row.versions),
      JSON.stringify(row.aliases),
      row.bytes,
    ]);
  }

  /** For good, or because what it deleted is back. */
  forgetDeletion(id: string): void {
    this.#run("DELETE FROM deletions WHERE id = ?", [id]);
  }

  /** Whatever a deletion has marked, for good. */
  purge(id: string): void {
    this.#run("DELETE FROM versions WHERE deletion = ?", [id]);
    this.#run("DELETE FROM models WHERE deletion = ?", [id]);
  }

  #all(sql: string): Columns[] {
    return this.#database.prepare(sql).all();
  }

  #run(sql: string, values: SQLInputValue[]): void {
    this.#database.prepare(sql).run(...values);
  }
}

function parse(text: SQLInputValue | undefined): unknown {
  return JSON.parse(text as string);
}
