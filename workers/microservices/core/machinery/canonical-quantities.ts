/** Rewrites the quantities of an object in their canonical form, as decoding in Kubernetes does. */
import { isObject, type Json, type JsonObject } from "./json.ts";
import { formatQuantity, parseQuantity } from "./quantity.ts";
import { type Field, fieldOf, isMessage, type TypeName } from "./schema.ts";

/** Text that is no quantity stays: the field check reports it. */
export function canonicalizeQuantities(object: JsonObject, type: TypeName): void {
  for (const [name, value] of Object.entries(object)) {
    const field = fieldOf(type, name);
    if (field === null) continue;
    if (field.type === "Quantity") object[name] = canonicalMember(value, field);
    else if (isMessage(field.type)) {
      const members = Array.isArray(value)
        ? value
        : field.container === "map" && isObject(value)
          ? Object.values(value)
          : [value];
      for (const member of members) {
        if (isObject(member)) canonicalizeQuantities(member, field.type);
      }
    }
  }
}

function canonicalMember(value: Json, field: Field): Json {
  if (field.container !== "map" || !isObject(value)) return canonical(value);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, canonical(member)]));
}

function canonical(value: Json): Json {
  if (typeof value !== "string" && typeof value !== "number") return value;
  try {
    return formatQuantity(parseQuantity(value));
  } catch {
    return value;
  }
}
