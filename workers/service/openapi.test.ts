import { isContractProcedure, type AnyContractRouter } from "@orpc/contract";
import { beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { api } from "../gateway/contract.ts";
import { operationsOf } from "./http-routes.ts";
import { openApiDocument } from "./openapi.ts";

type Json = Record<string, unknown>;

const methods = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);
let document: Json;
let listed: { method: string; url: string; operation: Json }[];

beforeAll(async () => {
  // As a client sees it: after a round trip through JSON.
  const text = JSON.stringify(await openApiDocument(api, "1.2.3"));
  document = JSON.parse(text) as Json;
  listed = Object.entries(document["paths"] as Json).flatMap(([url, item]) =>
    Object.entries(item as Json)
      .filter(([key]) => methods.has(key))
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        url,
        operation: operation as Json,
      })),
  );
});

/** Every object of the document, with the place where it stands. */
function walk(value: unknown, place: string, visit: (node: Json, place: string) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) visit(value as Json, place);
  for (const [key, child] of Object.entries(value)) walk(child, `${place}/${key}`, visit);
}

describe("OpenAPI 3.1", () => {
  it("section 4.8.1: the document's own fields", () => {
    expect(document["openapi"]).toMatch(/^3\.1\.\d+$/);
    expect(document["info"]).toMatchObject({ title: "@DEMO control center", version: "1.2.3" });
    expect(document["security"]).toEqual([{}, { token: [] }]);
    expect((document["components"] as Json)["securitySchemes"]).toEqual({
      token: { type: "http", scheme: "bearer" },
    });
  });

  it("is made in as many pieces as there are operations, between which its thread may turn", async () => {
    let pieces = 0;
    await openApiDocument(api, "1.2.3", async () => (pieces += 1));
    expect(pieces).toBe(operationsOf(api).length);
  });

  it("section 4.8.10: operation ids are unique and responses are described", () => {
    const ids = listed.map(({ operation }) => operation["operationId"]);
    expect(new Set(ids).size).toBe(listed.length);
    expect(ids.every((id) => typeof id === "string" && id !== "")).toBe(true);
    for (const { operation } of listed) {
      for (const [status, response] of Object.entries(operation["responses"] as Json)) {
        expect(status).toMatch(/^([1-5]\d\d|default)$/);
        expect(response).toMatchObject({ description: expect.any(String) as string });
      }
    }
  });

  it("section 4.8.12: each template name of a path is a required path parameter, and no other", () => {
    for (const { url, operation } of listed) {
      const parameters = (operation["parameters"] ?? []) as Json[];
      const inPath = parameters.filter((each) => each["in"] === "path");
      expect(inPath.map(({ name, required }) => ({ name, required }))).toEqual(
        [...url.matchAll(/\{([^}]+)\}/g)].map(([, name]) => ({ name, required: true })),
      );
    }
  });

  it("section 4.8.10: a GET describes no body", () => {
    const reads = listed.filter(({ method }) => method === "GET");
    expect(reads.filter(({ operation }) => "requestBody" in operation)).toEqual([]);
  });

  it("every reference leads somewhere", () => {
    const references: string[] = [];
    walk(document, "", (node) => {
      if (typeof node["$ref"] === "string") references.push(node["$ref"]);
    });
    expect(references.length).toBeGreaterThan(0);
    const targets = references.map((reference) => {
      const steps = reference.replace(/^#\//, "").split("/");
      return steps.reduce<unknown>((node, step) => (node as Json | undefined)?.[step], document);
    });
    expect(targets.filter((target) => target === undefined)).toEqual([]);
  });

  it("an object that the contract closes is closed in the document", () => {
    const bodies = listed.flatMap(({ url, operation }) => {
      const content = ((operation["requestBody"] as Json | undefined)?.["content"] ?? {}) as Json;
      const schema = (content["application/json"] as Json | undefined)?.["schema"] as Json;
      return schema === undefined ? [] : [{ url, closed: schema["additionalProperties"] }];
    });
    expect(bodies.length).toBeGreaterThan(0);
    expect(bodies.filter(({ closed }) => closed !== false)).toEqual([]);
  });
});

describe("the document and the routes", () => {
  it("API9: hold exactly the same operations, with the role that each needs", () => {
    const described = listed.map(({ method, url, operation }) => ({
      method,
      url,
      role: operation["x-role"],
    }));
    const served = operationsOf(api).map(({ method, url, meta }) => ({
      method,
      url,
      role: meta.role,
    }));
    const byAddress = (a: { url: string; method: string }, b: typeof a) =>
      `${a.url} ${a.method}`.localeCompare(`${b.url} ${b.method}`);
    expect(described.toSorted(byAddress)).toEqual(served.toSorted(byAddress));
  });

  it("keep internal procedures to themselves", () => {
    expect(JSON.stringify(document)).not.toContain("ingest");
  });

  it("answer with the success status of the contract", () => {
    for (const { method, url, successStatus } of operationsOf(api)) {
      const found = listed.find((each) => each.method === method && each.url === url);
      expect(Object.keys(found?.operation["responses"] as Json).toSorted()).toEqual(
        [String(successStatus), "default"].toSorted(),
      );
    }
  });

  it("RFC 9457: name a problem as every operation's other answer", () => {
    for (const { operation } of listed) {
      expect((operation["responses"] as Json)["default"]).toEqual({
        description: "Problem",
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        },
      });
    }
  });
});

describe("examples", () => {
  const procedures = collect(api);
  const withExamples = operationsOf(api).flatMap(({ name, url, method, meta }) =>
    Object.entries(meta.examples ?? {}).map(([title, value]) => ({
      name,
      title,
      url,
      method,
      value,
    })),
  );

  it.each(withExamples)("$name: $title fits the contract's own schema", ({ name, value }) => {
    const schema = procedures.get(name);
    expect(schema).toBeDefined();
    expect(schema?.safeParse(value).error?.issues ?? []).toEqual([]);
  });

  it("are in the document wherever there is a body to put them in", () => {
    const shown = withExamples.filter(({ url, method, title, value }) => {
      const { operation } = listed.find((each) => each.method === method && each.url === url)!;
      const content = ((operation["requestBody"] as Json | undefined)?.["content"] ?? {}) as Json;
      const media = content["application/json"] as Json | undefined;
      if (media === undefined) return false;
      expect((media["examples"] as Json)[title]).toEqual({ value });
      return true;
    });
    expect(shown.length).toBeGreaterThan(0);
  });

  it("are there for every operation with a body", () => {
    const bare = operationsOf(api).filter(
      ({ method, meta }) => method === "POST" && Object.keys(meta.examples ?? {}).length === 0,
    );
    expect(bare).toEqual([]);
  });
});

function collect(contract: AnyContractRouter, name = ""): Map<string, z.ZodType> {
  if (isContractProcedure(contract)) {
    const schema = contract["~orpc"].inputSchema;
    return new Map(schema === undefined ? [] : [[name, schema as z.ZodType]]);
  }
  const children = Object.entries(contract).map(([key, child]) =>
    collect(child as AnyContractRouter, name === "" ? key : `${name}.${key}`),
  );
  return new Map(children.flatMap((each) => [...each]));
}
