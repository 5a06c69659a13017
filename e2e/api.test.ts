/** The API as a client meets it: the documented lines, and every route with wrong input. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../workers/gateway/contract.ts";
import { problemSchema, type PlatformState } from "../workers/service/contract.ts";
import { operationsOf } from "../workers/service/http-routes.ts";
import { httpLimits } from "../workers/service/limits.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess();
});
afterAll(async () => {
  await platform.stopCleanly();
});

async function send(method: string, path: string, body?: BodyInit, portOffset = 7) {
  const answer = await fetch(platform.url(path, portOffset), {
    method,
    ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text };
}

async function problemOf(method: string, path: string, body?: BodyInit) {
  const { status, headers, text } = await send(method, path, body);
  expect(headers.get("content-type")).toMatch(/^application\/problem\+json/);
  const problem = problemSchema.parse(JSON.parse(text));
  expect(problem.status).toBe(status);
  return problem;
}

const searchPath = "/api/distributed/quantum-search";

describe("POST /api/distributed/quantum-search", () => {
  const search = async (input: object) =>
    JSON.parse((await send("POST", searchPath, JSON.stringify(input))).text) as Record<
      string,
      number
    > & { itemProbabilities: { item: string; probability: number; marked: boolean }[] };

  it("answers the documented line from the simulator", async () => {
    const items = ["apple", "banana", "cherry", "date"];
    const answer = await search({ items, target: "cherry", iterations: 5 });
    // Four states, one marked: theta = pi/6, so sin^2(11 pi/6) = 1/4 after five iterations.
    expect(answer).toMatchObject({ qubits: 2, states: 4, marked: 1, iterations: 5 });
    expect(answer["optimalIterations"]).toBe(1);
    expect(answer["successProbability"]).toBeCloseTo(0.25, 12);
    expect(answer.itemProbabilities.map(({ item }) => item)).toEqual(items);
    expect(String(answer["traceId"])).toMatch(/^[0-9a-f]{32}$/);
  });

  it("finds one of four for certain at the optimal count", async () => {
    const answer = await search({ items: ["a", "b", "c", "d"], target: "c" });
    expect(answer).toMatchObject({ found: true, item: "c", index: 2, iterations: 1 });
    expect(answer["successProbability"]).toBeCloseTo(1, 12);
  });

  it("agrees with sin^2((2k+1) asin(sqrt(M/N))) for any list, target and count", async () => {
    const inputs = fc.record({
      items: fc.array(fc.constantFrom("x", "y", "z", "w"), { minLength: 1, maxLength: 300 }),
      iterations: fc.integer({ min: 0, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(inputs, async ({ items, iterations }) => {
        const answer = await search({ items, target: "x", iterations });
        const marked = items.filter((item) => item === "x").length;
        const states = Math.max(2, 2 ** Math.ceil(Math.log2(items.length)));
        const angle = Math.asin(Math.sqrt(marked / states));
        const expected = Math.sin((2 * iterations + 1) * angle) ** 2;
        expect(Math.abs((answer["successProbability"] ?? NaN) - expected)).toBeLessThan(1e-12);
        expect(answer).toMatchObject({ marked, states, iterations });
      }),
      { numRuns: 40 },
    );
  });

  it("takes the longest list and repeats a measurement from its seed", async () => {
    const items = Array.from({ length: 4_096 }, (_, index) => `item ${index}`);
    const input = { items, target: "item 4095", iterations: 3, seed: 42 };
    const [first, second] = [await search(input), await search(input)];
    expect(first).toMatchObject({ qubits: 12, marked: 1 });
    expect(second["measuredState"]).toBe(first["measuredState"]);
  });

  it.each([
    ["an empty list", { items: [], target: "a" }, "items"],
    ["a list that is too long", { items: Array(4_097).fill("a"), target: "a" }, "items"],
    ["an item that is no text", { items: ["a", 1], target: "a" }, "items.1"],
    ["no target", { items: ["a"] }, "target"],
    ["a negative count", { items: ["a"], target: "a", iterations: -1 }, "iterations"],
    ["a broken count", { items: ["a"], target: "a", iterations: 1.5 }, "iterations"],
    ["an unknown key", { items: ["a"], target: "a", role: "admin" }, ""],
  ])("refuses %s and names the field", async (_title, input, path) => {
    const problem = await problemOf("POST", searchPath, JSON.stringify(input));
    expect(problem).toMatchObject({ status: 400, code: "INPUT_INVALID" });
    expect(problem.issues?.map((issue) => issue.path)).toContain(path);
  });

  it.each([
    ["malformed JSON", "{", 400, "BODY_MALFORMED"],
    ["two values", "{} {}", 400, "BODY_MALFORMED"],
    ["invalid UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400, "BODY_MALFORMED"],
    ["a prototype key", '{"__proto__":{"x":1}}', 400, "BODY_MALFORMED"],
    ["deep nesting", "[".repeat(100_000), 413, "BODY_TOO_COMPLEX"],
    ["very many values", `[${"1,".repeat(150_000)}1]`, 413, "BODY_TOO_COMPLEX"],
    ["a list in place of an object", "[]", 400, "INPUT_INVALID"],
    [
      "a number out of range",
      '{"items":["a"],"target":"a","iterations":1e309}',
      400,
      "INPUT_INVALID",
    ],
  ])("refuses %s", async (_title, body, status, code) => {
    expect(await problemOf("POST", searchPath, body)).toMatchObject({ status, code });
  });

  it("refuses a chunked body that exceeds the limit while it arrives", async () => {
    const chunk = new Uint8Array(256 * 1024).fill(0x20);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent > httpLimits.bodyBytesMax) controller.close();
        else controller.enqueue(chunk);
        sent += chunk.length;
      },
    });
    const answer = await fetch(platform.url(searchPath, 7), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: endless,
      duplex: "half",
    } as RequestInit);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: "BODY_TOO_LARGE" });
  });
});

/** Hundreds of requests to all threads, on a machine that may be busy. */
const fuzzTimeoutMs = 90_000;

function takes(url: string, path: string): boolean {
  const [pattern, segments] = [url.split("/"), path.split("/")];
  return (
    pattern.length === segments.length &&
    pattern.every((each, place) => each.startsWith("{") || each === segments[place])
  );
}

describe("every operation of the contract", () => {
  const operations = operationsOf(api);

  it("is described in the OpenAPI document of each port, and nothing else is", async () => {
    for (const offset of [0, 7]) {
      const { text } = await send("GET", "/openapi.json", undefined, offset);
      const { openapi, paths } = JSON.parse(text) as {
        openapi: string;
        paths: Record<string, Record<string, unknown>>;
      };
      expect(openapi).toMatch(/^3\.1\./);
      const described = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      const implemented = operations.map(({ method, url }) => `${method} ${url}`);
      expect(described.toSorted()).toEqual(implemented.toSorted());
    }
  });

  it.each(operations.map((operation) => [operation.name, operation] as const))(
    "%s refuses what its contract does not name",
    async (_name, { method, url }) => {
      const path = url.replaceAll(/\{[^}]+\}/g, "no-such-thing");
      const unknown = JSON.stringify({ noSuchKey: 1 });
      const problem =
        method === "GET" || method === "DELETE"
          ? await problemOf(method, `${path}?noSuchKey=1`)
          : await problemOf(method, path, unknown);
      expect(problem).toMatchObject({ status: 400, code: "INPUT_INVALID" });
    },
  );

  it.each([...new Set(operations.map(({ url }) => url))])("%s names its methods", async (url) => {
    const path = url.replaceAll(/\{[^}]+\}/g, "x");
    // Also those that take what is a name here as a parameter.
    const meant = operations.filter((operation) => takes(operation.url, path));
    const methods = new Set(meant.map(({ method }) => method));
    const free = (["DELETE", "PATCH", "PUT", "POST"] as const).find((each) => !methods.has(each));
    const { status, headers } = await send(free!, path);
    expect(status).toBe(405);
    const allowed = [...methods, ...(methods.has("GET") ? ["HEAD"] : [])];
    expect(headers.get("allow")?.split(", ").toSorted()).toEqual(allowed.toSorted());
  });

  it("survives any JSON that anybody sends", { timeout: fuzzTimeoutMs }, async () => {
    const posts = operations.filter(({ method, url }) => method === "POST" && !url.includes("{"));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), fc.jsonValue(), async ({ url }, value) => {
        const { status } = await send("POST", url, JSON.stringify(value));
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
    const state = JSON.parse((await send("GET", "/api/platform")).text) as PlatformState;
    expect(state.threads.map(({ restarts }) => restarts)).toEqual(state.threads.map(() => 0));
  });
});

describe("live state", () => {
  it("arrives as server-sent events, about once a second", async () => {
    const controller = new AbortController();
    const answer = await fetch(platform.url("/api/platform/watch", 7), {
      signal: controller.signal,
    });
    expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      if (text.split("event: message").length > 3) break;
    }
    controller.abort();
    const states = [...text.matchAll(/^data: (\{.*\})$/gm)].map(
      ([, json]) => JSON.parse(json ?? "") as PlatformState,
    );
    const times = states.map(({ at }) => at);
    expect(times.length).toBeGreaterThanOrEqual(2);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

describe("one request across threads", () => {
  it("is one trace, continued from the caller's own", async () => {
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    await fetch(platform.url(searchPath), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      },
      body: JSON.stringify({ items: ["a", "b"], target: "a" }),
    });
    const spans = async () => {
      const { text } = await send("GET", `/api/traces/${traceId}`);
      const found = JSON.parse(text) as {
        spans: { spanId: string; parentSpanId: string; subsystem: string; kind: string }[];
      };
      return found.spans;
    };
    await expect
      .poll(async () => (await spans()).map(({ subsystem, kind }) => `${subsystem} ${kind}`))
      .toEqual([
        "gateway server",
        "gateway client",
        "integration server",
        "integration client",
        "quantum server",
      ]);
    const chain = await spans();
    expect(chain.map(({ parentSpanId }) => parentSpanId)).toEqual([
      "00f067aa0ba902b7",
      ...chain.slice(0, -1).map(({ spanId }) => spanId),
    ]);
  });
});
