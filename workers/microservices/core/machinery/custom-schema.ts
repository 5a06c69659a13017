/**
 * Objects of a CustomResourceDefinition against its structural schema: k8s.io/apiextensions-apiserver
 * pkg/apiserver/schema (pruning, defaulting) and pkg/apiserver/validation, in their words. Not checked:
 * `pattern`, since a backtracking engine can be made to hang by one, and x-kubernetes-validations (CEL).
 */
import { type FieldError, FieldErrors } from "./field-errors.ts";
import {
  cloneJson,
  equalJson,
  isObject,
  type Json,
  type JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  setOwn,
} from "./json.ts";
import { machineryLimits } from "./limits.ts";

const identity = new Set(["apiVersion", "kind", "metadata"]);

/**
 * `unknown field "spec.siz"` for each field that the schema does not name. With `prune` they are removed,
 * as they are before Kubernetes stores an object.
 */
export function unknownCustomFields(
  object: JsonObject,
  schema: JsonObject,
  { prune }: { prune: boolean },
): string[] {
  const found: string[] = [];
  visitUnknown(object, schema, "", true, (parent, name, path) => {
    if (found.length < machineryLimits.unknownFieldsMax) found.push(`unknown field "${path}"`);
    if (prune) delete parent[name];
  });
  return found;
}

type OnUnknown = (parent: JsonObject, name: string, path: string) => void;

function visitUnknown(
  value: Json,
  schema: JsonObject,
  path: string,
  isRoot: boolean,
  onUnknown: OnUnknown,
): void {
  if (Array.isArray(value)) {
    const items = objectAt(schema, "items");
    for (const [index, item] of items === undefined ? [] : value.entries()) {
      visitUnknown(item, items!, `${path}[${index}]`, false, onUnknown);
    }
    return;
  }
  if (!isObject(value)) return;
  const isFree =
    schema["x-kubernetes-preserve-unknown-fields"] === true ||
    schema["additionalProperties"] === true;
  const hasIdentity = isRoot || schema["x-kubernetes-embedded-resource"] === true;
  for (const [name, member] of Object.entries(value)) {
    if (hasIdentity && identity.has(name)) continue;
    const at = path === "" ? name : `${path}.${name}`;
    const inner = propertyOf(schema, name);
    if (inner !== null) visitUnknown(member, inner, at, false, onUnknown);
    else if (!isFree) onUnknown(value, name, at);
  }
}

function propertyOf(schema: JsonObject, name: string): JsonObject | null {
  const properties = objectAt(schema, "properties");
  if (properties !== undefined && Object.hasOwn(properties, name)) {
    return objectAt(properties, name) ?? null;
  }
  return objectAt(schema, "additionalProperties") ?? null;
}

/** Sets the schema's defaults where nothing is, in objects that are there. */
export function setCustomDefaults(value: Json, schema: JsonObject): void {
  if (Array.isArray(value)) {
    const items = objectAt(schema, "items");
    if (items !== undefined) for (const item of value) setCustomDefaults(item, items);
    return;
  }
  if (!isObject(value)) return;
  for (const [name, property] of Object.entries(objectAt(schema, "properties") ?? {})) {
    if (!isObject(property)) continue;
    const initial = property["default"];
    if (!Object.hasOwn(value, name) && initial !== undefined) {
      setOwn(value, name, cloneJson(initial));
    }
  }
  for (const [name, member] of Object.entries(value)) {
    const inner = propertyOf(schema, name);
    if (inner !== null) setCustomDefaults(member, inner);
  }
}

/** What the schema refuses; the metadata is for the caller to check. */
export function validateCustom(object: JsonObject, schema: JsonObject): FieldError[] {
  const errors = new FieldErrors();
  checkValue(object, schema, "", errors);
  return errors.list;
}

function checkValue(value: Json, schema: JsonObject, path: string, errors: FieldErrors): void {
  if (value === null && schema["nullable"] === true) return;
  const type = schema["type"];
  const found = typeName(value);
  const isEither = schema["x-kubernetes-int-or-string"] === true;
  const isOfType =
    type === undefined ||
    type === "" ||
    found === type ||
    (type === "number" && found === "integer");
  if (isEither ? found !== "integer" && found !== "string" : !isOfType) {
    const wanted = isEither ? "integer,string" : JSON.stringify(type).slice(1, -1);
    errors.invalid(path, found, `${path} in body must be of type ${wanted}: "${found}"`);
    return;
  }
  const choices = schema["enum"];
  if (Array.isArray(choices) && !choices.some((choice) => equalJson(choice, value))) {
    errors.notSupported(
      path,
      value,
      choices.map((choice) => unquoted(choice)),
    );
  }
  if (typeof value === "number") checkNumber(value, schema, path, errors);
  else if (typeof value === "string")
    checkLength(Array.from(value).length, value, schema, path, errors);
  else if (Array.isArray(value)) {
    const items = objectAt(schema, "items");
    checkCount(value.length, schema, "Items", path, errors);
    for (const [index, item] of items === undefined ? [] : value.entries()) {
      checkValue(item, items!, `${path}[${index}]`, errors);
    }
  } else if (isObject(value)) checkObject(value, schema, path, errors);
  checkCombined(value, schema, path, errors);
}

function unquoted(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function typeName(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

function checkNumber(value: number, schema: JsonObject, path: string, errors: FieldErrors): void {
  const refuse = (detail: string): void =>
    errors.invalid(path, value, `${path} in body should be ${detail}`);
  const least = numberAt(schema, "minimum");
  const most = numberAt(schema, "maximum");
  const step = numberAt(schema, "multipleOf");
  if (least !== undefined) {
    const isOpen = schema["exclusiveMinimum"] === true;
    if (isOpen ? value <= least : value < least) {
      refuse(`greater than ${isOpen ? "" : "or equal to "}${least}`);
    }
  }
  if (most !== undefined) {
    const isOpen = schema["exclusiveMaximum"] === true;
    if (isOpen ? value >= most : value > most)
      refuse(`less than ${isOpen ? "" : "or equal to "}${most}`);
  }
  if (step !== undefined && step > 0 && !Number.isInteger(value / step)) {
    refuse(`a multiple of ${step}`);
  }
}

function checkLength(
  length: number,
  value: string,
  schema: JsonObject,
  path: string,
  errors: FieldErrors,
): void {
  const least = numberAt(schema, "minLength") ?? 0;
  const most = numberAt(schema, "maxLength") ?? Infinity;
  if (length < least) {
    errors.invalid(path, value, `${path} in body should be at least ${least} chars long`);
  }
  if (length > most) errors.tooLong(path, most);
}

function checkCount(
  count: number,
  schema: JsonObject,
  what: "Items" | "Properties",
  path: string,
  errors: FieldErrors,
): void {
  const least = numberAt(schema, `min${what}`) ?? 0;
  const most = numberAt(schema, `max${what}`) ?? Infinity;
  const name = what.toLowerCase();
  if (count < least) {
    errors.invalid(path, count, `${path} in body should have at least ${least} ${name}`);
  }
  if (count > most) {
    errors.invalid(path, count, `${path} in body should have at most ${most} ${name}`);
  }
}

function checkObject(
  value: JsonObject,
  schema: JsonObject,
  path: string,
  errors: FieldErrors,
): void {
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  checkCount(Object.keys(value).length, schema, "Properties", path, errors);
  const { required } = schema;
  for (const name of Array.isArray(required) ? required : []) {
    if (typeof name === "string" && !Object.hasOwn(value, name)) errors.required(at(name));
  }
  for (const [name, member] of Object.entries(value)) {
    const inner = propertyOf(schema, name);
    if (inner !== null && !(path === "" && identity.has(name))) {
      checkValue(member, inner, at(name), errors);
    }
  }
}

function checkCombined(value: Json, schema: JsonObject, path: string, errors: FieldErrors): void {
  const passes = (part: JsonObject): boolean => {
    const inner = new FieldErrors();
    checkValue(value, part, path, inner);
    return inner.list.length === 0;
  };
  for (const part of objectsAt(schema, "allOf")) checkValue(value, part, path, errors);
  const any = objectsAt(schema, "anyOf");
  if (any.length > 0 && !any.some(passes)) {
    errors.invalid(path, value, `"${path}" must validate at least one schema (anyOf)`);
  }
  const one = objectsAt(schema, "oneOf");
  if (one.length > 0 && one.filter(passes).length !== 1) {
    errors.invalid(path, value, `"${path}" must validate one and only one schema (oneOf)`);
  }
  const not = objectAt(schema, "not");
  if (not !== undefined && passes(not)) {
    errors.invalid(path, value, `"${path}" must not validate the schema (not)`);
  }
}
