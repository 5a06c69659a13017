import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { catalogue, findOperation, freeProperties, type Operation } from "./catalogue.ts";
import { buildRequest, draftFrom, quote, toCurl } from "./request.ts";

function operation(id: string): Operation {
  const found = findOperation(id);
  if (!found) throw new Error(`no operation ${id}`);
  return found;
}

describe("catalogue", () => {
  test("has every public endpoint with method and path, and no internal one", () => {
    const lines = catalogue.map(({ method, path }) => `${method} ${path}`);
    expect(lines).toContain("POST /api/distributed/quantum-search");
    expect(lines).toContain("GET /api/platform/watch");
    expect(new Set(lines).size).toBe(lines.length);
    expect(findOperation("integration.ingest")).toBeNull();
  });

  test("knows streams, path parameters, roles and schemas", () => {
    const fault = operation("platform.fault");
    expect(fault.pathParameters).toEqual(["id"]);
    expect(freeProperties(fault)).toEqual(["kind"]);
    expect(fault.role).toBe("operator");
    expect(operation("platform.watch").streaming).toBe(true);
    expect(operation("platform.watch").output().properties).toHaveProperty("threads");
    expect(operation("quantum.search").input().required).toEqual(["items", "target"]);
  });

  test("every example is accepted by the schema of its operation", () => {
    for (const { id, examples, input } of catalogue) {
      for (const example of Object.values(examples)) {
        const names = Object.keys(input().properties ?? {});
        expect(names, id).toEqual(expect.arrayContaining(Object.keys(example as object)));
      }
    }
  });
});

describe("buildRequest", () => {
  test("fills and escapes the path and leaves out empty query fields", () => {
    const traces = operation("integration.traces.list");
    const draft = { path: {}, query: { limit: "5", status: "", subsystem: "a&b" }, body: "x" };
    expect(buildRequest(traces, draft)).toEqual({
      method: "GET",
      path: "/api/traces?limit=5&subsystem=a%26b",
      body: null,
    });
    const get = operation("integration.traces.get");
    expect(buildRequest(get, { path: { traceId: "a/b" }, query: {}, body: "" }).path).toBe(
      "/api/traces/a%2Fb",
    );
  });

  test("an example becomes path fields and a body", () => {
    const fault = operation("platform.fault");
    const draft = draftFrom(fault, fault.examples["crash"], freeProperties(fault));
    expect(draft.path).toEqual({ id: "quantum" });
    expect(JSON.parse(draft.body)).toEqual({ kind: "crash" });
  });

  test("an operation with nothing but its path has no body", () => {
    const stop = operation("platform.stop");
    const draft = draftFrom(stop, { id: "quantum" }, freeProperties(stop));
    expect(buildRequest(stop, draft).body).toBeNull();
  });
});

describe("curl", () => {
  test("is the documented line", () => {
    const request = { method: "POST", path: "/api/x", body: '{ "a": 1 }' };
    expect(toCurl("http://localhost:3007", request, true)).toBe(
      "curl --globoff -X POST http://localhost:3007/api/x " +
        '-H "Authorization: Bearer $DEMO_TOKEN" ' +
        "-H 'Content-Type: application/json' --data-raw '{\"a\":1}'",
    );
  });

  test.each(["it's", "$(reboot)", "`id`", 'a"b', "a\\b", "new\nline", "!", "", "-flag", "ünï"])(
    "a shell reads %j back unchanged",
    (word) => {
      const read = execFileSync("/bin/sh", ["-c", `printf %s ${quote(word)}`], {
        encoding: "utf8",
      });
      expect(read).toBe(word);
    },
  );
});
