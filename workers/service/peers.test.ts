import { MessageChannel } from "node:worker_threads";
import { context, trace } from "@opentelemetry/api";
import { createORPCClient } from "@orpc/client";
import type { ContractRouterClient } from "@orpc/contract";
import { implement } from "@orpc/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { route, type SubsystemId } from "./contract.ts";
import { problem, problemFrom } from "./errors.ts";
import type { HandlerContext } from "./http-routes.ts";
import { peerLimits } from "./limits.ts";
import { Peers, type PeerCallContext } from "./peers.ts";
import type { SpanRecord } from "./records.ts";
import { startTracing } from "./telemetry/tracing.ts";

const internal = route.meta({ role: "admin", internal: true });
const contract = {
  echo: internal.input(z.strictObject({ text: z.string() })),
  whoIs: internal,
  refuse: internal,
  explode: internal,
  hang: internal,
  traceId: internal,
};
type Client = ContractRouterClient<typeof contract, PeerCallContext>;

const spans: SpanRecord[] = [];
/** The sampler's clock: far enough on at each test for a full bucket. */
const sampler = { ms: 0 };
startTracing(
  "gateway",
  (span) => spans.push(span),
  () => sampler.ms,
);

const clock = { ms: 0 };
/** What the platform says of the peer: whether a successor is to be expected. */
const expected = { back: false };
const open = new Set<Peers>();
function peersOf(id: SubsystemId): Peers {
  const peers = new Peers(
    id,
    () => clock.ms,
    () => expected.back,
  );
  open.add(peers);
  return peers;
}

/** One life of a thread that serves the contract. */
function life(name = "first") {
  const peers = peersOf("quantum");
  const seen = { calls: [] as string[], aborted: 0 };
  const os = implement(contract).$context<HandlerContext>();
  const router = os.router({
    echo: os.echo.handler(({ input }) => {
      seen.calls.push("echo");
      return `${name}: ${input.text}`;
    }),
    whoIs: os.whoIs.handler(({ context: { caller } }) => caller),
    refuse: os.refuse.handler(() => {
      throw problem("THREAD_STATE_CONFLICT", "Not now.", { remedy: "Wait." });
    }),
    explode: os.explode.handler(() => {
      throw new Error("the disk at /secret is full");
    }),
    hang: os.hang.handler(({ signal }) => {
      seen.calls.push("hang");
      return new Promise((_, reject) => {
        signal?.addEventListener("abort", () => {
          seen.aborted += 1;
          reject(new Error("aborted"));
        });
      });
    }),
    traceId: os.traceId.handler(() => trace.getActiveSpan()?.spanContext().traceId ?? null),
  });
  return { peers, seen, serve: () => peers.serve(router, { onError: () => {} }) };
}

/** As the supervisor does it: a channel for each direction. */
function connect(a: Peers, b: Peers): void {
  const [there, back] = [new MessageChannel(), new MessageChannel()];
  a.connect("quantum", there.port1, back.port2);
  b.connect("gateway", back.port1, there.port2);
}

function pair() {
  const caller = peersOf("gateway");
  const server = life();
  server.serve();
  connect(caller, server.peers);
  return { caller, server, client: clientOf(caller) };
}

const clientOf = (peers: Peers): Client => createORPCClient(peers.linkTo("quantum"));
const codeOf = (error: unknown) => (error as { code?: unknown }).code;
const outcome = (call: Promise<unknown>) =>
  call.then(
    (value) => ({ value }),
    (error: unknown) => ({ code: codeOf(error) }),
  );
const briefly = { context: { timeoutMs: 10 } };

beforeEach(() => {
  spans.length = 0;
  clock.ms = 0;
  sampler.ms += 60_000;
  expected.back = false;
});
afterEach(() => {
  open.forEach((peers) => peers.close());
  open.clear();
});

describe("a call", () => {
  it("is answered by the other thread, which trusts its caller", async () => {
    const { client } = pair();
    expect(await client.echo({ text: "a" })).toBe("first: a");
    expect(await client.whoIs()).toEqual({ role: "admin", authenticated: true });
  });

  it("waits for a thread that does not serve yet", async () => {
    const caller = peersOf("gateway");
    const server = life();
    connect(caller, server.peers);
    const early = clientOf(caller).echo({ text: "early" });
    server.serve();
    expect(await early).toBe("first: early");
  });

  it("calls run side by side, each with its own answer", async () => {
    const { client } = pair();
    const texts = Array.from({ length: 200 }, (_, i) => `${i}`);
    const answers = await Promise.all(texts.map((text) => client.echo({ text })));
    expect(answers).toEqual(texts.map((text) => `first: ${text}`));
  });
});

describe("errors", () => {
  it("of the catalogue survive the way whole", async () => {
    const { client } = pair();
    const error = await client.refuse().catch((each: unknown) => each);
    expect(problemFrom(error)).toEqual(
      problemFrom(problem("THREAD_STATE_CONFLICT", "Not now.", { remedy: "Wait." })),
    );
  });

  it("of the schema name the field", async () => {
    const { client } = pair();
    const error = await client.echo({ text: 7 } as never).catch((each: unknown) => each);
    expect(problemFrom(error)).toMatchObject({
      code: "INPUT_INVALID",
      issues: [{ path: "text" }],
    });
  });

  it("that nobody expected stay in their thread", async () => {
    const { client } = pair();
    const error = await client.explode().catch((each: unknown) => each);
    expect(problemFrom(error).code).toBe("INTERNAL");
    expect((error as Error).message).not.toContain("secret");
  });

  it("are answers: they leave the breaker closed", async () => {
    const { client, caller } = pair();
    for (let i = 0; i < peerLimits.breakerFailuresMax + 1; i += 1) {
      await outcome(client.explode());
    }
    expect(caller.breakerState("quantum")).toBe("closed");
  });
});

describe("deadline", () => {
  it("ends the waiting, and tells the thread that nobody waits", async () => {
    const { client, server } = pair();
    await expect(client.hang(undefined, briefly)).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      status: 504,
      message: "quantum did not answer within 10 ms.",
    });
    await vi.waitFor(() => expect(server.seen.aborted).toBe(1));
  });

  it("counts all attempts together", async () => {
    expected.back = true;
    const caller = peersOf("gateway");
    const call = clientOf(caller).echo(
      { text: "a" },
      { context: { timeoutMs: 10, idempotent: true } },
    );
    expect(await outcome(call)).toEqual({ code: "DEADLINE_EXCEEDED" });
  });
});

describe("a caller that goes away", () => {
  it("gets its own reason, and the other thread is told", async () => {
    const { client, caller, server } = pair();
    const leaving = new AbortController();
    const call = client.hang(undefined, { signal: leaving.signal });
    await vi.waitFor(() => expect(server.seen.calls).toEqual(["hang"]));
    leaving.abort(new Error("The client went away."));
    await expect(call).rejects.toThrow("The client went away.");
    await vi.waitFor(() => expect(server.seen.aborted).toBe(1));
    expect(caller.breakerState("quantum")).toBe("closed");
  });
});

describe("a thread that is away", () => {
  it("before the call: the call fails at once", async () => {
    const caller = peersOf("gateway");
    await expect(clientOf(caller).echo({ text: "a" })).rejects.toMatchObject({
      code: "SUBSYSTEM_UNAVAILABLE",
      message: "The quantum thread is not running.",
    });
    expect(caller.isConnected("quantum")).toBe(false);
  });

  it("during the call: the call fails at once, long before its deadline", async () => {
    const { client, caller, server } = pair();
    expect(caller.isConnected("quantum")).toBe(true);
    const call = client.hang(undefined, { context: { timeoutMs: 3_600_000 } });
    await vi.waitFor(() => expect(server.seen.calls).toEqual(["hang"]));
    server.peers.close();
    await expect(call).rejects.toMatchObject({
      code: "SUBSYSTEM_UNAVAILABLE",
      message: "The quantum thread stopped before it answered.",
    });
    expect(caller.isConnected("quantum")).toBe(false);
  });

  it("an idempotent call is sent again to its successor, on the same client", async () => {
    expected.back = true;
    const { client, caller, server } = pair();
    const heir = life("second");
    heir.serve();
    // The predecessor dies with the request unanswered in its port.
    server.peers.close();
    const call = client.echo({ text: "a" }, { context: { idempotent: true } });
    await Promise.resolve();
    connect(caller, heir.peers);
    expect(await call).toBe("second: a");
    expect([server.seen.calls, heir.seen.calls]).toEqual([[], ["echo"]]);
  });

  it("an idempotent call that was running is sent again", async () => {
    expected.back = true;
    const { client, caller, server } = pair();
    const heir = life("second");
    heir.serve();
    const call = outcome(client.hang(undefined, { context: { idempotent: true } }));
    await vi.waitFor(() => expect(server.seen.calls).toEqual(["hang"]));
    server.peers.close();
    await vi.waitFor(() => expect(caller.isConnected("quantum")).toBe(false));
    connect(caller, heir.peers);
    await vi.waitFor(() => expect(heir.seen.calls).toEqual(["hang"]));
    expected.back = false;
    heir.peers.close();
    expect(await call).toEqual({ code: "SUBSYSTEM_UNAVAILABLE" });
  });

  it("an idempotent call to a thread that was stopped for good is not kept waiting", async () => {
    const { client, server } = pair();
    const call = outcome(client.hang(undefined, { context: { idempotent: true } }));
    await vi.waitFor(() => expect(server.seen.calls).toEqual(["hang"]));
    server.peers.close();
    expect(await call).toEqual({ code: "SUBSYSTEM_UNAVAILABLE" });
  });

  it("a call that is not idempotent is never sent twice", async () => {
    const { client, caller, server } = pair();
    const heir = life("second");
    heir.serve();
    const call = outcome(client.hang());
    await vi.waitFor(() => expect(server.seen.calls).toEqual(["hang"]));
    server.peers.close();
    connect(caller, heir.peers);
    expect(await call).toEqual({ code: "SUBSYSTEM_UNAVAILABLE" });
    expect(await client.echo({ text: "later" })).toBe("second: later");
    expect(heir.seen.calls).toEqual(["echo"]);
  });

  it("tries are bounded, each with a thread of its own", async () => {
    expected.back = true;
    const caller = peersOf("gateway");
    const lives = Array.from({ length: peerLimits.attemptsMax }, (_, i) => life(`life ${i}`));
    lives.forEach(({ serve }) => serve());
    const call = outcome(clientOf(caller).hang(undefined, { context: { idempotent: true } }));
    for (const { peers, seen } of lives) {
      connect(caller, peers);
      await vi.waitFor(() => expect(seen.calls).toEqual(["hang"]));
      peers.close();
    }
    expect(await call).toEqual({ code: "SUBSYSTEM_UNAVAILABLE" });
  });
});

describe("circuit breaker", () => {
  const tire = async (client: Client) => {
    for (let i = 0; i < peerLimits.breakerFailuresMax; i += 1) {
      expect(await outcome(client.hang(undefined, { context: { timeoutMs: 1 } }))).toEqual({
        code: "DEADLINE_EXCEEDED",
      });
    }
  };

  it("opens after failures in a row, and the thread is left alone", async () => {
    const { client, caller, server } = pair();
    await tire(client);
    expect(caller.breakerState("quantum")).toBe("open");
    await expect(client.echo({ text: "a" })).rejects.toMatchObject({
      code: "SUBSYSTEM_UNAVAILABLE",
      message: "The quantum thread failed repeatedly and is left alone for a moment.",
    });
    expect(server.seen.calls).not.toContain("echo");
  });

  it("half-opens for one trial, whose success closes it", async () => {
    const { client, caller } = pair();
    await tire(client);
    clock.ms = peerLimits.breakerOpenMs;
    expect(caller.breakerState("quantum")).toBe("half-open");
    const [trial, second] = [
      outcome(client.echo({ text: "a" })),
      outcome(client.echo({ text: "b" })),
    ];
    expect(await Promise.all([trial, second])).toEqual([
      { value: "first: a" },
      { code: "SUBSYSTEM_UNAVAILABLE" },
    ]);
    expect(caller.breakerState("quantum")).toBe("closed");
    expect(await client.echo({ text: "c" })).toBe("first: c");
  });

  it("opens again when the trial fails", async () => {
    const { client, caller } = pair();
    await tire(client);
    clock.ms = peerLimits.breakerOpenMs;
    await outcome(client.hang(undefined, briefly));
    expect(caller.breakerState("quantum")).toBe("open");
  });

  it("closes with a new connection", async () => {
    const { client, caller } = pair();
    await tire(client);
    const heir = life("second");
    heir.serve();
    connect(caller, heir.peers);
    expect(caller.breakerState("quantum")).toBe("closed");
    expect(await client.echo({ text: "a" })).toBe("second: a");
  });
});

describe("calls in flight", () => {
  it("are bounded, and end when the caller leaves", async () => {
    const { client } = pair();
    const leaving = new AbortController();
    const running = Array.from({ length: peerLimits.callsInFlightMax }, () =>
      outcome(client.hang(undefined, { signal: leaving.signal })),
    );
    await vi.waitFor(async () => {
      expect(await outcome(client.echo({ text: "a" }))).toEqual({ code: "OVERLOADED" });
    });
    leaving.abort();
    await Promise.all(running);
    expect(await client.echo({ text: "a" })).toBe("first: a");
  });
});

describe("W3C trace context", () => {
  it("arrives: the thread's span is a child of the call's, in the caller's trace", async () => {
    const { client } = pair();
    const traceId = await trace.getTracer("test").startActiveSpan("request", async (span) => {
      const there = await client.traceId();
      span.end();
      expect(there).toBe(span.spanContext().traceId);
      return there;
    });
    await vi.waitFor(() => expect(spans).toHaveLength(3));
    const byKind = Object.fromEntries(spans.map((span) => [span.kind, span]));
    const { internal: root, client: out, server: there } = byKind;
    expect(spans.map((span) => span.traceId)).toEqual([traceId, traceId, traceId]);
    expect([out?.name, there?.name]).toEqual(["quantum.traceId", "quantum.traceId"]);
    expect([out?.parentSpanId, there?.parentSpanId]).toEqual([root?.spanId, out?.spanId]);
  });

  it("a failed call is a failed span", async () => {
    const { client } = pair();
    await outcome(client.refuse());
    await vi.waitFor(() => expect(spans).toHaveLength(2));
    expect(spans.map(({ status }) => status)).toEqual(["error", "error"]);
  });

  it("stays behind when the call asks for it", async () => {
    const { client } = pair();
    const options = { context: { untraced: true } };
    const run = () => client.traceId(undefined, options);
    expect(await run()).toBeNull();
    const root = trace.getTracer("test").startSpan("request");
    expect(await context.with(trace.setSpan(context.active(), root), run)).toBeNull();
    expect(spans).toEqual([]);
  });
});
