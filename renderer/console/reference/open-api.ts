/** The parts of an OpenAPI 3.1 document that the reference shows. */
import { z } from "zod";
import { type JsonSchema, jsonSchemaSchema } from "../json-schema.ts";

const contentSchema = z.record(
  z.string(),
  z.looseObject({
    schema: jsonSchemaSchema.optional(),
    example: z.unknown().optional(),
    examples: z.record(z.string(), z.looseObject({ value: z.unknown().optional() })).optional(),
  }),
);

const operationSchema = z.looseObject({
  operationId: z.string().optional(),
  summary: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).optional(),
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        in: z.string(),
        required: z.boolean().optional(),
        description: z.string().optional(),
        schema: jsonSchemaSchema.optional(),
      }),
    )
    .optional(),
  requestBody: z.looseObject({ content: contentSchema }).optional(),
  responses: z
    .record(
      z.string(),
      z.looseObject({ description: z.string().optional(), content: contentSchema.optional() }),
    )
    .optional(),
});

const methods = ["get", "post", "put", "patch", "delete", "head", "options"] as const;

export const openApiSchema = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z
    .looseObject({ schemas: z.record(z.string(), jsonSchemaSchema).optional() })
    .optional(),
  "x-problems": z
    .array(z.object({ code: z.string(), status: z.int(), title: z.string(), remedy: z.string() }))
    .default([]),
});
export type OpenApi = z.infer<typeof openApiSchema>;

export interface DocumentedOperation extends z.infer<typeof operationSchema> {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly group: string;
}

/** Every operation of the document, in its order. */
export function operationsOf(document: OpenApi): DocumentedOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const parsed = operationSchema.safeParse(item[method]);
      if (!parsed.success) return [];
      const upper = method.toUpperCase();
      return {
        ...parsed.data,
        id: parsed.data.operationId ?? `${upper} ${path}`,
        method: upper,
        path,
        group: parsed.data.tags?.[0] ?? "Other",
      };
    }),
  );
}

/** Replaces references by what they name; a schema that contains itself keeps the name there. */
export function resolveSchema(
  schema: JsonSchema,
  document: OpenApi,
  within: readonly string[] = [],
): JsonSchema {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
    const target = document.components?.schemas?.[name];
    if (!target || within.includes(name)) return { $ref: name };
    return resolveSchema(target, document, [...within, name]);
  }
  const inner = (child: JsonSchema) => resolveSchema(child, document, within);
  return {
    ...schema,
    ...(schema.items && { items: inner(schema.items) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map(inner) }),
    ...(schema.oneOf && { oneOf: schema.oneOf.map(inner) }),
    ...(schema.allOf && { allOf: schema.allOf.map(inner) }),
    ...(schema.properties && {
      properties: Object.fromEntries(
        Object.entries(schema.properties).map(([name, child]) => [name, inner(child)]),
      ),
    }),
    ...(typeof schema.additionalProperties === "object" && {
      additionalProperties: inner(schema.additionalProperties),
    }),
  };
}
