/**
 * Sets of fields, as managers own them: sigs.k8s.io/structured-merge-diff fieldpath, and its form
 * FieldsV1 in managedFields.
 */
import {
  assertItems,
  isItemOf,
  isStructField,
  itemElements,
  itemShape,
  memberShape,
  rootShape,
  type Shape,
} from "./field-shapes.ts";
import { equalJson, isObject, type Json, type JsonObject, setOwn } from "./json.ts";
import { machineryLimits } from "./limits.ts";
import type { TypeName } from "./schema.ts";

/** Elements such as "f:spec", `k:{"name":"web"}`, `v:"x"`. */
export type FieldPath = readonly string[];

/** By the path's text. */
export type FieldSet = Map<string, FieldPath>;

export const pathKey = (path: FieldPath): string => JSON.stringify(path);

interface OwnedValue {
  readonly path: FieldPath;
  /** undefined: the container itself, whose parts stand for its value. */
  readonly value: Json | undefined;
}

/** Every field of an object that can be owned, with its value. */
function ownedValues(
  object: JsonObject,
  type: TypeName | null,
  isStrict = false,
): Map<string, OwnedValue> {
  const result = new Map<string, OwnedValue>();
  const add = (path: FieldPath, value: Json | undefined): void => {
    if (!isIdentity(path)) result.set(pathKey(path), { path, value });
  };
  const visit = (value: Json, shape: Shape, path: FieldPath): void => {
    if (path.length > machineryLimits.mergePatchDepthMax) {
      throw new Error(`The object nests deeper than ${machineryLimits.mergePatchDepthMax}.`);
    }
    const isList = (shape.kind === "listMap" || shape.kind === "set") && Array.isArray(value);
    if (isList && isStrict) assertItems(shape, value);
    const elements = isList ? itemElements(shape, value) : null;
    if (isList && elements !== null) {
      for (const [index, item] of value.entries()) {
        visitItem(item, itemShape(shape), [...path, elements[index]!]);
      }
    } else if ((shape.kind === "object" || shape.kind === "map") && isObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        const at = [...path, `f:${name}`];
        const inner = memberShape(shape, name, member);
        const isEmpty = isObject(member) && Object.keys(member).length === 0;
        if (!isEmpty) visit(member, inner, at);
        // A map's member is owned itself, beside its parts; a struct's field only if it has none.
        if (isEmpty) add(at, {});
        else if (!isStructField(shape, name) && inner.kind !== "whole") add(at, undefined);
      }
    } else add(path, value);
  };
  const visitItem = (item: Json, shape: Shape, path: FieldPath): void => {
    if (shape.kind === "whole") add(path, item);
    else {
      visit(item, shape, path);
      add(path, undefined);
    }
  };
  visit(object, rootShape(type), []);
  return result;
}

const identityFields = new Set(
  (
    "apiVersion kind metadata metadata.name metadata.namespace metadata.creationTimestamp " +
    "metadata.selfLink metadata.uid metadata.clusterName metadata.generation " +
    "metadata.managedFields metadata.resourceVersion"
  ).split(" "),
);

/** These are nobody's: k8s.io/apimachinery managedfields stripmeta.go. */
function isIdentity(path: FieldPath): boolean {
  return (
    path.length === 0 ||
    identityFields.has(path.map((element) => element.slice(2)).join(".")) ||
    (path[0] === "f:metadata" && path[1] === "f:managedFields")
  );
}

/** The fields that an applied object names. Throws an Error with a sentence for lists without keys. */
export function fieldSetOf(object: JsonObject, type: TypeName | null): FieldSet {
  return new Map([...ownedValues(object, type, true)].map(([key, { path }]) => [key, path]));
}

export interface Comparison {
  /** Added, or of another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

export function compareObjects(
  before: JsonObject,
  after: JsonObject,
  type: TypeName | null,
): Comparison {
  const [old, current] = [ownedValues(before, type), ownedValues(after, type)];
  const changed: FieldSet = new Map();
  const removed: FieldSet = new Map();
  for (const [key, { path, value }] of current) {
    const previous = old.get(key);
    if (previous === undefined || !equalJson(previous.value, value)) changed.set(key, path);
  }
  for (const [key, { path }] of old) if (!current.has(key)) removed.set(key, path);
  return { changed, removed };
}

export function union(...sets: FieldSet[]): FieldSet {
  return new Map(sets.flatMap((set) => [...set]));
}

export function difference(left: FieldSet, right: FieldSet): FieldSet {
  return new Map([...left].filter(([key]) => !right.has(key)));
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  return new Map([...left].filter(([key]) => right.has(key)));
}

export function equalSets(left: FieldSet, right: FieldSet): boolean {
  return left.size === right.size && [...left.keys()].every((key) => right.has(key));
}

/** FieldsV1: nested objects, "." where a container is a member itself. */
export function encodeFields(set: FieldSet): JsonObject {
  const root: JsonObject = {};
  const members = new Set<JsonObject>();
  for (const path of set.values()) {
    let node = root;
    for (const element of path) {
      const next = Object.hasOwn(node, element) ? node[element] : undefined;
      const child: JsonObject = isObject(next) ? next : {};
      if (next === undefined) setOwn(node, element, child);
      node = child;
    }
    members.add(node);
  }
  for (const node of members) if (Object.keys(node).length > 0) node["."] = {};
  return root;
}

/** Throws an Error with a sentence for what is no FieldsV1. */
export function decodeFields(fields: JsonObject): FieldSet {
  const set: FieldSet = new Map();
  const visit = (node: JsonObject, path: FieldPath): void => {
    if (path.length > machineryLimits.mergePatchDepthMax) {
      throw new Error(`The fields nest deeper than ${machineryLimits.mergePatchDepthMax}.`);
    }
    const entries = Object.entries(node);
    if (entries.length === 0 && path.length > 0) set.set(pathKey(path), path);
    for (const [element, child] of entries) {
      if (element === ".") set.set(pathKey(path), path);
      else if (/^[fkvi]:/.test(element) && isObject(child)) visit(child, [...path, element]);
      else throw new Error(`"${element}" is no field of FieldsV1`);
    }
  };
  visit(fields, []);
  return set;
}

/** As Kubernetes writes a path: `.spec.containers[name="web"].image`. */
export function pathText(path: FieldPath): string {
  return path
    .map((element) => {
      const text = element.slice(2);
      if (element.startsWith("f:")) return `.${text}`;
      if (!element.startsWith("k:")) return `[=${text}]`;
      const keys = Object.entries(JSON.parse(text) as JsonObject);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
    })
    .join("");
}

/** Takes a field out of an object, and the containers that are empty without it. */
export function removePath(object: JsonObject, path: FieldPath): void {
  if (isKeyOfItem(path)) return;
  const parents: { parent: JsonObject | Json[]; place: string | number }[] = [];
  let node: Json | undefined = object;
  for (const element of path) {
    if (Array.isArray(node)) {
      const place: number = node.findIndex((item) => isItemOf(element, item));
      if (place === -1) return;
      parents.push({ parent: node, place });
      node = node[place];
    } else if (isObject(node) && element.startsWith("f:")) {
      const place: string = element.slice(2);
      if (!Object.hasOwn(node, place)) return;
      parents.push({ parent: node, place });
      node = node[place];
    } else return;
  }
  for (const { parent, place } of parents.toReversed()) {
    if (Array.isArray(parent)) parent.splice(place as number, 1);
    else delete parent[place];
    if (Object.keys(parent).length > 0) return;
  }
}

/** A list's member keeps what tells it from the others. */
function isKeyOfItem(path: FieldPath): boolean {
  const item = path.at(-2);
  if (item?.startsWith("k:") !== true) return false;
  return Object.hasOwn(JSON.parse(item.slice(2)) as JsonObject, path.at(-1)!.slice(2));
}
