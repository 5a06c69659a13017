/** OpenAPI 3.1 from the contract: the document behind /openapi.json and /docs. */
import type { AnyContractRouter } from "@orpc/contract";
import { OpenAPIGenerator, type OpenAPI } from "@orpc/openapi";
import { ZodToJsonSchemaConverter } from "@orpc/zod/zod4";
import { z } from "zod";
import { problemSchema, type RouteMeta } from "./contract.ts";
import { knownProblems } from "./errors.ts";
import { operationsOf } from "./http-routes.ts";

/** @param version of the platform */
export async function openApiDocument(
  contract: AnyContractRouter,
  version: string,
): Promise<OpenAPI.Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(contract, {
    filter: ({ contract: procedure }) =>
      (procedure["~orpc"].meta as unknown as RouteMeta).internal !== true,
    info: {
      title: "@DEMO control center",
      version,
      description:
        "One API on every port; a problem (RFC 9457) carries a stable code and a remedy.",
    },
    components: {
      schemas: { Problem: z.toJSONSchema(problemSchema) as OpenAPI.SchemaObject },
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
    security: [{}, { token: [] }],
  });
  describeOperations(document, contract);
  const problems = Object.entries(knownProblems()).map(([code, entry]) => ({ code, ...entry }));
  return Object.assign(document, { "x-problems": problems });
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
