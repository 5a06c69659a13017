/** Every endpoint of the platform, read from the contracts. */
import { type AnySchema, getEventIteratorSchemaDetails, isContractProcedure } from "@orpc/contract";
import { z } from "zod";
import { api } from "../../workers/gateway/contract.ts";
import type { RouteMeta } from "../../workers/service/contract.ts";
import { type JsonSchema, jsonSchemaSchema } from "./json-schema.ts";

export interface Operation {
  /** Its place in the contract, such as `integration.quantumSearch`. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string | null;
  readonly group: string;
  readonly role: RouteMeta["role"];
  /** Whether its bodies hold secrets, which are not remembered. */
  readonly secret: boolean;
  readonly examples: Readonly<Record<string, unknown>>;
  /** Whether the answer is a stream of server-sent events. */
  readonly streaming: boolean;
  readonly pathParameters: readonly string[];
  readonly input: () => JsonSchema;
  readonly output: () => JsonSchema;
}

export const catalogue: readonly Operation[] = collect(api, []);

export function findOperation(id: string | undefined): Operation | null {
  return catalogue.find((operation) => operation.id === id) ?? null;
}

function collect(node: unknown, path: readonly string[]): Operation[] {
  if (isContractProcedure(node)) {
    const { meta, route, inputSchema, outputSchema } = node["~orpc"];
    if (isInternal(meta)) return [];
    const { role, examples, secret = false } = meta as RouteMeta;
    const httpPath = route.path ?? `/${path.join("/")}`;
    const events = getEventIteratorSchemaDetails(outputSchema);
    return [
      {
        id: path.join("."),
        method: route.method ?? "POST",
        path: httpPath,
        summary: route.summary ?? path.join("."),
        description: route.description ?? null,
        group: route.tags?.[0] ?? path[0] ?? "Other",
        role,
        secret,
        examples: examples ?? {},
        streaming: events !== undefined,
        pathParameters: pathParametersOf(httpPath),
        input: () => schemaOf(inputSchema, "input"),
        output: () => schemaOf(events?.yields ?? outputSchema, "output"),
      },
    ];
  }
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) => collect(child, [...path, key]));
}

function isInternal(meta: Record<string, unknown>): boolean {
  return meta["internal"] === true;
}

function pathParametersOf(path: string): string[] {
  return [...path.matchAll(/\{\+?([^}]+)\}/g)].flatMap(([, name]) => name ?? []);
}

function schemaOf(schema: AnySchema | undefined, io: "input" | "output"): JsonSchema {
  if (!(schema instanceof z.ZodType)) return {};
  return jsonSchemaSchema.parse(z.toJSONSchema(schema, { io, unrepresentable: "any" }));
}

/** The part of the input that is not in the path: the query of a GET, the body of others. */
export function freeProperties(operation: Operation): string[] {
  return Object.keys(operation.input().properties ?? {}).filter(
    (name) => !operation.pathParameters.includes(name),
  );
}
