import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { eventIterator } from "@orpc/contract";
import { createRouterClient, implement } from "@orpc/server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { problemSchema, route, subsystems, type Problem } from "./contract.ts";
import { appOrigin, type GuardPolicy } from "./guard.ts";
import { addOperations, operationsOf, type HandlerContext, type Invoke } from "./http-routes.ts";
import { problemFrom } from "./errors.ts";
import { createHttpServer, guardPolicy } from "./http-server.ts";
import type { ThreadSetup } from "./lifecycle.ts";
import { httpLimits } from "./limits.ts";
import { ThreadMetrics } from "./telemetry/metrics.ts";
import { portTable } from "./ports.ts";
import { createVitalsMemory } from "./vitals.ts";

const contract = {
  notes: {
    get: route
      .route({ method: "GET", path: "/api/notes/{id}" })
      .input(z.strictObject({ id: z.coerce.number().int(), full: z.string().optional() })),
    add: route
      .meta({ role: "operator" })
      .route({ method: "POST", path: "/api/notes", successStatus: 201 })
      .input(z.strictObject({ text: z.string() })),
    rename: route
      .route({ method: "PUT", path: "/api/notes/{id}" })
      .input(z.strictObject({ id: z.coerce.number(), text: z.string() })),
    wipe: route.meta({ role: "admin" }).route({ method: "DELETE", path: "/api/notes" }),
  },
  clock: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({ method: "GET", path: "/api/clock" })
    .input(z.strictObject({ zone: z.string().optional() })),
  broken: route.route({ method: "GET", path: "/api/broken" }),
  patient: route.route({ method: "GET", path: "/api/patient" }),
  ticks: route
    .route({ method: "GET", path: "/api/ticks" })
    .output(eventIterator(z.object({ tick: z.int() }))),
  secret: route.meta({ role: "admin", internal: true }),
};

/** What handlers saw and what the tests drive them with. */
const world = {
  nowMs: 0,
  clockCalls: 0,
  openStreams: 0,
  abortedCalls: 0,
  unexpected: [] as unknown[],
};

const untilAborted = (signal: AbortSignal | undefined) =>
  new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));

async function* ticking(signal: AbortSignal | undefined) {
  world.openStreams += 1;
  try {
    yield { tick: 1 };
    yield { tick: 2 };
    await untilAborted(signal);
  } finally {
    world.openStreams -= 1;
  }
}

const os = implement(contract).$context<HandlerContext>();
const router = os.router({
  notes: {
    get: os.notes.get.handler(({ input }) => input),
    add: os.notes.add.handler(({ input }) => input),
    rename: os.notes.rename.handler(({ input }) => input),
    wipe: os.notes.wipe.handler(() => undefined),
  },
  clock: os.clock.handler(() => ({ calls: (world.clockCalls += 1) })),
  broken: os.broken.handler(() => {
    throw new Error("the disk at /secret/path is full");
  }),
  patient: os.patient.handler(async ({ signal }) => {
    await untilAborted(signal);
    world.abortedCalls += 1;
  }),
  ticks: os.ticks.handler(({ signal }) => ticking(signal)),
  secret: os.secret.handler(() => "never over HTTP"),
});

const invoke: Invoke = (path, input, { context, signal }) => {
  const client: unknown = createRouterClient(router, { context });
  const procedure = path.reduce<unknown>(
    (each, step) => (each as Record<string, unknown>)[step],
    client,
  ) as (input: unknown, options: object) => Promise<unknown>;
  return procedure(input, { signal });
};

const setup = (changes: Partial<ThreadSetup> = {}): ThreadSetup => ({
  id: "integration",
  instanceId: "one",
  version: "1.2.3",
  host: "127.0.0.1",
  ports: portTable(3000),
  auth: "open",
  allowedOrigins: [],
  token: "token-of-this-launch",
  signInCode: null,
  home: null,
  desktop: true,
  rendererFolder: "",
  ledger: { validators: 3, consensus: "raft", genesis: null, import: null },
  vitals: createVitalsMemory(),
  ...changes,
});

const metrics = new ThreadMetrics("integration", "1.2.3");

async function serve(changes: Partial<ThreadSetup> = {}) {
  const hosts = new Set<string>();
  const policy: GuardPolicy = { ...guardPolicy(setup(changes), 3007), hosts };
  const app = createHttpServer(policy, metrics);
  addOperations(app, operationsOf(contract), {
    invoke,
    now: () => world.nowMs,
    onError: (error) => {
      if (problemFrom(error).code === "INTERNAL") world.unexpected.push(error);
    },
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  hosts.add(`localhost:${port}`);
  return { app, port, server: app.server };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | readonly string[];
}

let running: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  running = await serve();
});
afterAll(() => running.app.close());
beforeEach(() => {
  Object.assign(world, { clockCalls: 0, abortedCalls: 0, unexpected: [] });
  world.nowMs += 1_000;
});
afterEach(async () => {
  // Whatever a test did, nothing may be left behind.
  await vi.waitUntil(() => metrics.counts().requestsInFlight === 0 && world.openStreams === 0);
});

function begin(
  path: string,
  { method = "GET", headers = {}, body }: Sent = {},
  port = running.port,
) {
  const request = httpRequest({
    host: "127.0.0.1",
    port,
    path,
    method,
    agent: false,
    headers: { Host: `localhost:${port}`, ...headers },
  });
  if (typeof body === "object") body.forEach((chunk) => request.write(chunk));
  request.end(typeof body === "string" ? body : undefined);
  return request;
}

async function ask(path: string, sent: Sent = {}, port = running.port): Promise<Answer> {
  const request = begin(path, sent, port);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  ask(path, {
    method: "POST",
    body,
    headers: {
      "Content-Type": "application/json",
      "Content-Length": String(Buffer.byteLength(body)),
      ...headers,
    },
  });

function problemOf({ status, headers, body }: Answer): Problem {
  expect(headers["content-type"]).toMatch(/^application\/problem\+json(; charset=utf-8)?$/);
  const parsed = problemSchema.strict().parse(JSON.parse(body));
  expect(parsed.status).toBe(status);
  return parsed;
}

const outcome = ({ status, body }: Answer) => ({ status, body: JSON.parse(body) as unknown });

describe("input", () => {
  it("of a GET is the query and the path", async () => {
    expect(outcome(await ask("/api/notes/7?full=yes"))).toEqual({
      status: 200,
      body: { id: 7, full: "yes" },
    });
  });

  it("of a POST is the body, and the contract's status answers it", async () => {
    expect(outcome(await post("/api/notes", '{"text":"a"}'))).toEqual({
      status: 201,
      body: { text: "a" },
    });
  });

  it("takes a name from the path rather than from the body", async () => {
    const body = '{"id":8,"text":"a"}';
    const answer = await ask("/api/notes/7", {
      method: "PUT",
      body,
      headers: { "Content-Type": "application/json" },
    });
    expect(outcome(answer)).toEqual({ status: 200, body: { id: 7, text: "a" } });
  });

  it("without output answers null", async () => {
    const headers = { Authorization: "Bearer token-of-this-launch" };
    const answer = await ask("/api/notes", { method: "DELETE", headers });
    expect(outcome(answer)).toEqual({ status: 200, body: null });
  });
});

describe("input that is refused", () => {
  it("malformed JSON: the detail says where", async () => {
    const body = problemOf(await post("/api/notes", '{"text":'));
    expect(body).toMatchObject({ code: "BODY_MALFORMED", status: 400 });
    expect(body.detail).toContain("JSON");
  });

  it.each([
    ["an unknown key", '{"text":"a","role":"admin"}', "", "role"],
    ["a wrong type", '{"text":7}', "text", "string"],
    ["a missing field", "{}", "text", "string"],
    ["an array", "[]", "", "object"],
    ["null", "null", "", "object"],
    ["nothing", "", "text", "string"],
  ])("%s", async (_title, text, path, word) => {
    const body = problemOf(await post("/api/notes", text));
    expect(body).toMatchObject({
      code: "INPUT_INVALID",
      status: 400,
      issues: [{ path, message: expect.stringContaining(word) as string }],
    });
  });

  it("an unknown query parameter", async () => {
    expect(problemOf(await ask("/api/notes/7?limit=1e9")).code).toBe("INPUT_INVALID");
  });

  it.each([
    ["RFC 3986 section 2.1: an escape without digits", "/api/notes/%zz"],
    ["RFC 3986 section 2.5: escaped octets that are not UTF-8", "/api/notes/%ff"],
    ["a path parameter that is too long", `/api/notes/${"7".repeat(257)}`],
  ])("%s", async (_title, path) => {
    expect(problemOf(await ask(path))).toMatchObject({ code: "BAD_TARGET", status: 400 });
  });

  it("RFC 9110 section 15.5.16: another content type", async () => {
    const body = problemOf(
      await post("/api/notes", '{"text":"a"}', { "Content-Type": "text/plain" }),
    );
    expect(body).toMatchObject({ code: "CONTENT_TYPE_REFUSED", status: 415 });
  });

  it("RFC 9110 section 15.5.14: a chunked body that exceeds the limit on its way", async () => {
    const chunk = `"${"a".repeat(64 * 1024)}",`;
    const chunks = Array.from({ length: httpLimits.bodyBytesMax / (64 * 1024) }, () => chunk);
    const answer = await ask("/api/notes", {
      method: "POST",
      headers: { "Content-Type": "application/json", "Transfer-Encoding": "chunked" },
      body: ["[", ...chunks],
    });
    expect(problemOf(answer)).toMatchObject({ code: "BODY_TOO_LARGE", status: 413 });
  });

  it("a hostile nesting", async () => {
    const body = problemOf(await post("/api/notes", "[".repeat(100_000)));
    expect(body).toMatchObject({ code: "BODY_TOO_COMPLEX", status: 413 });
  });
});

describe("routes and methods", () => {
  it("an unknown path is a 404", async () => {
    expect(problemOf(await ask("/api/nothing?x=1"))).toMatchObject({
      code: "ROUTE_UNKNOWN",
      status: 404,
      detail: "GET /api/nothing is not a route.",
    });
  });

  it("an internal procedure has no route", async () => {
    for (const path of ["/secret", "/api/secret", "/rpc/secret"]) {
      expect(problemOf(await post(path, "{}")).code).toBe("ROUTE_UNKNOWN");
    }
  });

  it.each([
    ["DELETE", "/api/notes/7", "GET, HEAD, PUT"],
    ["OPTIONS", "/api/notes/7", "GET, HEAD, PUT"],
    ["GET", "/api/notes", "POST, DELETE"],
    ["HEAD", "/api/notes", "POST, DELETE"],
    ["POST", "/api/clock", "GET, HEAD"],
    ["PATCH", "/api/clock", "GET, HEAD"],
  ])("RFC 9110 section 15.5.6: %s %s is a 405 that allows %s", async (method, path, allow) => {
    const answer = await ask(path, { method });
    expect({ status: answer.status, allow: answer.headers.allow }).toEqual({ status: 405, allow });
  });

  it("RFC 9110 section 9.3.2: HEAD answers as GET does, without the content", async () => {
    const [head, get] = [await ask("/api/notes/7", { method: "HEAD" }), await ask("/api/notes/7")];
    const comparable = ({ headers }: Answer) => ({
      type: headers["content-type"],
      length: headers["content-length"],
    });
    expect({ status: head.status, body: head.body, ...comparable(head) }).toEqual({
      status: get.status,
      body: "",
      ...comparable(get),
    });
  });

  it("A19 HEAD needs the role that GET needs", async () => {
    const closed = await serve({ auth: "required" });
    try {
      const statuses = await Promise.all(
        ["GET", "HEAD"].map(
          async (method) => (await ask("/api/clock", { method }, closed.port)).status,
        ),
      );
      expect(statuses).toEqual([401, 401]);
    } finally {
      await closed.app.close();
    }
  });
});

describe("who may call", () => {
  it("an operator of open mode may not do what an admin may", async () => {
    expect(problemOf(await ask("/api/notes", { method: "DELETE" }))).toMatchObject({
      code: "ROLE_TOO_LOW",
      status: 403,
    });
  });

  it("nothing is computed for a caller without the role", async () => {
    const closed = await serve({ auth: "required" });
    try {
      const body = problemOf(await ask("/api/clock", {}, closed.port));
      expect({ code: body.code, calls: world.clockCalls }).toEqual({
        code: "SIGN_IN_REQUIRED",
        calls: 0,
      });
    } finally {
      await closed.app.close();
    }
  });
});

describe("a failure that nobody expected", () => {
  it("says nothing of itself, names a trace, and is reported once", async () => {
    const answer = await ask("/api/broken");
    expect(answer.body).not.toMatch(/secret|disk|Error|\bat /);
    expect(problemOf(answer)).toMatchObject({
      code: "INTERNAL",
      status: 500,
      traceId: answer.headers["x-trace-id"] as string,
    });
    expect(world.unexpected.map((error) => (error as Error).message)).toEqual([
      "the disk at /secret/path is full",
    ]);
  });

  it("an expected refusal is not reported", async () => {
    await post("/api/notes", "{}");
    await ask("/api/notes", { method: "DELETE" });
    expect(world.unexpected).toEqual([]);
  });
});

describe("answers of polled reads", () => {
  it("are encoded once while they are fresh, per address", async () => {
    const calls = async (path: string) =>
      (JSON.parse((await ask(path)).body) as { calls: number }).calls;
    const seen = [await calls("/api/clock"), await calls("/api/clock")];
    world.nowMs += 99;
    seen.push(await calls("/api/clock"), await calls("/api/clock?zone=utc"));
    world.nowMs += 1;
    seen.push(await calls("/api/clock"));
    expect(seen).toEqual([1, 1, 1, 2, 3]);
  });
});

describe("headers of every answer", () => {
  const security = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  };

  it.each([
    ["an answer", "/api/clock", {}],
    ["a problem of a handler", "/api/broken", {}],
    ["an unknown route", "/api/nothing", {}],
    ["a refusal of the guard", "/api/clock", { Origin: "null" }],
  ])("%s", async (_title, path, headers) => {
    expect((await ask(path, { headers })).headers).toMatchObject(security);
  });
});

describe("Fetch standard, section 3.2 (CORS)", () => {
  const corsOf = ({ headers }: Answer) =>
    Object.fromEntries(
      Object.entries(headers).filter(
        ([name]) => name.startsWith("access-control-") || name === "vary",
      ),
    );
  const desktop = {
    "access-control-allow-origin": appOrigin,
    "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": "authorization, content-type, traceparent",
    "access-control-expose-headers": "x-trace-id, allow, retry-after",
    vary: "origin",
  };
  const preflight = (origin: string): Sent => ({
    method: "OPTIONS",
    headers: {
      Origin: origin,
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "content-type",
      "Access-Control-Request-Private-Network": "true",
    },
  });

  it("a preflight of the desktop window is answered", async () => {
    const answer = await ask("/api/notes", preflight(appOrigin));
    expect({ status: answer.status, cors: corsOf(answer) }).toEqual({ status: 204, cors: desktop });
  });

  it("the window may read answers and problems alike", async () => {
    const headers = { Origin: appOrigin, "Sec-Fetch-Site": "cross-site" };
    for (const path of ["/api/clock", "/api/broken", "/api/nothing"]) {
      expect(corsOf(await ask(path, { headers }))).toEqual(desktop);
    }
    const refused = { ...headers, Authorization: "Bearer wrong" };
    expect(corsOf(await ask("/api/clock", { headers: refused }))).toEqual(desktop);
  });

  it.each(["http://localhost:3000", "http://evil.test", "null"])(
    "A10 the origin %s is told nothing",
    async (origin) => {
      expect(corsOf(await ask("/api/notes", preflight(origin)))).toEqual({});
      expect(corsOf(await ask("/api/clock", { headers: { Origin: origin } }))).toEqual({});
    },
  );

  it("without a desktop its origin is a stranger", async () => {
    const headless = await serve({ desktop: false });
    try {
      const answer = await ask("/api/notes", preflight(appOrigin), headless.port);
      expect({ status: answer.status, cors: corsOf(answer) }).toEqual({ status: 403, cors: {} });
    } finally {
      await headless.app.close();
    }
  });
});

describe("guardPolicy", () => {
  const sorted = ({ hosts, origins }: GuardPolicy) => ({
    hosts: [...hosts].toSorted(),
    origins: [...origins].toSorted(),
  });

  it("accepts loopback with the own port, and origins of all ports", () => {
    const ownPorts = subsystems.flatMap(({ portOffset }) =>
      portOffset === null ? [] : [3000 + portOffset],
    );
    expect(sorted(guardPolicy(setup({ desktop: false }), 3007))).toEqual({
      hosts: ["127.0.0.1:3007", "[::1]:3007", "localhost:3007"],
      origins: ["127.0.0.1", "[::1]", "localhost"]
        .flatMap((name) => ownPorts.map((port) => `http://${name}:${port}`))
        .toSorted(),
    });
  });

  it.each([
    ["10.1.2.3", "10.1.2.3:3007"],
    ["Lab.Example", "lab.example:3007"],
    ["fd00::7", "[fd00::7]:3007"],
  ])("adds the host that it was told to serve: %s", (host, expected) => {
    expect(guardPolicy(setup({ host }), 3007).hosts).toContain(expected);
  });

  it("adds nothing for a wildcard address", () => {
    const loopback = sorted(guardPolicy(setup(), 3007));
    expect(sorted(guardPolicy(setup({ host: "0.0.0.0" }), 3007))).toEqual(loopback);
    expect(sorted(guardPolicy(setup({ host: "::" }), 3007))).toEqual(loopback);
  });
});

describe("limits of the server", () => {
  it("are set, each of them", () => {
    const { server } = running;
    expect({
      maxConnections: server.maxConnections,
      headersTimeout: server.headersTimeout,
      requestTimeout: server.requestTimeout,
      keepAliveTimeout: server.keepAliveTimeout,
    }).toEqual({
      maxConnections: httpLimits.connectionsMax,
      headersTimeout: httpLimits.headersTimeoutMs,
      requestTimeout: httpLimits.requestTimeoutMs,
      keepAliveTimeout: httpLimits.keepAliveTimeoutMs,
    });
  });

  it("bytes that are no request are answered with a problem and the connection ends", async () => {
    const socket = connect({ host: "127.0.0.1", port: running.port });
    socket.end("GET / HTTX/1.1\r\n\r\n");
    let text = "";
    for await (const chunk of socket) text += String(chunk);
    const [head = "", body = ""] = text.split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(problemSchema.parse(JSON.parse(body)).code).toBe("BAD_REQUEST_FRAMING");
  });

  it("beyond the requests in flight the guard answers 503 and when to come back", async () => {
    const patient = Array.from({ length: httpLimits.requestsInFlightMax }, () =>
      begin("/api/patient").on("error", () => {}),
    );
    await vi.waitFor(() => {
      expect(metrics.counts().requestsInFlight).toBe(httpLimits.requestsInFlightMax);
    });
    const answer = await ask("/api/clock");
    expect(problemOf(answer)).toMatchObject({ code: "OVERLOADED", status: 503 });
    expect(answer.headers["retry-after"]).toBe("1");
    patient.forEach((request) => request.destroy());
    await vi.waitFor(() => expect(world.abortedCalls).toBe(patient.length));
  });
});

describe("event streams", () => {
  const open = async () => {
    const request = begin("/api/ticks").on("error", () => {});
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return { request, response };
  };

  it("are server-sent events (HTML standard, section 9.2)", async () => {
    const { request, response } = await open();
    let text = "";
    for await (const chunk of response) {
      text += String(chunk);
      if (text.includes('"tick":2')) break;
    }
    expect(response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    const data = text.split("\n\n").flatMap((event) => /^data: (.*)$/m.exec(event)?.[1] ?? []);
    expect(data.map((each) => JSON.parse(each) as unknown)).toEqual([{ tick: 1 }, { tick: 2 }]);
    request.destroy();
  });

  it("end with the connection, and so does what feeds them", async () => {
    const { request } = await open();
    expect(world.openStreams).toBe(1);
    request.destroy();
    await vi.waitFor(() => expect(world.openStreams).toBe(0));
  });

  it("are bounded in number; one that closes makes room", async () => {
    const streams = await Promise.all(Array.from({ length: httpLimits.eventStreamsMax }, open));
    const refused = await ask("/api/ticks");
    expect(problemOf(refused)).toMatchObject({ code: "STREAMS_EXHAUSTED", status: 503 });
    expect(refused.headers["retry-after"]).toBe("1");
    streams[0]?.request.destroy();
    await vi.waitFor(async () => {
      const { request, response } = await open();
      request.destroy();
      expect(response.statusCode).toBe(200);
    });
    streams.forEach(({ request }) => request.destroy());
  });

  it("HEAD of a stream answers and feeds nothing", async () => {
    const answer = await ask("/api/ticks", { method: "HEAD" });
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: "" });
  });
});

describe("origins that the user named", () => {
  const origin = "chrome-extension://abcdefghijklmnop";
  const preflightOfRpc = {
    method: "OPTIONS",
    headers: { Origin: origin, "Access-Control-Request-Method": "POST" },
  };

  it("get the headers of CORS on the ledger's port, for JSON-RPC", async () => {
    const ledger = await serve({ id: "blockchain", allowedOrigins: [origin] });
    try {
      const answer = await ask("/", preflightOfRpc, ledger.port);
      expect(answer.status).toBe(204);
      expect(answer.headers).toMatchObject({
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "POST",
        vary: "origin",
      });
      const other = await ask("/api/notes", preflightOfRpc, ledger.port);
      expect(other.status).toBe(403);
      expect(other.headers["access-control-allow-origin"]).toBeUndefined();
    } finally {
      await ledger.app.close();
    }
  });

  it("are refused on every other port", async () => {
    const other = await serve({ id: "quantum", allowedOrigins: [origin] });
    try {
      expect((await ask("/", preflightOfRpc, other.port)).status).toBe(403);
    } finally {
      await other.app.close();
    }
  });
});
