/** Workspaces with their versions, compilations, and which contract stands at which address. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { CompilerSettings, Hex, Sources } from "../artefact.ts";
import type { CompilationSummary } from "../compiler/summary.ts";
import { storeLimits } from "../limits.ts";

export interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  /** Of its newest version, from 1. */
  readonly version: number;
  readonly createdAt: number;
  readonly savedAt: number;
}

export interface WorkspaceContent {
  readonly version: number;
  readonly savedAt: number;
  readonly sources: Sources;
  readonly settings: CompilerSettings;
}

export const codeMatches = ["exact", "without metadata", "none"] as const;

export interface Deployment {
  readonly chain: number;
  readonly address: Hex;
  readonly compilation: Hex;
  /** file:name. */
  readonly contract: string;
  /** Of the constructor, encoded. */
  readonly arguments: Hex;
  readonly transactionHash: Hex | null;
  readonly match: (typeof codeMatches)[number];
  readonly notedAt: number;
}

/** A limit of the store, or a name that is taken. */
export class StoreRefused extends Error {
  override readonly name = "StoreRefused";
}

interface VersionRow {
  readonly version: number;
  readonly saved_at: number;
  readonly sources: string;
  readonly settings: string;
}

const workspaceColumns = `id, name, version, created_at AS createdAt, saved_at AS savedAt`;

export class WorkshopStore {
  readonly #database: DatabaseSync;
  /** Grows with each use, and tells what was not used for longest. */
  #uses: number;

  constructor(database: DatabaseSync) {
    this.#database = database;
    const row = this.#one("SELECT coalesce(max(used), 0) AS used FROM compilations");
    this.#uses = (row as { used: number }).used;
  }

  workspaces(): WorkspaceRow[] {
    const sql = `SELECT ${workspaceColumns} FROM workspaces ORDER BY saved_at DESC, name`;
    return this.#all(sql) as unknown as WorkspaceRow[];
  }

  workspace(id: string): WorkspaceRow | undefined {
    const sql = `SELECT ${workspaceColumns} FROM workspaces WHERE id = ?`;
    return this.#one(sql, id) as WorkspaceRow | undefined;
  }

  /** @param version the newest when left out */
  content(id: string, version?: number): WorkspaceContent | undefined {
    const row = this.#one(
      `SELECT version, saved_at, sources, settings FROM versions
        WHERE workspace = ? AND (version = ? OR ? IS NULL) ORDER BY version DESC LIMIT 1`,
      id,
      version ?? null,
      version ?? null,
    ) as VersionRow | undefined;
    if (row === undefined) return undefined;
    return {
      version: row.version,
      savedAt: row.saved_at,
      sources: JSON.parse(row.sources) as Sources,
      settings: JSON.parse(row.settings) as CompilerSettings,
    };
  }

  /** The numbers of the versions that are kept, the newest first. */
  versions(id: string): { version: number; savedAt: number }[] {
    return this.#all(
      `SELECT version, saved_at AS savedAt FROM versions WHERE workspace = ? ORDER BY version DESC`,
      id,
    ) as unknown as { version: number; savedAt: number }[];
  }

  /** @throws StoreRefused when the name is taken or there are too many */
  createWorkspace(
    id: string,
    name: string,
    content: Pick<WorkspaceContent, "sources" | "settings">,
    nowMs: number,
  ): WorkspaceRow {
    const { count } = this.#one("SELECT count(*) AS count FROM workspaces") as { count: number };
    if (count >= storeLimits.workspacesMax) {
      throw new StoreRefused(`There are ${count} workspaces already.`);
    }
    if (this.#one("SELECT 1 FROM workspaces WHERE name = ?", name) !== undefined) {
      throw new StoreRefused(`There is a workspace ${JSON.stringify(name)} already.`);
    }
    this.#run("INSERT INTO workspaces VALUES (?, ?, 0, ?, ?)", id, name, nowMs, nowMs);
    return this.#addVersion(id, content, nowMs);
  }

  /**
   * undefined where there is no such workspace.
   * @throws StoreRefused when a new name is taken
   */
  saveWorkspace(
    id: string,
    content: Pick<WorkspaceContent, "sources" | "settings"> & {
      readonly name?: string | undefined;
    },
    nowMs: number,
  ): WorkspaceRow | undefined {
    if (this.workspace(id) === undefined) return undefined;
    const { name } = content;
    if (name !== undefined) {
      const other = this.#one("SELECT 1 FROM workspaces WHERE name = ? AND id <> ?", name, id);
      if (other !== undefined) {
        throw new StoreRefused(`There is a workspace ${JSON.stringify(name)} already.`);
      }
      this.#run("UPDATE workspaces SET name = ? WHERE id = ?", name, id);
    }
    return this.#addVersion(id, content, nowMs);
  }

  /** @returns whether there was one */
  deleteWorkspace(id: string): boolean {
    return this.#run("DELETE FROM workspaces WHERE id = ?", id) > 0;
  }

  #addVersion(
    id: string,
    { sources, settings }: Pick<WorkspaceContent, "sources" | "settings">,
    nowMs: number,
  ): WorkspaceRow {
    this.#run("UPDATE workspaces SET version = version + 1, saved_at = ? WHERE id = ?", nowMs, id);
    const row = this.workspace(id) as WorkspaceRow;
    this.#run(
      "INSERT INTO versions VALUES (?, ?, ?, ?, ?)",
      id,
      row.version,
      JSON.stringify(sources),
      JSON.stringify(settings),
      nowMs,
    );
    const oldest = row.version - storeLimits.versionsPerWorkspaceMax;
    this.#run("DELETE FROM versions WHERE workspace = ? AND version <= ?", id, oldest);
    return row;
  }

  /** Stores a compilation, or notes that it was made again. */
  putCompilation(summary: CompilationSummary, json: string, nowMs: number): void {
    this.#uses += 1;
    this.#run(
      `INSERT INTO compilations VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET used = excluded.used, compiled_at = excluded.compiled_at`,
      summary.id,
      JSON.stringify(summary),
      json,
      nowMs,
      this.#uses,
    );
    this.#run(
      `DELETE FROM compilations WHERE id NOT IN (SELECT compilation FROM deployments)
        AND id NOT IN (SELECT id FROM compilations ORDER BY used DESC LIMIT ?)`,
      storeLimits.compilationsMax,
    );
  }

  /** The whole as text, and noted as used. */
  compilationJson(id: string): string | undefined {
    const row = this.#one("SELECT data FROM compilations WHERE id = ?", id);
    if (row === undefined) return undefined;
    this.#uses += 1;
    this.#run("UPDATE compilations SET used = ? WHERE id = ?", this.#uses, id);
    return (row as { data: string }).data;
  }

  summary(id: string): (CompilationSummary & { compiledAt: number }) | undefined {
    const row = this.#one("SELECT summary, compiled_at FROM compilations WHERE id = ?", id);
    return row === undefined ? undefined : summaryOfRow(row);
  }

  /** The newest first. */
  summaries(limit: number): (CompilationSummary & { compiledAt: number })[] {
    const sql = "SELECT summary, compiled_at FROM compilations ORDER BY used DESC LIMIT ?";
    return this.#all(sql, limit).map(summaryOfRow);
  }

  /** Compilations that have contracts: those of deployments, then the newest. */
  searched(limit: number): string[] {
    const rows = this.#all(
      `SELECT id FROM compilations WHERE summary NOT LIKE '%"contracts":[]}' ORDER BY
        (id IN (SELECT compilation FROM deployments)) DESC, used DESC LIMIT ?`,
      limit,
    );
    return rows.map(({ id }) => id as string);
  }

  deployments(chain: number): Deployment[] {
    return this.#all(
      `SELECT chain, address, compilation, contract, arguments, transaction_hash AS transactionHash,
        match, noted_at AS notedAt FROM deployments WHERE chain = ? ORDER BY noted_at DESC, address`,
      chain,
    ) as unknown as Deployment[];
  }

  deployment(chain: number, address: string): Deployment | undefined {
    return this.deployments(chain).find((one) => one.address === address.toLowerCase());
  }

  /** @throws StoreRefused when there are too many */
  putDeployment(deployment: Deployment): void {
    const { count } = this.#one("SELECT count(*) AS count FROM deployments") as { count: number };
    if (count >= storeLimits.deploymentsMax) {
      throw new StoreRefused(`${count} deployments are noted already.`);
    }
    const { chain, address, compilation, contract, transactionHash, match, notedAt } = deployment;
    this.#run(
      "INSERT OR REPLACE INTO deployments VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      chain,
      address.toLowerCase(),
      compilation,
      contract,
      deployment.arguments,
      transactionHash,
      match,
      notedAt,
    );
  }

  /** @returns whether there was one */
  deleteDeployment(chain: number, address: string): boolean {
    const sql = "DELETE FROM deployments WHERE chain = ? AND address = ?";
    return this.#run(sql, chain, address.toLowerCase()) > 0;
  }

  close(): void {
    this.#database.close();
  }

  #one(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | undefined {
    return this.#database.prepare(sql).get(...values);
  }

  #all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.#database.prepare(sql).all(...values);
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes);
  }
}

function summaryOfRow(row: Record<string, unknown>): CompilationSummary & { compiledAt: number } {
  const summary = JSON.parse(row["summary"] as string) as CompilationSummary;
  return { ...summary, compiledAt: row["compiled_at"] as number };
}
