/** The entries of metadata.managedFields: k8s.io/apimachinery pkg/util/managedfields. */
import { decodeFields, encodeFields, equalSets, type FieldSet, union } from "./field-sets.ts";
import { isObject, type JsonObject, objectAt, objectsAt, stringAt } from "./json.ts";
import { machineryLimits } from "./limits.ts";

export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339; empty: unknown. */
  readonly time: string;
  readonly fields: FieldSet;
}

const ancientChanges = "ancient-changes";

export function isSameManager(
  left: Omit<Manager, "time" | "fields">,
  right: Omit<Manager, "time" | "fields">,
): boolean {
  return (
    left.name === right.name &&
    left.operation === right.operation &&
    left.apiVersion === right.apiVersion &&
    left.subresource === right.subresource
  );
}

/** Entries that cannot be read are left out, as Kubernetes drops all of them. */
export function readManagers(object: JsonObject): Manager[] {
  const metadata = objectAt(object, "metadata");
  try {
    return objectsAt(metadata, "managedFields").map((entry) => ({
      name: stringAt(entry, "manager") ?? "",
      operation: stringAt(entry, "operation") === "Apply" ? "Apply" : "Update",
      apiVersion: stringAt(entry, "apiVersion") ?? "",
      subresource: stringAt(entry, "subresource") ?? "",
      time: stringAt(entry, "time") ?? "",
      fields: decodeFields(objectAt(entry, "fieldsV1") ?? {}),
    }));
  } catch {
    return [];
  }
}

/** `managedFields: []` or `[{}]` asks for a fresh start. */
export function isReset(object: JsonObject): boolean {
  const entries = objectAt(object, "metadata")?.["managedFields"];
  if (!Array.isArray(entries)) return false;
  const [first] = entries;
  return (
    entries.length === 0 ||
    (entries.length === 1 && isObject(first) && Object.keys(first).length === 0)
  );
}

/** A manager whose set changed gets the time; one without fields goes. */
export function putManager(
  managers: readonly Manager[],
  manager: Omit<Manager, "time">,
  nowIso: string,
): Manager[] {
  const others = managers.filter((other) => !isSameManager(other, manager));
  const before = managers.find((other) => isSameManager(other, manager));
  if (manager.fields.size === 0) return others;
  const isSame = before !== undefined && equalSets(before.fields, manager.fields);
  return [...others, { ...manager, time: isSame ? before.time : nowIso }];
}

/** Above the limit the oldest updates become one entry of their API version. */
export function capManagers(managers: readonly Manager[]): Manager[] {
  const updates = managers
    .filter(({ operation }) => operation === "Update")
    .toSorted((left, right) => compare(left.time, right.time));
  const excess = updates.length - machineryLimits.updateManagersMax;
  if (excess <= 0) return [...managers];
  // One more than the excess: the bucket is a manager too.
  const oldest = new Set(updates.slice(0, excess + 1));
  const buckets = new Map<string, Manager>();
  for (const manager of oldest) {
    const bucket = buckets.get(manager.apiVersion);
    buckets.set(manager.apiVersion, {
      ...manager,
      name: ancientChanges,
      subresource: "",
      fields: bucket === undefined ? manager.fields : union(bucket.fields, manager.fields),
    });
  }
  return [...managers.filter((manager) => !oldest.has(manager)), ...buckets.values()];
}

/** Writes the entries, ordered as Kubernetes orders them. */
export function writeManagers(object: JsonObject, managers: readonly Manager[]): JsonObject {
  const entries = managers
    .filter(({ fields }) => fields.size > 0)
    .toSorted(
      (left, right) =>
        compare(left.operation, right.operation) ||
        compare(left.time, right.time) ||
        compare(left.name, right.name) ||
        compare(left.apiVersion, right.apiVersion) ||
        compare(left.subresource, right.subresource),
    )
    .map(({ name, operation, apiVersion, subresource, time, fields }): JsonObject => {
      const entry: JsonObject = { manager: name, operation, apiVersion };
      if (time !== "") entry["time"] = time;
      entry["fieldsType"] = "FieldsV1";
      entry["fieldsV1"] = encodeFields(fields);
      if (subresource !== "") entry["subresource"] = subresource;
      return entry;
    });
  const metadata: JsonObject = { ...objectAt(object, "metadata") };
  delete metadata["managedFields"];
  if (entries.length > 0) metadata["managedFields"] = entries;
  return { ...object, metadata };
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
