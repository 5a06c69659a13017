/**
 * Server-side apply and the ownership of fields: sigs.k8s.io/structured-merge-diff merge/update.go with
 * k8s.io/apimachinery pkg/util/managedfields.
 */
import {
  compareObjects,
  difference,
  equalSets,
  type FieldPath,
  type FieldSet,
  fieldSetOf,
  intersection,
  pathText,
  removePath,
  union,
} from "./field-sets.ts";
import { cloneJson, isObject, type Json, type JsonObject, objectAt } from "./json.ts";
import {
  capManagers,
  isReset,
  isSameManager,
  type Manager,
  putManager,
  readManagers,
  writeManagers,
} from "./managed-fields.ts";
import type { TypeName } from "./schema.ts";
import { mergeTyped } from "./typed-merge.ts";

export interface Conflict {
  /** The manager that owns the field. */
  readonly manager: string;
  /** As Kubernetes writes it: `.spec.replicas`. */
  readonly path: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
}

interface Write {
  readonly manager: string;
  /** "" for the object itself, or "status", "scale". */
  readonly subresource: string;
  /** RFC 3339, in seconds. */
  readonly nowIso: string;
  readonly apiVersion: string;
  /** null: a custom resource; its lists are atomic. */
  readonly type: TypeName | null;
}

export interface Apply extends Write {
  /** null: the object is created. */
  readonly live: JsonObject | null;
  readonly applied: JsonObject;
  readonly force: boolean;
}

/**
 * The object after an apply, with managedFields. Conflicts, none if `force`: then the object is the live
 * one still, and the caller answers 409 with `conflictMessage`. Throws an Error with a sentence for an
 * applied object whose lists lack their keys or name one twice.
 */
export function applyPatch({ live, applied, force, ...write }: Apply): {
  object: JsonObject;
  conflicts: Conflict[];
} {
  const { type, nowIso } = write;
  if (objectAt(applied, "metadata")?.["managedFields"] !== undefined) {
    throw new Error("metadata.managedFields must be nil");
  }
  const before = live ?? {};
  const config = withinReach(withoutNulls(applied) as JsonObject, write);
  const self = { name: write.manager, operation: "Apply", ...where(write) } as const;
  const managers = live === null ? [] : readManagers(live);
  const lastSet = managers.find((manager) => isSameManager(manager, self))?.fields ?? new Map();
  const fields = reachOf(fieldSetOf(config, type), write);
  const others = managers.filter((manager) => !isSameManager(manager, self));
  const object = mergeTyped(withoutManagedFields(before), config, type);
  prune(object, difference(lastSet, fields), [fields, ...others.map((manager) => manager.fields)]);
  const { changed, removed } = compareObjects(withoutManagedFields(before), object, type);
  const conflicts = others.flatMap((manager) => conflictsWith(manager, changed));
  if (conflicts.length > 0 && !force) return { object: before, conflicts };
  const kept = managers.map((manager) =>
    isSameManager(manager, self) ? manager : losing(manager, union(changed, removed)),
  );
  const next = putManager(kept, { ...self, fields }, nowIso);
  return { object: writeManagers(object, next), conflicts: [] };
}

export interface Update extends Write {
  /** null: the object is created. */
  readonly before: JsonObject | null;
  readonly after: JsonObject;
}

/** `after` with managedFields in which the manager owns what the write changed, and nobody else does. */
export function trackUpdate({ before, after, ...write }: Update): JsonObject {
  if (isReset(after)) return writeManagers(after, []);
  const given = readManagers(after);
  const managers = given.length > 0 || before === null ? given : readManagers(before);
  const self = { name: write.manager, operation: "Update", ...where(write) } as const;
  const { changed, removed } = compareObjects(
    withoutManagedFields(before ?? {}),
    withoutManagedFields(after),
    write.type,
  );
  const mine = managers.find((manager) => isSameManager(manager, self))?.fields ?? new Map();
  const fields = union(difference(mine, removed), reachOf(changed, write));
  const kept = managers.map((manager) =>
    isSameManager(manager, self) ? manager : losing(manager, union(changed, removed)),
  );
  return writeManagers(after, capManagers(putManager(kept, { ...self, fields }, write.nowIso)));
}

/** The object without its managedFields; the rest is shared with it. */
export function withoutManagedFields(object: JsonObject): JsonObject {
  const metadata = objectAt(object, "metadata");
  if (metadata?.["managedFields"] === undefined) return object;
  const { managedFields: _managedFields, ...rest } = metadata;
  return { ...object, metadata: rest };
}

/** kubectl shows this: `Apply failed with 1 conflict: conflict with "x" using apps/v1: .spec.replicas`. */
export function conflictMessage(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${managerText(first)}: ${first.path}`;
  }
  const groups = Map.groupBy(conflicts, managerText);
  const lines = [...groups].flatMap(([manager, members]) => [
    `conflicts with ${manager}:`,
    ...members.map(({ path }) => `- ${path}`),
  ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}

function managerText({ manager, operation, apiVersion, subresource }: Conflict): string {
  const through = subresource === "" ? "" : ` with subresource "${subresource}"`;
  return `"${manager}"${through}${operation === "Update" ? ` using ${apiVersion}` : ""}`;
}

function where({ apiVersion, subresource }: Write): { apiVersion: string; subresource: string } {
  return { apiVersion, subresource };
}

function conflictsWith(manager: Manager, changed: FieldSet): Conflict[] {
  const { name, operation, apiVersion, subresource } = manager;
  return [...intersection(manager.fields, changed).values()].map((path) => ({
    manager: name,
    path: pathText(path),
    operation,
    apiVersion,
    subresource,
  }));
}

function losing(manager: Manager, lost: FieldSet): Manager {
  const fields = difference(manager.fields, lost);
  return equalSets(fields, manager.fields) ? manager : { ...manager, fields };
}

/** Fields once applied and no longer, that nobody else owns, go; with all that is in them. */
function prune(object: JsonObject, dropped: FieldSet, owned: readonly FieldSet[]): void {
  const prefixes = new Set<string>();
  for (const set of owned) {
    for (const path of set.values()) {
      for (let length = 1; length <= path.length; length++) {
        prefixes.add(JSON.stringify(path.slice(0, length)));
      }
    }
  }
  // A container that somebody's field is in stays; any other goes with all of its parts.
  const paths = [...dropped].toSorted(([, left], [, right]) => left.length - right.length);
  for (const [key, path] of paths) if (!prefixes.has(key)) removePath(object, path);
}

/** A write reaches the status through its subresource alone, and that reaches nothing else. */
function isWithinReach(path: FieldPath, { subresource, type }: Write): boolean {
  const isStatus = path[0] === "f:status";
  if (subresource === "status") return isStatus;
  if (subresource === "scale") return path[0] === "f:spec" && path[1] === "f:replicas";
  return type === null || !isStatus;
}

function reachOf(set: FieldSet, write: Write): FieldSet {
  return new Map([...set].filter(([, path]) => isWithinReach(path, write)));
}

function withinReach(applied: JsonObject, write: Write): JsonObject {
  const { apiVersion, kind, metadata, ...rest } = applied;
  const parts = Object.entries(rest).filter(
    ([name]) => write.subresource === "scale" || isWithinReach([`f:${name}`], write),
  );
  const identity: [string, Json | undefined][] = [
    ["apiVersion", apiVersion],
    ["kind", kind],
    ["metadata", write.subresource === "" ? metadata : undefined],
  ];
  return Object.fromEntries(
    [...identity, ...parts].filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}

/** A null in an applied object is an absence. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return cloneJson(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member)]),
  );
}
