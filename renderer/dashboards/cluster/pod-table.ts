/**
 * Ten thousand pods outside of React: answers change rows, and only what looks at a changed row is
 * drawn anew.
 */
import type { PodsAnswer } from "../../../workers/microservices/contract.ts";
import { type CellValue, filterRows } from "../../components/table-filter.ts";

export interface PodRow {
  /** "namespace/name" */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly status: string;
  readonly ready: number;
  readonly containers: number;
  readonly restarts: number;
  readonly createdAt: number;
  readonly owner: string;
  readonly image: string;
  readonly ip: string;
}

export interface PodUsage {
  readonly cpuMillicores: number | null;
  readonly memoryBytes: number | null;
}

export interface PodColumn {
  readonly id: string;
  readonly header: string;
  readonly width: string;
  readonly numeric?: boolean;
}

export const podColumns = [
  { id: "namespace", header: "Namespace", width: "100px" },
  { id: "name", header: "Pod", width: "auto" },
  { id: "ready", header: "Ready", width: "60px" },
  { id: "status", header: "Status", width: "152px" },
  { id: "restarts", header: "Restarts", width: "80px", numeric: true },
  { id: "cpu", header: "CPU", width: "60px", numeric: true },
  { id: "memory", header: "Memory", width: "84px", numeric: true },
  { id: "age", header: "Age", width: "56px", numeric: true },
  { id: "node", header: "Node", width: "92px" },
  { id: "ip", header: "IP", width: "112px" },
  { id: "image", header: "Image", width: "120px" },
] as const satisfies readonly PodColumn[];
export type PodColumnId = (typeof podColumns)[number]["id"];

export interface PodView {
  readonly filter: string;
  /** null: all of them. */
  readonly namespace: string | null;
  readonly sort: PodColumnId;
  readonly descending: boolean;
}

const nothing: readonly string[] = [];

export class PodTable {
  readonly #rows = new Map<string, PodRow>();
  #usage: ReadonlyMap<string, PodUsage> = new Map();
  readonly #listeners = new Set<() => void>();
  #revision: number | undefined;
  #usageAt: number | undefined;
  readonly #versions = { members: 0, values: 0, usage: 0 };
  #namespaces: readonly string[] = nothing;
  #seen: { readonly view: PodView; version: string; keys: readonly string[] } | null = null;

  /** What the next question is to say. */
  get since(): { readonly since?: number; readonly usageSince?: number } {
    return {
      ...(this.#revision !== undefined && { since: this.#revision }),
      ...(this.#usageAt !== undefined && { usageSince: this.#usageAt }),
    };
  }

  get loaded(): boolean {
    return this.#revision !== undefined;
  }

  get size(): number {
    return this.#rows.size;
  }

  get namespaces(): readonly string[] {
    return this.#namespaces;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  row(key: string): PodRow | undefined {
    return this.#rows.get(key);
  }

  rows(): Iterable<PodRow> {
    return this.#rows.values();
  }

  usage(key: string): PodUsage | undefined {
    return this.#usage.get(key);
  }

  apply({ full, revision, pods, removed, usage }: PodsAnswer): void {
    this.#revision = revision;
    const before = this.#rows.size;
    // Of a whole answer any row may be a new one.
    let joined = full || removed.length > 0;
    if (full) this.#rows.clear();
    for (const key of removed) this.#rows.delete(key);
    for (const [index, name] of pods.name.entries()) {
      const namespace = pods.namespace[index]!;
      const key = `${namespace}/${name}`;
      joined ||= !this.#rows.has(key);
      this.#rows.set(key, {
        key,
        namespace,
        name,
        node: pods.node[index]!,
        status: pods.status[index]!,
        ready: pods.ready[index]!,
        containers: pods.containers[index]!,
        restarts: pods.restarts[index]!,
        createdAt: pods.createdAt[index]!,
        owner: pods.owner[index]!,
        image: pods.image[index]!,
        ip: pods.ip[index]!,
      });
    }
    if (usage !== null) {
      this.#usageAt = usage.at;
      this.#usage = new Map(
        usage.key.map((key, index) => [
          key,
          {
            cpuMillicores: usage.cpuMillicores[index] ?? null,
            memoryBytes: usage.memoryBytes[index] ?? null,
          },
        ]),
      );
    }
    const changed = full || removed.length > 0 || pods.name.length > 0;
    if (!changed && usage === null && before === this.#rows.size) return;
    if (changed) this.#noteNamespaces();
    if (joined) this.#versions.members += 1;
    if (changed) this.#versions.values += 1;
    if (usage !== null) this.#versions.usage += 1;
    for (const listener of this.#listeners) listener();
  }

  /** Keys of the rows to show; the same array for as long as nothing in it moves. */
  keys(view: PodView): readonly string[] {
    const seen = this.#seen;
    const version = this.#versionOf(view);
    if (seen !== null && seen.version === version && sameView(seen.view, view)) {
      return seen.keys;
    }
    const fresh = this.#ordered(view);
    const old = seen?.keys ?? nothing;
    const isSame = old.length === fresh.length && fresh.every((key, index) => key === old[index]);
    const keys = isSame ? old : fresh;
    this.#seen = { view, version, keys };
    return keys;
  }

  /** Of what decides about the order: a reading moves no row in a list that is sorted by name. */
  #versionOf({ filter, sort }: PodView): string {
    const { members, values, usage } = this.#versions;
    const isFiltered = filter !== "";
    const onUsage = isFiltered || sort === "cpu" || sort === "memory";
    const onValues = isFiltered || (sort !== "name" && sort !== "namespace");
    return `${members} ${onValues ? values : ""} ${onUsage ? usage : ""}`;
  }

  value(row: PodRow, column: PodColumnId): CellValue {
    switch (column) {
      case "cpu":
        return this.#usage.get(row.key)?.cpuMillicores ?? null;
      case "memory":
        return this.#usage.get(row.key)?.memoryBytes ?? null;
      case "age":
        return row.createdAt;
      case "ready":
        return `${row.ready}/${row.containers}`;
      default:
        return row[column];
    }
  }

  #ordered({ filter, namespace, sort, descending }: PodView): readonly string[] {
    const all = [...this.#rows.values()];
    const inSpace = namespace === null ? all : all.filter((row) => row.namespace === namespace);
    const columns = podColumns.map(({ id }) => ({
      id,
      value: (row: PodRow) => this.value(row, id),
    }));
    const owner = { id: "owner", value: (row: PodRow) => row.owner };
    const shown = filterRows(inSpace, [...columns, owner], filter);
    // Each value is looked up once, and the key decides between equals.
    const decorated = shown.map((row) => ({ key: row.key, value: this.value(row, sort) }));
    const sign = descending ? -1 : 1;
    decorated.sort(
      (left, right) => sign * compare(left.value, right.value) || compare(left.key, right.key),
    );
    return decorated.map(({ key }) => key);
  }

  #noteNamespaces(): void {
    const found = new Set<string>();
    for (const { namespace } of this.#rows.values()) found.add(namespace);
    const sorted = [...found].toSorted((left, right) => compare(left, right));
    if (sorted.join() !== this.#namespaces.join()) this.#namespaces = sorted;
  }
}

/** Without a reading comes last. */
function compare(left: CellValue, right: CellValue): number {
  if (left === right) return 0;
  if (left === null) return 1;
  if (right === null) return -1;
  return left < right ? -1 : 1;
}

const sameView = (left: PodView, right: PodView): boolean =>
  left.filter === right.filter &&
  left.namespace === right.namespace &&
  left.sort === right.sort &&
  left.descending === right.descending;
