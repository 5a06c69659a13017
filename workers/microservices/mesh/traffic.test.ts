import { context, trace } from "@opentelemetry/api";
import { afterEach, describe, expect, it } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { Readable } from "node:stream";
import { startTracing } from "../../service/telemetry/tracing.ts";
import type { SpanRecord } from "../../service/records.ts";
import type { TrafficRule } from "../core/mesh/traffic-rules.ts";
import { MeshHarness, podIdentity, serviceOf, textOf } from "./mesh-harness.ts";

const web = podIdentity("shop", "web");
const api = podIdentity("data", "api");
const get = { method: "GET", path: "/", headers: [] };
const rule = (more: Partial<TrafficRule>): TrafficRule => ({
  namespace: "data",
  service: "api",
  ...more,
});

let cluster: MeshHarness | undefined;
afterEach(() => cluster?.close());

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Five standard deviations of a count. */
const within = (calls: number, share: number) => 5 * Math.sqrt(calls * share * (1 - share));

describe("traffic over the mesh", () => {
  it("is split by the pods' labels, as the weights say", async () => {
    const labels = { stable: { version: "1" }, canary: { version: "2" } };
    const split = {
      subsets: [
        { name: "stable", labels: labels.stable, weight: 75 },
        { name: "canary", labels: labels.canary, weight: 25 },
      ],
    };
    cluster = new MeshHarness({ rules: { traffic: [rule({ split })] }, random: seeded(1) });
    for (const [pod, version] of [labels.stable, labels.stable, labels.canary].entries()) {
      const answer = `v${version.version}`;
      const identity = podIdentity("data", "api", pod);
      await cluster.serve(identity, (_request, response) => response.end(answer), {
        labels: version,
      });
    }
    const source = cluster.caller(web);
    const calls = 400;
    let canary = 0;
    for (let call = 0; call < calls; call++) {
      const text = await textOf(await cluster.mesh.call(source, serviceOf(api), get));
      if (text === "v2") canary += 1;
    }
    expect(Math.abs(canary - calls / 4)).toBeLessThan(within(calls, 0.25));
    const [stable] = cluster.services.get("data/api")!;
    cluster.services.set("data/api", [stable!]);
    const errors = new Set<string>();
    for (let call = 0; call < 40; call++) {
      await cluster.mesh.call(source, serviceOf(api), get).then(textOf, (error: Error) => {
        errors.add(error.message);
      });
    }
    expect([...errors]).toEqual(["data/api:80 has no pod in subset canary."]);
  });

  it("fails on purpose, without bothering the pod", async () => {
    const abort = { percent: 30, status: 503 };
    cluster = new MeshHarness({ rules: { traffic: [rule({ abort })] }, random: seeded(2) });
    let served = 0;
    await cluster.serve(api, (_request, response) => response.end(String(++served)));
    const source = cluster.caller(web);
    const calls = 400;
    let aborted = 0;
    for (let call = 0; call < calls; call++) {
      const answer = await cluster.mesh.call(source, serviceOf(api), get);
      const text = await textOf(answer);
      if (answer.status !== 503) continue;
      aborted += 1;
      expect(text).toBe("fault filter abort\n");
    }
    expect(Math.abs(aborted - calls * 0.3)).toBeLessThan(within(calls, 0.3));
    expect(served).toBe(calls - aborted);
    const [edge] = cluster.mesh.metrics.edges();
    expect(edge).toMatchObject({ requests: calls, errors: { injected: aborted } });
  });

  it("is late on purpose, and a caller need not wait for it", async () => {
    const delay = { percent: 100, delay: { kind: "fixed", ms: 60 } } as const;
    const slow = rule({ delay, match: { headers: { "x-slow": "1" } } });
    const never = rule({ delay: { percent: 100, delay: { kind: "fixed", ms: 60_000 } } });
    cluster = new MeshHarness({ rules: { traffic: [slow, never] } });
    await cluster.serve(api, (_request, response) => response.end("ok"));
    const source = cluster.caller(web);
    const request = { ...get, headers: ["x-slow", "1"] };
    const began = performance.now();
    expect(await textOf(await cluster.mesh.call(source, serviceOf(api), request))).toBe("ok");
    // A timer of Node may fire within the millisecond before.
    expect(performance.now() - began).toBeGreaterThanOrEqual(59);
    const [edge] = cluster.mesh.metrics.edges();
    expect(edge!.p50Ms).toBeGreaterThan(50);
    const signal = AbortSignal.timeout(5);
    await expect(cluster.mesh.call(source, serviceOf(api), { ...get, signal }))
      .rejects //
      .toMatchObject({ name: "TimeoutError" });
  });

  it("is mirrored: a share of it, bodies too, and nobody waits", async () => {
    const mirror = { namespace: "data", service: "shadow", percent: 40 };
    cluster = new MeshHarness({ rules: { traffic: [rule({ mirror })] }, random: seeded(3) });
    const copies: string[] = [];
    await cluster.serve(api, (request, response) => request.pipe(response));
    await cluster.serve(podIdentity("data", "shadow"), (request) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        copies.push(text);
        // Worse than no answer.
        request.socket.destroy();
      });
    });
    const source = cluster.caller(web);
    const calls = 300;
    const sent = new Set<string>();
    for (let call = 0; call < calls; call++) {
      const text = `request ${call}`;
      sent.add(text);
      const body = call % 2 === 0 ? text : Readable.from([text], { objectMode: false });
      const request = { ...get, method: "POST", body };
      expect(await textOf(await cluster.mesh.call(source, serviceOf(api), request))).toBe(text);
    }
    const mirrored = () => {
      const edges = cluster!.mesh.metrics.edges();
      return edges.find(({ destination }) => destination === "data/shadow")?.requests ?? 0;
    };
    for (let wait = 0; wait < 200 && mirrored() < copies.length; wait++) await sleep(10);
    expect(Math.abs(copies.length - calls * 0.4)).toBeLessThan(within(calls, 0.4));
    expect(new Set(copies).size).toBe(copies.length);
    expect(copies.every((text) => sent.has(text))).toBe(true);
    expect(cluster.mesh.mirrorsDropped).toBe(0);
  });

  it("is mirrored within bounds: what a slow shadow cannot take is dropped and counted", async () => {
    const mirror = { namespace: "data", service: "shadow", percent: 100 };
    cluster = new MeshHarness({ rules: { traffic: [rule({ mirror })] } });
    await cluster.serve(api, (_request, response) => response.end("ok"));
    await cluster.serve(podIdentity("data", "shadow"), () => {});
    const source = cluster.caller(web);
    for (let call = 0; call < 80; call++) {
      expect(await textOf(await cluster.mesh.call(source, serviceOf(api), get))).toBe("ok");
    }
    expect(cluster.mesh.mirrorsDropped).toBe(80 - 64);
  });
});

describe("traces over the mesh", () => {
  const spans: SpanRecord[] = [];
  startTracing("microservices", (span) => spans.push(span), Date.now);

  it("go from the caller through both sides to the pod, and name both identities", async () => {
    cluster = new MeshHarness();
    await cluster.serve(api, (request, response) => {
      response.end(String(request.headers["traceparent"]));
    });
    const source = cluster.caller(web);
    const root = trace.getTracer("test").startSpan("root");
    const { traceId, spanId } = root.spanContext();
    const answer = await context.with(trace.setSpan(context.active(), root), () =>
      cluster!.mesh.call(source, serviceOf(api), get),
    );
    const received = await textOf(answer);
    await cluster.close();
    const ofTrace = spans.filter((span) => span.traceId === traceId);
    const client = ofTrace.find(({ kind }) => kind === "client");
    const server = ofTrace.find(({ kind }) => kind === "server");
    expect(client).toMatchObject({
      parentSpanId: spanId,
      name: "mesh to api",
      attributes: {
        "mesh.source.principal": "spiffe://cluster.local/ns/shop/sa/web",
        "mesh.destination.principal": "spiffe://cluster.local/ns/data/sa/api",
        "http.response.status_code": 200,
      },
    });
    expect(server).toMatchObject({
      parentSpanId: client!.spanId,
      attributes: {
        "mesh.source.principal": "spiffe://cluster.local/ns/shop/sa/web",
        "mesh.destination.principal": "spiffe://cluster.local/ns/data/sa/api",
        "http.response.status_code": 200,
      },
    });
    expect(received).toBe(`00-${traceId}-${server!.spanId}-01`);
  });
});

describe("the mesh's end", () => {
  it("leaves no socket, server or timer behind", async () => {
    const alive = () => {
      const kinds = new Set(["TCPSocketWrap", "TCPServerWrap", "TLSWrap"]);
      return process.getActiveResourcesInfo().filter((kind) => kinds.has(kind)).length;
    };
    const before = alive();
    for (let round = 0; round < 20; round++) {
      const each = new MeshHarness();
      await each.serve(api, (request, response) => {
        if (request.url === "/wait") response.write("half");
        else response.end("ok");
      });
      const source = each.caller(web);
      await textOf(await each.mesh.call(source, serviceOf(api), get));
      const half = await each.mesh.call(source, serviceOf(api), { ...get, path: "/wait" });
      half.body.on("error", () => {});
      // What is counted is there while the mesh is open.
      expect(alive()).toBeGreaterThan(before);
      await each.close();
    }
    for (let wait = 0; wait < 100 && alive() > before; wait++) await sleep(10);
    expect(alive()).toBeLessThanOrEqual(before);
  });
});
