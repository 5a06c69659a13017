/** Errors of fields: k8s.io/apimachinery pkg/util/validation/field/errors.go. */
import type { Json } from "./json.ts";
import { machineryLimits } from "./limits.ts";

export type FieldErrorType =
  | "NotFound"
  | "Required"
  | "Duplicate"
  | "Invalid"
  | "NotSupported"
  | "Forbidden"
  | "TooLong"
  | "TooMany"
  | "TypeInvalid";

export interface FieldError {
  /** Such as "spec.containers[0].name". */
  readonly field: string;
  readonly type: FieldErrorType;
  readonly badValue: Json;
  readonly detail: string;
}

const words: Readonly<Record<FieldErrorType, string>> = {
  NotFound: "Not found",
  Required: "Required value",
  Duplicate: "Duplicate value",
  Invalid: "Invalid value",
  NotSupported: "Unsupported value",
  Forbidden: "Forbidden",
  TooLong: "Too long",
  TooMany: "Too many",
  TypeInvalid: "Invalid value",
};

/** These are told without the value. */
const valueless: ReadonlySet<FieldErrorType> = new Set([
  "Required",
  "Forbidden",
  "TooLong",
  "TooMany",
]);

/** `spec.replicas: Invalid value: -1: must be greater than or equal to 0`. */
export function fieldErrorMessage({ field, type, badValue, detail }: FieldError): string {
  const value = valueless.has(type) ? "" : `: ${JSON.stringify(badValue)}`;
  return `${field}: ${words[type]}${value}${detail === "" ? "" : `: ${detail}`}`;
}

/** The message of a Status' cause, whose field is beside it. */
export function fieldErrorBody(error: FieldError): string {
  return fieldErrorMessage(error).slice(error.field.length + 2);
}

/** The reason of a Status' cause: metav1.CauseType. */
export function fieldErrorReason({ type }: FieldError): string {
  return `FieldValue${type}`;
}

/** Gathers errors, up to the limit; each method is one type of error. */
export class FieldErrors {
  readonly list: FieldError[] = [];

  #add(field: string, type: FieldErrorType, badValue: Json | undefined, detail: string): void {
    if (this.list.length >= machineryLimits.fieldErrorsMax) return;
    this.list.push({ field, type, badValue: badValue ?? null, detail });
  }

  required(field: string, detail = ""): void {
    this.#add(field, "Required", "", detail);
  }

  invalid(field: string, value: Json | undefined, detail: string): void {
    this.#add(field, "Invalid", value, detail);
  }

  forbidden(field: string, detail: string): void {
    this.#add(field, "Forbidden", "", detail);
  }

  duplicate(field: string, value: Json): void {
    this.#add(field, "Duplicate", value, "");
  }

  notFound(field: string, value: Json): void {
    this.#add(field, "NotFound", value, "");
  }

  tooLong(field: string, bytesMax: number): void {
    this.#add(field, "TooLong", "", `may not be more than ${bytesMax} bytes`);
  }

  notSupported(field: string, value: Json, supported: readonly string[]): void {
    const list = supported.toSorted((left, right) => (left < right ? -1 : 1));
    const quoted = list.map((each) => `"${each}"`).join(", ");
    this.#add(field, "NotSupported", value, `supported values: ${quoted}`);
  }
}
