/** OpenAPI 3.1 from the contract: the document behind /openapi.json and /docs. */
import { setImmediate } from "node:timers/promises";
import type { AnyContractRouter } from "@orpc/contract";
import { OpenAPIGenerator, type OpenAPI } from "@orpc/openapi";
import { ZodToJsonSchemaConverter } from "@orpc/zod/zod4";
import { z } from "zod";
import { problemSchema } from "./contract.ts";
import { knownProblems } from "./errors.ts";
import { operationsOf } from "./http-routes.ts";

/**
 * Made operation by operation: the whole takes longer than a thread may work without turning its event
 * loop (decision 2).
 * @param version of the platform
 * @param breathe lets the event loop turn
 */
export async function openApiDocument(
  contract: AnyContractRouter,
  version: string,
  breathe: () => Promise<unknown> = () => setImmediate(),
): Promise<OpenAPI.Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const options = {
    info: {
      title: "@DEMO control center",
      version,
      description:
        "One API on every port; a problem (RFC 9457) carries a stable code and a remedy.",
    },
    components: {
      schemas: { Problem: z.toJSONSchema(problemSchema) as OpenAPI.SchemaObject },
      securitySchemes: { token: { type: "http", scheme: "bearer" } as const },
    },
    security: [{}, { token: [] }],
  };
  const document = await generator.generate({}, options);
  for (const { path } of operationsOf(contract)) {
    const { paths = {} } = await generator.generate(partAt(contract, path), options);
    document.paths ??= {};
    for (const [url, methods] of Object.entries(paths)) {
      document.paths[url] = { ...document.paths[url], ...methods };
    }
    await breathe();
  }
  describeOperations(document, contract);
  const problems = Object.entries(knownProblems()).map(([code, entry]) => ({ code, ...entry }));
  return Object.assign(document, { "x-problems": problems });
}

/** The contract with a single procedure left, in its place. */
function partAt(contract: AnyContractRouter, path: readonly string[]): AnyContractRouter {
  const [key, ...rest] = path;
  if (key === undefined) return contract;
  const child = (contract as Readonly<Record<string, AnyContractRouter>>)[key];
  if (child === undefined) throw new Error(`the contract has no ${path.join(".")}`);
  return { [key]: partAt(child, rest) };
}

/** What the generator cannot know: problems, needed roles and example inputs. */
function describeOperations(document: OpenAPI.Document, contract: AnyContractRouter): void {
  for (const { url, method, meta } of operationsOf(contract)) {
    const operation = document.paths?.[url]?.[method.toLowerCase() as "get" | "post"];
    if (operation === undefined) continue;
    operation.responses = {
      ...operation.responses,
      default: {
        description: "Problem",
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        },
      },
    };
    Object.assign(operation, { "x-role": meta.role });
    const body = operation.requestBody;
    const media =
      body !== undefined && "content" in body ? body.content["application/json"] : undefined;
    if (media !== undefined && meta.examples !== undefined) {
      const named = Object.entries(meta.examples).map(
        ([name, value]) => [name, { value }] as const,
      );
      media.examples = Object.fromEntries(named);
    }
  }
}
