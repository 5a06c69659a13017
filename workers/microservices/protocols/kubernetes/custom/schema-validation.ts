/** Validation of a value by an OpenAPI v3 schema, in the words of kube-openapi's validator. */
import { equalJson, isObject, type Json, type JsonObject } from "../../../core/machinery/json.ts";
import { FieldErrors, type FieldError } from "../../../core/machinery/field-errors.ts";
import { kubernetesApiLimits as limits } from "../../../limits.ts";
import type { Schema } from "./schema.ts";

export function validateSchema(object: JsonObject, schema: Schema): readonly FieldError[] {
  const errors = new FieldErrors();
  // The server looks after the object's own metadata.
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = object;
  const { required = [], ...others } = schema;
  const own = required.filter((name) => !["apiVersion", "kind", "metadata"].includes(name));
  check(rest, { ...others, required: own }, "", errors, 0);
  return errors.list;
}

function typeNameOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function hasType(value: Json, schema: Schema): boolean {
  if (value === null && schema.nullable === true) return true;
  const name = typeNameOf(value);
  if (schema["x-kubernetes-int-or-string"] === true) return name === "integer" || name === "string";
  if (!schema.type) return true;
  return name === schema.type || (schema.type === "number" && name === "integer");
}

function check(
  value: Json,
  schema: Schema,
  path: string,
  errors: FieldErrors,
  depth: number,
): void {
  if (depth > limits.schemaDepthMax) return;
  if (!hasType(value, schema)) {
    const wanted = schema["x-kubernetes-int-or-string"] ? "integer or string" : schema.type;
    errors.invalid(
      path,
      typeNameOf(value) === "object" || Array.isArray(value) ? typeNameOf(value) : value,
      `${path} in body must be of type ${wanted}: ${JSON.stringify(typeNameOf(value))}`,
    );
    return;
  }
  if (value === null) return;
  const choices = schema.enum;
  if (choices !== undefined && !choices.some((each) => equalJson(each, value))) {
    errors.notSupported(path, value, choices.map(String));
  }
  if (typeof value === "number") checkNumber(value, schema, path, errors);
  else if (typeof value === "string") checkText(value, schema, path, errors);
  else if (Array.isArray(value)) checkList(value, schema, path, errors, depth);
  else if (isObject(value)) checkObject(value, schema, path, errors, depth);
  checkCombined(value, schema, path, errors, depth);
}

function checkNumber(value: number, schema: Schema, path: string, errors: FieldErrors): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const say = (what: string): void =>
    errors.invalid(path, value, `${path} in body should be ${what}`);
  if (minimum !== undefined) {
    if (exclusiveMinimum ? value <= minimum : value < minimum) {
      say(`greater than ${exclusiveMinimum ? "" : "or equal to "}${minimum}`);
    }
  }
  if (maximum !== undefined) {
    if (exclusiveMaximum ? value >= maximum : value > maximum) {
      say(`less than ${exclusiveMaximum ? "" : "or equal to "}${maximum}`);
    }
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) say(`a multiple of ${multipleOf}`);
}

function checkText(value: string, schema: Schema, path: string, errors: FieldErrors): void {
  const { minLength, maxLength, pattern } = schema;
  // Characters, as Go counts runes.
  const length = Array.from(value).length;
  if (minLength !== undefined && length < minLength) {
    errors.invalid(path, value, `${path} in body should be at least ${minLength} chars long`);
  }
  if (maxLength !== undefined && length > maxLength) {
    errors.invalid(path, value, `${path} in body should be at most ${maxLength} chars long`);
  }
  if (pattern !== undefined && pattern !== "" && !matches(pattern, value)) {
    errors.invalid(path, value, `${path} in body should match '${pattern}'`);
  }
}

/** Patterns run on short texts alone: a bad one must not hold the thread. */
const patternedTextMax = 1_024;

function matches(pattern: string, value: string): boolean {
  if (value.length > patternedTextMax) return false;
  try {
    return new RegExp(pattern, "u").test(value);
  } catch {
    // A pattern of Go's that JavaScript has no word for: the definition's own error.
    return true;
  }
}

function checkList(
  value: readonly Json[],
  schema: Schema,
  path: string,
  errors: FieldErrors,
  depth: number,
): void {
  const { minItems, maxItems, uniqueItems } = schema;
  const say = (what: string): void =>
    errors.invalid(path, value.length, `${path} in body should have at ${what} items`);
  if (minItems !== undefined && value.length < minItems) say(`least ${minItems}`);
  if (maxItems !== undefined && value.length > maxItems) say(`most ${maxItems}`);
  const keys = schema["x-kubernetes-list-map-keys"];
  const isSet = uniqueItems === true || schema["x-kubernetes-list-type"] === "set";
  if (isSet || keys !== undefined) {
    const seen = new Set<string>();
    for (const [at, member] of value.entries()) {
      const identity =
        keys !== undefined && isObject(member)
          ? JSON.stringify(keys.map((key) => member[key] ?? null))
          : JSON.stringify(member);
      if (seen.has(identity)) errors.duplicate(`${path}[${at}]`, member);
      seen.add(identity);
    }
  }
  const items = schema.items;
  if (items === undefined) return;
  for (const [at, member] of value.entries()) {
    check(member, items, `${path}[${at}]`, errors, depth + 1);
  }
}

function checkObject(
  value: JsonObject,
  schema: Schema,
  path: string,
  errors: FieldErrors,
  depth: number,
): void {
  const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) errors.required(at(key));
  }
  const { minProperties, maxProperties } = schema;
  const count = Object.keys(value).length;
  if (minProperties !== undefined && count < minProperties) {
    errors.invalid(path, count, `${path} in body should have at least ${minProperties} properties`);
  }
  if (maxProperties !== undefined && count > maxProperties) {
    errors.invalid(path, count, `${path} in body should have at most ${maxProperties} properties`);
  }
  const properties = schema.properties ?? {};
  const others = schema.additionalProperties;
  for (const [key, member] of Object.entries(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key]! : others;
    if (typeof property === "object") check(member, property, at(key), errors, depth + 1);
  }
}

const holds = (value: Json, schema: Schema, depth: number): boolean => {
  const errors = new FieldErrors();
  check(value, schema, "", errors, depth + 1);
  return errors.list.length === 0;
};

function checkCombined(
  value: Json,
  { allOf, anyOf, oneOf, not }: Schema,
  path: string,
  errors: FieldErrors,
  depth: number,
): void {
  for (const each of allOf ?? []) check(value, each, path, errors, depth + 1);
  const count = (schemas: readonly Schema[]): number =>
    schemas.filter((each) => holds(value, each, depth)).length;
  if (anyOf !== undefined && count(anyOf) === 0) {
    errors.invalid(path, "", `${path} in body must validate at least one schema (anyOf)`);
  }
  if (oneOf !== undefined && count(oneOf) !== 1) {
    errors.invalid(path, "", `${path} in body must validate one and only one schema (oneOf)`);
  }
  if (not !== undefined && holds(value, not, depth)) {
    errors.invalid(path, "", `${path} in body must not validate the schema (not)`);
  }
}
