/**
 * Kubernetes' strategic merge patch, after k8s.io/apimachinery pkg/util/strategicpatch/patch.go: as a
 * merge patch, but lists that declare a patch merge key are merged by it, and directives ($patch,
 * $setElementOrder, $retainKeys, $deleteFromPrimitiveList) say what JSON alone cannot.
 */
import { cloneJson, getOwn, isObject, type Json, type JsonObject, setOwn } from "./json.ts";
import { identity, orderElements } from "./list-order.ts";
import { machineryLimits } from "./limits.ts";
import { type Field, fieldOf, isMessage, type TypeName } from "./schema.ts";

const patchDirective = "$patch";
const retainKeysDirective = "$retainKeys";
const orderPrefix = "$setElementOrder/";
const deletePrefix = "$deleteFromPrimitiveList/";

/**
 * The patched object; both arguments are left as they are. Throws an Error with a sentence for a
 * directive that is unknown or misplaced and for a list member without its merge key.
 */
export function strategicMergePatch(
  original: JsonObject,
  patch: JsonObject,
  type: TypeName,
): JsonObject {
  return mergeObject(cloneJson(original), cloneJson(patch), type, 0);
}

/** Changes both of its objects, which are copies. `type` is null inside free-form values. */
function mergeObject(
  original: JsonObject,
  patch: JsonObject,
  type: TypeName | null,
  depth: number,
): JsonObject {
  if (depth > machineryLimits.mergePatchDepthMax) {
    throw new Error(`The patch nests deeper than ${machineryLimits.mergePatchDepthMax}.`);
  }
  const directive = patch[patchDirective];
  if (directive !== undefined) {
    delete patch[patchDirective];
    if (directive === "replace") return withoutDirectives(patch) as JsonObject;
    if (directive === "delete") return {};
    throw new Error(`unknown patch type: ${JSON.stringify(directive)} in map`);
  }
  retainKeys(original, patch);
  mergeOrderedLists(original, patch, type, depth);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(deletePrefix)) deletePrimitives(original, key, value);
    else mergeMember(original, key, value, type, depth);
  }
  return original;
}

function mergeMember(
  original: JsonObject,
  key: string,
  value: Json,
  type: TypeName | null,
  depth: number,
): void {
  if (value === null) {
    delete original[key];
    return;
  }
  const current = getOwn(original, key);
  const field = type === null ? null : fieldOf(type, key);
  if (isObject(current) && isObject(value) && !isReplaced(field)) {
    setOwn(original, key, mergeObject(current, value, messageOf(field), depth + 1));
  } else if (Array.isArray(current) && Array.isArray(value)) {
    setOwn(original, key, mergeList(current, value, field, key, depth));
  } else setOwn(original, key, withoutDirectives(value));
}

function isReplaced(field: Field | null): boolean {
  return field?.patchStrategies.includes("replace") === true;
}

function messageOf(field: Field | null): TypeName | null {
  return field !== null && isMessage(field.type) && field.container !== "map" ? field.type : null;
}

/** A list of a declared merge strategy is merged; any other is replaced. */
function mergeList(
  original: Json[],
  patch: Json[],
  field: Field | null,
  name: string,
  depth: number,
): Json[] {
  if (field?.patchStrategies.includes("merge") !== true) {
    return withoutDirectives(patch) as Json[];
  }
  const key = field.patchMergeKey;
  if (key === null) {
    const merged = new Map([...original, ...patch].map((value) => [identity(value, null), value]));
    return orderElements([...merged.values()], patch, original, null);
  }
  const special = takeSpecialElements(original, patch, key, name);
  if (special.isReplaced) return withoutDirectives(special.patch) as Json[];
  const merged: Json[] = [...special.original];
  const places = new Map(merged.map((element, index) => [identity(element, key), index]));
  for (const element of special.patch) {
    if (!isObject(element) || element[key] === undefined) throw noMergeKey(name, key);
    const place = places.get(identity(element, key)) ?? merged.length;
    places.set(identity(element, key), place);
    const current = merged[place];
    merged[place] = isObject(current)
      ? mergeObject(current, element, messageOf(field), depth + 1)
      : withoutDirectives(element);
  }
  return orderElements(merged, special.patch, special.original, key);
}

/** Members with $patch: delete those of their key, or replace the list by the others. */
function takeSpecialElements(
  original: readonly Json[],
  patch: readonly Json[],
  key: string,
  name: string,
): { original: Json[]; patch: Json[]; isReplaced: boolean } {
  const deleted = new Set<string>();
  let isWhole = false;
  const plain: Json[] = [];
  for (const element of patch) {
    const directive = isObject(element) ? element[patchDirective] : undefined;
    if (directive === undefined) plain.push(element);
    else if (directive === "replace") isWhole = true;
    else if (directive === "delete") {
      if ((element as JsonObject)[key] === undefined) throw noMergeKey(name, key);
      deleted.add(identity(element, key));
    } else if (directive === "merge") {
      throw new Error("merging lists cannot yet be specified in the patch");
    } else throw new Error(`unknown patch type: ${JSON.stringify(directive)} in list "${name}"`);
  }
  const kept = original.filter((element) => !deleted.has(identity(element, key)));
  return { original: kept, patch: plain, isReplaced: isWhole };
}

function noMergeKey(name: string, key: string): Error {
  return new Error(`a member of "${name}" does not contain declared merge key: ${key}`);
}

/** $retainKeys: of the original only these keys stay; the patch may set no others. */
function retainKeys(original: JsonObject, patch: JsonObject): void {
  const names = patch[retainKeysDirective];
  if (names === undefined) return;
  delete patch[retainKeysDirective];
  if (!Array.isArray(names) || names.some((name) => typeof name !== "string")) {
    throw new Error(`${retainKeysDirective} must be a list of strings`);
  }
  const retained = new Set<Json>(names);
  for (const [key, value] of Object.entries(patch)) {
    if (value !== null && !key.startsWith("$") && !retained.has(key)) {
      throw new Error(`"${key}" is in the patch and not in its ${retainKeysDirective} list`);
    }
  }
  for (const key of Object.keys(original)) if (!retained.has(key)) delete original[key];
}

/** $setElementOrder/<list>: merges the list, then puts its members in the given order. */
function mergeOrderedLists(
  original: JsonObject,
  patch: JsonObject,
  type: TypeName | null,
  depth: number,
): void {
  for (const directive of Object.keys(patch).filter((key) => key.startsWith(orderPrefix))) {
    const name = directive.slice(orderPrefix.length);
    const order = patch[directive];
    if (!Array.isArray(order)) throw new Error(`${directive} must be a list`);
    delete patch[directive];
    deletePrimitives(original, deletePrefix + name, patch[deletePrefix + name]);
    delete patch[deletePrefix + name];
    const field = type === null ? null : fieldOf(type, name);
    const current = getOwn(original, name);
    const change = getOwn(patch, name);
    // A list that is set to null or to something else is no list to order.
    if (change !== undefined && !Array.isArray(change)) continue;
    if (!Array.isArray(current) && change === undefined) continue;
    const before = Array.isArray(current) ? current : [];
    const merged = change === undefined ? before : mergeList(before, change, field, name, depth);
    delete patch[name];
    const key = field?.patchMergeKey ?? null;
    setOwn(original, name, orderElements(merged, order, before, key));
  }
}

function deletePrimitives(original: JsonObject, key: string, values: Json | undefined): void {
  if (values === undefined) return;
  if (!Array.isArray(values)) throw new Error(`${key} must be a list`);
  const name = key.slice(deletePrefix.length);
  const current = getOwn(original, name);
  if (!Array.isArray(current)) return;
  const deleted = new Set(values.map((value) => identity(value, null)));
  const kept = current.filter((value) => !deleted.has(identity(value, null)));
  setOwn(original, name, kept);
}

/** What a patch adds where nothing was: without its directives and nulls. */
function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) {
    return value
      .filter((member) => !isObject(member) || member[patchDirective] === undefined)
      .map(withoutDirectives);
  }
  if (!isObject(value)) return value;
  const result: JsonObject = {};
  if (value[patchDirective] === "delete") return result;
  for (const [key, member] of Object.entries(value)) {
    const isDirective =
      key === patchDirective ||
      key === retainKeysDirective ||
      key.startsWith(orderPrefix) ||
      key.startsWith(deletePrefix);
    if (!isDirective && member !== null) setOwn(result, key, withoutDirectives(member));
  }
  return result;
}
