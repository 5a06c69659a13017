import { expect, test } from "vitest";
import { openApiSchema, operationsOf, resolveSchema } from "./open-api.ts";

const document = openApiSchema.parse({
  openapi: "3.1.0",
  info: { title: "t", version: "1" },
  paths: {
    "/a": {
      get: { operationId: "a.get", tags: ["A"], responses: { 200: { description: "ok" } } },
      post: { summary: "make" },
      parameters: [],
    },
  },
  components: {
    schemas: {
      Tree: {
        type: "object",
        properties: {
          name: { type: "string" },
          children: { type: "array", items: { $ref: "#/components/schemas/Tree" } },
        },
      },
    },
  },
});

test("operations are read with method, path, group and a stable id", () => {
  expect(
    operationsOf(document).map(({ id, method, path, group }) => [id, method, path, group]),
  ).toEqual([
    ["a.get", "GET", "/a", "A"],
    ["POST /a", "POST", "/a", "Other"],
  ]);
});

test("references are resolved, and a schema that contains itself ends", () => {
  const resolved = resolveSchema({ $ref: "#/components/schemas/Tree" }, document);
  expect(resolved.properties?.["name"]).toEqual({ type: "string" });
  expect(resolved.properties?.["children"]?.items).toEqual({ $ref: "Tree" });
});
