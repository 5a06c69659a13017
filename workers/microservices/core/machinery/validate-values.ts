/** Checks of single values that many kinds share. */
import type { FieldErrors } from "./field-errors.ts";
import { type Json, type JsonObject, numberAt, stringAt, textOf } from "./json.ts";
import { type NameRule, portName } from "./name-rules.ts";
import { parseQuantity } from "./quantity.ts";

/** A count that may be absent. */
export function validateNonNegative(
  object: JsonObject | undefined,
  names: readonly string[],
  path: string,
  errors: FieldErrors,
): void {
  for (const name of names) {
    const value = numberAt(object, name);
    if (value !== undefined && value < 0) {
      errors.invalid(`${path}.${name}`, value, "must be greater than or equal to 0");
    }
  }
}

export function validateSupported(
  object: JsonObject | undefined,
  name: string,
  supported: readonly string[],
  path: string,
  errors: FieldErrors,
): void {
  const value = object?.[name];
  if (value === undefined || value === null) return;
  if (!supported.includes(textOf(value))) errors.notSupported(`${path}.${name}`, value, supported);
}

export function validateName(
  object: JsonObject | undefined,
  name: string,
  rule: NameRule,
  path: string,
  errors: FieldErrors,
): void {
  const value = stringAt(object, name) ?? "";
  if (value === "") errors.required(`${path}.${name}`);
  else for (const problem of rule(value)) errors.invalid(`${path}.${name}`, value, problem);
}

export function validatePort(value: Json | undefined, field: string, errors: FieldErrors): void {
  if (typeof value === "string") {
    for (const problem of portName(value)) errors.invalid(field, value, problem);
  } else if (typeof value !== "number" || value < 1 || value > 65_535) {
    errors.invalid(field, value ?? 0, "must be between 1 and 65535, inclusive");
  }
}

/** A count or a percentage; ValidatePositiveIntOrPercent. */
export function validateIntOrPercent(
  value: Json | undefined,
  field: string,
  errors: FieldErrors,
): void {
  if (typeof value === "string" && !/^\d+%$/.test(value)) {
    const sentence =
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
    errors.invalid(field, value, sentence);
  } else if (typeof value === "number" && value < 0) {
    errors.invalid(field, value, "must be greater than or equal to 0");
  }
}

export function validateQuantity(
  value: Json | undefined,
  field: string,
  errors: FieldErrors,
): bigint | null {
  try {
    const { nanos } = parseQuantity(typeof value === "number" ? value : textOf(value));
    if (nanos < 0n) errors.invalid(field, value, "must be greater than or equal to 0");
    return nanos;
  } catch (error) {
    errors.invalid(field, value, (error as Error).message);
    return null;
  }
}
