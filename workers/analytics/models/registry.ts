/** Named models with numbered versions that never change, and aliases that are moved between them. */
import { randomUUID } from "node:crypto";
import type { AliasTarget } from "../core/serving/alias-target.ts";
import type { Reference } from "../core/serving/model-monitor.ts";
import { analyticsProblem } from "../errors.ts";
import { type ModelFiles, sha256Of } from "./model-files.ts";
import type { Inspection } from "./model-orders.ts";
import { registryLimits } from "./models-limits.ts";
import {
  full,
  type NewVersion,
  refuseWhenFull,
  type Resolved,
  servedAlias,
  type VersionChange,
  withoutVersion,
} from "./registry-rules.ts";
import type {
  AliasRow,
  DeletionRow,
  ModelRow,
  ReferenceSource,
  RegistryTable,
  VersionRow,
} from "./registry-table.ts";

interface RegistryHost {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Reads and tries a file. @throws MODEL_REFUSED */
  inspect(bytes: Uint8Array): Promise<Inspection>;
}

export class ModelRegistry {
  readonly #table: RegistryTable;
  readonly #files: ModelFiles;
  readonly #host: RegistryHost;
  #models = new Map<string, ModelRow>();
  #versions = new Map<string, VersionRow[]>();
  #aliases = new Map<string, AliasRow[]>();
  #deletions: DeletionRow[] = [];
  #loadedFiles: readonly string[] = [];
  /** Files on their way in, which no row names yet. */
  #arriving = 0;

  constructor(table: RegistryTable, files: ModelFiles, host: RegistryHost) {
    this.#table = table;
    this.#files = files;
    this.#host = host;
    this.#read();
  }

  #read(): void {
    this.#models = new Map(this.#table.models().map((row) => [row.name, row]));
    this.#versions = Map.groupBy(this.#table.versions(), ({ model }) => model);
    this.#aliases = Map.groupBy(this.#table.aliases(), ({ model }) => model);
    this.#deletions = this.#table.deletions();
    const loaded = this.models().flatMap(({ name }) => this.versions(name));
    this.#loadedFiles = loaded.filter((row) => row.loaded).map(({ sha256 }) => sha256);
  }

  /** SHA-256 of the files that are served. */
  get loadedFiles(): readonly string[] {
    return this.#loadedFiles;
  }

  /** By name. */
  models(): ModelRow[] {
    return [...this.#models.values()]
      .filter(({ deletion }) => deletion === null)
      .toSorted((a, b) => a.name.localeCompare(b.name));
  }

  /** @throws MODEL_UNKNOWN */
  model(name: string): ModelRow {
    const row = this.#models.get(name);
    if (row === undefined || row.deletion !== null) {
      throw analyticsProblem("MODEL_UNKNOWN", `There is no model "${name}".`);
    }
    return row;
  }

  /** Newest first. */
  versions(name: string): VersionRow[] {
    const rows = this.#versions.get(name) ?? [];
    return rows.filter(({ deletion }) => deletion === null).toReversed();
  }

  aliases(name: string): readonly AliasRow[] {
    return this.#aliases.get(name) ?? [];
  }

  /** Newest first, those that can still be undone. */
  deletions(): DeletionRow[] {
    const now = this.#host.now();
    return this.#deletions.filter(({ at }) => now - at < registryLimits.undoMs).toReversed();
  }

  /** Bytes of all files, each counted once, with those of deletions. */
  bytes(): number {
    const files = new Map<string, number>();
    for (const { sha256, bytes } of [...this.#versions.values()].flat()) files.set(sha256, bytes);
    return [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /**
   * @param choose picks one of an alias' targets
   * @param ref a number or an alias; the champion, or else the newest version, when left out
   * @throws MODEL_UNKNOWN, MODEL_VERSION_UNKNOWN
   */
  resolve(
    name: string,
    ref: string | undefined,
    choose: (targets: readonly AliasTarget[]) => number,
  ): Resolved {
    this.model(name);
    const versions = this.versions(name);
    const alias = this.aliases(name).find((each) => each.alias === (ref ?? servedAlias)) ?? null;
    const number =
      alias !== null
        ? choose(alias.targets)
        : ref === undefined
          ? versions[0]?.version
          : Number(ref);
    const row = versions.find(({ version }) => version === number);
    if (row === undefined) {
      const what = ref === undefined ? "no version" : `no version or alias "${ref}"`;
      throw analyticsProblem("MODEL_VERSION_UNKNOWN", `The model "${name}" has ${what}.`);
    }
    return { row, alias };
  }

  /**
   * Adds a version, and the model with its first one.
   * @throws MODEL_REFUSED, REGISTRY_FULL
   */
  async add(given: NewVersion): Promise<VersionRow> {
    this.#refuseWhenFull(given.name, given.bytes.length);
    this.#arriving += 1;
    try {
      return await this.#take(given);
    } finally {
      this.#arriving -= 1;
    }
  }

  async #take(given: NewVersion): Promise<VersionRow> {
    const sha256 = await sha256Of(given.bytes);
    const inspection = await this.#host.inspect(given.bytes);
    await this.#files.put(sha256, given.bytes);
    // Others may have been added meanwhile.
    this.#refuseWhenFull(given.name, 0);
    const now = this.#host.now();
    const model = this.#models.get(given.name);
    const version = model?.nextVersion ?? 1;
    const row: VersionRow = {
      model: given.name,
      version,
      createdAt: now,
      description: given.description ?? "",
      tags: given.tags ?? {},
      labels: given.labels ?? [],
      lineage: {
        job: null,
        dataset: null,
        datasetHash: null,
        note: "",
        metric: null,
        columns: [],
        ...(given.lineage ?? { kind: "upload" }),
      },
      sha256,
      bytes: given.bytes.length,
      loaded: true,
      inspection,
      referenceSource: null,
      deletion: null,
    };
    this.#table.together(() => {
      this.#table.putModel({
        name: given.name,
        description: model?.description ?? "",
        createdAt: model?.createdAt ?? now,
        changedAt: now,
        nextVersion: version + 1,
        deletion: null,
      });
      this.#table.putVersion(row);
      if (given.reference !== undefined) {
        this.#table.saveReference(row, given.reference, "training");
      }
    });
    this.#read();
    return this.#version(given.name, version);
  }

  /** @throws MODEL_FILE_LOST */
  async file(row: Pick<VersionRow, "sha256" | "model" | "version">): Promise<Uint8Array> {
    const bytes = await this.#files.get(row.sha256);
    if (bytes !== null) return bytes;
    throw analyticsProblem(
      "MODEL_FILE_LOST",
      `The file of "${row.model}" version ${row.version} (${row.sha256}) is not there, or is not what it was.`,
    );
  }

  reference(row: VersionRow): Reference | null {
    return this.#table.reference(row.model, row.version);
  }

  saveReference(row: VersionRow, reference: Reference, source: ReferenceSource): void {
    this.#table.saveReference(row, reference, source);
    this.#read();
  }

  /** @throws MODEL_UNKNOWN */
  describe(name: string, description: string): ModelRow {
    this.#table.putModel({ ...this.model(name), description, changedAt: this.#host.now() });
    this.#read();
    return this.model(name);
  }

  /** @throws MODEL_UNKNOWN, MODEL_VERSION_UNKNOWN */
  changeVersion(name: string, version: number, change: VersionChange): VersionRow {
    const known = this.#version(name, version);
    const row = {
      ...known,
      description: change.description ?? known.description,
      tags: change.tags ?? known.tags,
      labels: change.labels ?? known.labels,
      loaded: change.loaded ?? known.loaded,
    };
    this.#table.together(() => {
      this.#table.putVersion(row);
      this.#table.putModel({ ...this.model(name), changedAt: this.#host.now() });
    });
    this.#read();
    return this.#version(name, version);
  }

  /** @throws MODEL_UNKNOWN, MODEL_VERSION_UNKNOWN, MODEL_CONFLICT, REGISTRY_FULL */
  setAlias(
    wish: Pick<AliasRow, "model" | "alias" | "targets" | "shadow">,
    revision?: number,
  ): AliasRow {
    const { model, alias, targets, shadow } = wish;
    this.model(model);
    const known = this.aliases(model).find((each) => each.alias === alias);
    if (revision !== undefined && revision !== (known?.revision ?? 0)) {
      throw analyticsProblem(
        "MODEL_CONFLICT",
        `The alias "${alias}" has revision ${known?.revision ?? 0}, not ${revision}.`,
      );
    }
    for (const { version } of targets) this.#version(model, version);
    if (shadow !== null) this.#version(model, shadow);
    const distinct = new Set(targets.map(({ version }) => version));
    if (distinct.size !== targets.length || targets.every(({ weight }) => weight === 0)) {
      throw analyticsProblem(
        "MODEL_CONFLICT",
        "An alias needs different versions, and a weight above 0.",
      );
    }
    if (known === undefined && this.aliases(model).length >= registryLimits.aliasesPerModelMax) {
      throw full(`"${model}" has ${registryLimits.aliasesPerModelMax} aliases`);
    }
    const now = this.#host.now();
    const row = { ...wish, changedAt: now, revision: (known?.revision ?? 0) + 1 };
    this.#table.together(() => {
      this.#table.putAlias(row);
      this.#table.putModel({ ...this.model(model), changedAt: now });
    });
    this.#read();
    return row;
  }

  /** @throws MODEL_UNKNOWN, MODEL_VERSION_UNKNOWN */
  removeAlias(model: string, alias: string): AliasRow {
    this.model(model);
    const row = this.aliases(model).find((each) => each.alias === alias);
    if (row === undefined) {
      throw analyticsProblem("MODEL_VERSION_UNKNOWN", `"${model}" has no alias "${alias}".`);
    }
    this.#table.removeAlias(row);
    this.#read();
    return row;
  }

  /**
   * Deletes a model, or one version with the aliases that need it. The files stay until it can no
   * longer be undone.
   * @throws MODEL_UNKNOWN, MODEL_VERSION_UNKNOWN
   */
  remove(name: string, version?: number): DeletionRow {
    const model = this.model(name);
    const rows = version === undefined ? this.versions(name) : [this.#version(name, version)];
    const aliases = this.aliases(name).filter(
      ({ targets, shadow }) =>
        version === undefined ||
        shadow === version ||
        targets.some((target) => target.version === version),
    );
    const now = this.#host.now();
    const deletion: DeletionRow = {
      id: `deletion-${randomUUID()}`,
      at: now,
      model: name,
      whole: version === undefined,
      versions: rows.map((row) => row.version),
      aliases,
      bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
    };
    this.#table.together(() => {
      this.#table.putDeletion(deletion);
      for (const row of rows) this.#table.putVersion({ ...row, deletion: deletion.id });
      for (const alias of aliases) {
        this.#table.removeAlias(alias);
        const left = withoutVersion(alias, version);
        if (left !== null) this.#table.putAlias(left);
      }
      const mark = version === undefined ? deletion.id : null;
      this.#table.putModel({ ...model, changedAt: now, deletion: mark });
    });
    this.#read();
    return deletion;
  }

  /** Aliases that were set again meanwhile stay as they are. @throws DELETION_UNKNOWN */
  undo(id: string): DeletionRow {
    const deletion = this.deletions().find((each) => each.id === id);
    if (deletion === undefined) {
      throw analyticsProblem("DELETION_UNKNOWN", `There is no deletion "${id}" to undo.`);
    }
    const model = this.#models.get(deletion.model)!;
    this.#table.together(() => {
      this.#table.putModel({ ...model, changedAt: this.#host.now(), deletion: null });
      for (const row of this.#versions.get(deletion.model) ?? []) {
        if (row.deletion === id) this.#table.putVersion({ ...row, deletion: null });
      }
      for (const alias of deletion.aliases) {
        const own = this.aliases(deletion.model).find((each) => each.alias === alias.alias);
        const isLeftover = own !== undefined && own.revision === alias.revision;
        if (own === undefined || isLeftover) this.#table.putAlias(alias);
      }
      this.#table.forgetDeletion(id);
    });
    this.#read();
    return deletion;
  }

  /** Ends deletions that are old, or too many; their files are gone for good. */
  async purge(): Promise<void> {
    if (this.#arriving > 0) return;
    const now = this.#host.now();
    const before = this.#shas();
    const excess = this.#deletions.length - registryLimits.deletionsMax;
    const over = this.#deletions.filter(
      ({ at }, index) => now - at >= registryLimits.undoMs || index < excess,
    );
    if (over.length === 0) return;
    this.#table.together(() => {
      for (const { id } of over) {
        this.#table.purge(id);
        this.#table.forgetDeletion(id);
      }
    });
    this.#read();
    const after = this.#shas();
    for (const sha256 of before) if (!after.has(sha256)) await this.#files.remove(sha256);
  }

  close(): void {
    this.#table.close();
  }

  #shas(): Set<string> {
    return new Set([...this.#versions.values()].flat().map(({ sha256 }) => sha256));
  }

  #version(name: string, version: number): VersionRow {
    this.model(name);
    const row = this.versions(name).find((each) => each.version === version);
    if (row !== undefined) return row;
    throw analyticsProblem("MODEL_VERSION_UNKNOWN", `"${name}" has no version ${version}.`);
  }

  #refuseWhenFull(name: string, bytes: number): void {
    refuseWhenFull({
      name,
      bytes,
      models: this.#models.size,
      isNew: !this.#models.has(name),
      versions: (this.#versions.get(name) ?? []).length,
      held: this.bytes(),
    });
  }
}
