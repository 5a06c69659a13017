/** How server-side apply looks at a value: as one thing, or as the parts that managers own singly. */
import { isObject, type Json, type JsonObject } from "./json.ts";
import { fieldOf, isAtomicType, isMessage, type TypeName } from "./schema.ts";

export type Shape =
  /** Owned whole: scalars, atomic lists, maps and structs. */
  | { readonly kind: "whole" }
  /** `type` null: free-form, every member is looked at as its value is. */
  | { readonly kind: "object"; readonly type: TypeName | null; readonly isRoot: boolean }
  | { readonly kind: "map"; readonly type: TypeName }
  | { readonly kind: "listMap"; readonly type: TypeName; readonly keys: readonly string[] }
  | { readonly kind: "set" };

const whole: Shape = { kind: "whole" };

/** Of a whole object; null: a custom resource, whose lists are atomic and whose objects are granular. */
export function rootShape(type: TypeName | null): Shape {
  return { kind: "object", type, isRoot: true };
}

function valueShape(type: TypeName): Shape {
  return isMessage(type) && !isAtomicType(type) ? { kind: "object", type, isRoot: false } : whole;
}

/** Of a member of an object or a map. */
export function memberShape(parent: Shape, name: string, value: Json): Shape {
  if (parent.kind === "map") return valueShape(parent.type);
  if (parent.kind !== "object") return whole;
  if (parent.type === null) {
    if (parent.isRoot && name === "metadata") return valueShape("meta/v1.ObjectMeta");
    return isObject(value) ? { kind: "object", type: null, isRoot: false } : whole;
  }
  const field = fieldOf(parent.type, name);
  if (field === null) return whole;
  if (field.container === "map") {
    return field.isAtomicMap ? whole : { kind: "map", type: field.type };
  }
  if (field.container === "list") {
    if (field.listType === "map") {
      return { kind: "listMap", type: field.type, keys: field.listMapKeys };
    }
    return field.listType === "set" ? { kind: "set" } : whole;
  }
  return field.isAtomicMap ? whole : valueShape(field.type);
}

export function itemShape(parent: Shape): Shape {
  return parent.kind === "listMap" ? valueShape(parent.type) : whole;
}

/** Whether the member is a field of a struct: such a field is owned through its parts alone. */
export function isStructField(parent: Shape, name: string): boolean {
  if (parent.kind !== "object") return false;
  return parent.type === null
    ? parent.isRoot && name === "metadata"
    : fieldOf(parent.type, name) !== null;
}

/** The only list key with a default in Kubernetes' schemas. */
const keyDefaults: Readonly<Record<string, string>> = { protocol: "TCP" };

/**
 * The path element of a list's member: `k:{"name":"web"}` or `v:"x"`. Throws an Error with a sentence for
 * a member without the list's keys.
 */
export function itemElement(shape: Shape, item: Json): string {
  if (shape.kind !== "listMap") return `v:${JSON.stringify(item)}`;
  const keys = shape.keys.toSorted();
  if (!isObject(item)) throw new Error("associative list has an element that is not an object");
  const values: JsonObject = {};
  for (const key of keys) {
    const value = item[key] ?? keyDefaults[key];
    if (value === undefined) {
      throw new Error(
        `associative list with keys has an element that omits key field "${key}" (and doesn't have default value)`,
      );
    }
    values[key] = value;
  }
  return `k:${JSON.stringify(values)}`;
}

/**
 * The path elements of a list's members; null where they do not tell all of them apart. Ordinary writes
 * may store such lists (an environment variable twice): they are then owned and merged whole.
 */
export function itemElements(shape: Shape, items: readonly Json[]): string[] | null {
  try {
    const elements = items.map((item) => itemElement(shape, item));
    return new Set(elements).size === elements.length ? elements : null;
  } catch {
    return null;
  }
}

/** Throws an Error with a sentence for a list in an applied object whose members are not told apart. */
export function assertItems(shape: Shape, items: readonly Json[]): void {
  const seen = new Set<string>();
  for (const item of items) {
    const element = itemElement(shape, item);
    if (seen.has(element)) throw new Error(`duplicate entries for key [${element.slice(2)}]`);
    seen.add(element);
  }
}

/** Whether a list's member is the one that a path element names. */
export function isItemOf(element: string, item: Json): boolean {
  if (element.startsWith("v:")) return JSON.stringify(item) === element.slice(2);
  if (!element.startsWith("k:") || !isObject(item)) return false;
  const keys = JSON.parse(element.slice(2)) as JsonObject;
  return Object.entries(keys).every(
    ([key, value]) => JSON.stringify(item[key] ?? keyDefaults[key]) === JSON.stringify(value),
  );
}
