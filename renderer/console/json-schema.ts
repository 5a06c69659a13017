/** The parts of JSON Schema that the contracts use, to be read by people. */
import { z } from "zod";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export interface JsonSchema {
  readonly $ref?: string | undefined;
  readonly type?: string | readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly format?: string | undefined;
  readonly pattern?: string | undefined;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: JsonSchema | undefined;
  readonly additionalProperties?: JsonSchema | boolean | undefined;
  readonly anyOf?: readonly JsonSchema[] | undefined;
  readonly oneOf?: readonly JsonSchema[] | undefined;
  readonly allOf?: readonly JsonSchema[] | undefined;
  readonly enum?: readonly z.infer<typeof scalar>[] | undefined;
  readonly const?: z.infer<typeof scalar> | undefined;
  readonly default?: unknown;
  readonly examples?: readonly unknown[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
}

const list = z.lazy(() => z.array(jsonSchemaSchema)).optional();

export const jsonSchemaSchema: z.ZodType<JsonSchema> = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  properties: z.lazy(() => z.record(z.string(), jsonSchemaSchema)).optional(),
  required: z.array(z.string()).optional(),
  // A tuple has no more items than those it lists: false.
  items: z
    .lazy(() => z.union([jsonSchemaSchema, z.boolean().transform(() => undefined)]))
    .optional(),
  additionalProperties: z.lazy(() => z.union([z.boolean(), jsonSchemaSchema])).optional(),
  anyOf: list,
  oneOf: list,
  allOf: list,
  enum: z.array(scalar).optional(),
  const: scalar.optional(),
  default: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
});

/** A type in a few words: `array of string`, `integer or null`, `one of start, stop`. */
export function typeWords(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return `one of ${schema.enum.map((value) => JSON.stringify(value)).join(", ")}`;
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return [...new Set(variants.map(typeWords))].join(" or ");
  if (schema.type === "array") {
    return schema.items ? `array of ${typeWords(schema.items)}` : "array";
  }
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
  if (typeof schema.type === "string") return schema.type;
  return schema.type ? schema.type.join(" or ") : schema.properties ? "object" : "any";
}

/** The bounds in words; those of the number format itself say nothing and are left out. */
export function limitWords(schema: JsonSchema): string[] {
  const words: string[] = [];
  const bound = (value: number | undefined, say: (value: number) => string) => {
    if (value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER) words.push(say(value));
  };
  bound(schema.minimum, (value) => `at least ${value}`);
  bound(schema.exclusiveMinimum, (value) => `above ${value}`);
  bound(schema.maximum, (value) => `at most ${value}`);
  bound(schema.exclusiveMaximum, (value) => `below ${value}`);
  bound(schema.minLength, (value) => `at least ${value} characters`);
  bound(schema.maxLength, (value) => `at most ${value} characters`);
  bound(schema.minItems, (value) => `at least ${value} items`);
  bound(schema.maxItems, (value) => `at most ${value} items`);
  if (schema.pattern) words.push(`matches ${schema.pattern}`);
  if (schema.default !== undefined) words.push(`default ${JSON.stringify(schema.default)}`);
  return words;
}

/** The object schemas inside, through arrays and alternatives, for their properties. */
export function objectsIn(schema: JsonSchema): JsonSchema[] {
  if (schema.properties) return [schema];
  const inner = [
    schema.items,
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.allOf ?? []),
  ];
  if (typeof schema.additionalProperties === "object") inner.push(schema.additionalProperties);
  return inner.flatMap((child) => (child ? objectsIn(child) : []));
}
