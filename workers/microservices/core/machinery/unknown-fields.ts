/**
 * Holds an object against its kind's fields, for fieldValidation Strict, Warn and Ignore: Kubernetes'
 * strict decoder (sigs.k8s.io/json) in its own words.
 */
import { isObject, type Json, type JsonObject } from "./json.ts";
import { machineryLimits } from "./limits.ts";
import { parseQuantity } from "./quantity.ts";
import { type Field, fieldOf, isMessage, isKind, type TypeName, typeOf } from "./schema.ts";

export interface FieldProblems {
  /** `unknown field "spec.replica"`, in the order of the object. */
  readonly unknown: string[];
  /** Values that Go could not decode: refused whatever fieldValidation says. */
  readonly mistyped: string[];
}

/** Of a kind that the schema lacks, such as a custom resource, nothing is reported. */
export function checkFields(object: JsonObject, apiVersion: string, kind: string): FieldProblems {
  const problems: FieldProblems = { unknown: [], mistyped: [] };
  const type = typeOf(apiVersion, kind);
  if (type !== null) checkMessage(object, type, "", problems);
  return problems;
}

/** The sentence of a refusal under Strict; under Warn each entry of `unknown` is a warning itself. */
export function strictDecodingError(unknown: readonly string[]): string {
  return `strict decoding error: ${unknown.join(", ")}`;
}

/** Removes unknown fields and nulls, which Kubernetes' typed objects cannot hold. */
export function pruneFields(object: JsonObject, apiVersion: string, kind: string): void {
  const type = typeOf(apiVersion, kind);
  if (type !== null) pruneMessage(object, type);
}

function isTypeMeta(type: TypeName, name: string): boolean {
  return isKind(type) && (name === "apiVersion" || name === "kind");
}

function checkMessage(
  object: JsonObject,
  type: TypeName,
  path: string,
  problems: FieldProblems,
): void {
  for (const [name, value] of Object.entries(object)) {
    const at = path === "" ? name : `${path}.${name}`;
    const field = fieldOf(type, name);
    if (field !== null) checkField(value, field, type, at, problems);
    else if (!isTypeMeta(type, name)) report(problems.unknown, `unknown field "${at}"`);
    else if (typeof value !== "string") {
      report(problems.mistyped, cannotUnmarshal(value, type, at, "string"));
    }
  }
}

function report(list: string[], sentence: string): void {
  if (list.length < machineryLimits.unknownFieldsMax) list.push(sentence);
}

function checkField(
  value: Json,
  field: Field,
  parent: TypeName,
  path: string,
  problems: FieldProblems,
): void {
  if (value === null) return;
  if (field.container === "list") {
    if (Array.isArray(value)) {
      for (const [index, member] of value.entries()) {
        checkValue(member, field, parent, `${path}[${index}]`, problems);
      }
    } else report(problems.mistyped, cannotUnmarshal(value, parent, path, `[]${goType(field)}`));
  } else if (field.container === "map") {
    if (isObject(value)) {
      for (const [key, member] of Object.entries(value)) {
        checkValue(member, field, parent, `${path}.${key}`, problems);
      }
    } else {
      report(
        problems.mistyped,
        cannotUnmarshal(value, parent, path, `map[string]${goType(field)}`),
      );
    }
  } else checkValue(value, field, parent, path, problems);
}

function checkValue(
  value: Json,
  field: Field,
  parent: TypeName,
  path: string,
  problems: FieldProblems,
): void {
  if (value === null || field.type === "any" || field.type === "RawExtension") return;
  if (isMessage(field.type)) {
    if (isObject(value)) checkMessage(value, field.type, path, problems);
    else report(problems.mistyped, cannotUnmarshal(value, parent, path, goType(field)));
    return;
  }
  const problem = scalarProblem(value, field.type);
  if (problem === "type") {
    report(problems.mistyped, cannotUnmarshal(value, parent, path, goType(field)));
  } else if (problem !== null) report(problems.mistyped, problem);
}

const integerRanges: Readonly<Record<string, number>> = {
  int32: 2 ** 31,
  int64: 2 ** 63,
};
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** null: it is one; "type": of another JSON type; else Go's sentence. */
function scalarProblem(value: Json, type: string): string | null {
  switch (type) {
    case "string":
      return typeof value === "string" ? null : "type";
    case "bool":
      return typeof value === "boolean" ? null : "type";
    case "double":
      return typeof value === "number" ? null : "type";
    case "int32":
    case "int64":
      return isInteger(value, integerRanges[type]!) ? null : "type";
    case "IntOrString":
      return typeof value === "string" || Number.isInteger(value) ? null : "type";
    case "FieldsV1":
      return isObject(value) ? null : "type";
    case "bytes":
      if (typeof value !== "string") return "type";
      return base64Pattern.test(value.replaceAll(/[\r\n]/g, "")) ? null : illegalBase64(value);
    case "Quantity":
      return typeof value === "string" || typeof value === "number"
        ? quantityProblem(value)
        : "type";
    default:
      if (typeof value !== "string") return "type";
      return type === "Duration" || isTime(value) ? null : noTime(value);
  }
}

function isInteger(value: Json, bound: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= -bound && value < bound;
}

function isTime(text: string): boolean {
  return timePattern.test(text) && !Number.isNaN(Date.parse(text));
}

function noTime(text: string): string {
  const layout = "2006-01-02T15:04:05Z07:00";
  return `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(text)} as "2006"`;
}

function illegalBase64(text: string): string {
  const place = text.search(/[^A-Za-z0-9+/\r\n]/);
  return `illegal base64 data at input byte ${place === -1 ? text.length : place}`;
}

function quantityProblem(value: string | number): string | null {
  try {
    parseQuantity(value);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** encoding/json's UnmarshalTypeError. */
function cannotUnmarshal(value: Json, parent: TypeName, path: string, type: string): string {
  const found = Array.isArray(value)
    ? "array"
    : typeof value === "boolean"
      ? "bool"
      : typeof value === "number"
        ? `number${Number.isInteger(value) ? "" : ` ${value}`}`
        : typeof value;
  const struct = parent.slice(parent.lastIndexOf(".") + 1);
  return `json: cannot unmarshal ${found} into Go struct field ${struct}.${path} of type ${type}`;
}

function goType(field: Field): string {
  if (isMessage(field.type)) {
    const [, version, name] = /\/([^/.]+)\.(.+)$/.exec(field.type)!;
    return `${version}.${name}`;
  }
  const names: Readonly<Record<string, string>> = {
    bytes: "[]uint8",
    double: "float64",
    Quantity: "resource.Quantity",
    IntOrString: "intstr.IntOrString",
    Time: "v1.Time",
    MicroTime: "v1.MicroTime",
    FieldsV1: "v1.FieldsV1",
  };
  return names[field.type] ?? field.type;
}

function pruneMessage(object: JsonObject, type: TypeName): void {
  for (const [name, value] of Object.entries(object)) {
    const field = fieldOf(type, name);
    if (value === null || (field === null && !isTypeMeta(type, name))) delete object[name];
    else if (field !== null && isMessage(field.type)) {
      const members = Array.isArray(value)
        ? value
        : field.container === "map"
          ? Object.values(value)
          : [value];
      for (const member of members) if (isObject(member)) pruneMessage(member, field.type);
    }
  }
}
