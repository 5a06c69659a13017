/** The data path with real sockets: streams, retries, HTTP/2, WebSocket, reloads and the guard. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  request,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from "node:http";
import { connect as connectHttp2 } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Endpoints } from "../../core/endpoints.ts";
import { Traffic } from "../../core/traffic.ts";
import { parseGatewayConfig } from "../../contract.ts";
import { Gateway } from "./gateway.ts";
import { type GatewayListener, listenForRoutes } from "./listener.ts";

const servers: Server[] = [];
let endpoints: Endpoints;
let gateway: Gateway;
let listener: GatewayListener;

beforeEach(async () => {
  endpoints = new Endpoints();
  gateway = new Gateway(endpoints, new Traffic(), {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    random: () => 0.5,
  });
  const digest = (token: string) => createHash("sha256").update(token).digest();
  listener = await listenForRoutes(gateway, "127.0.0.1", (port) => ({
    hosts: new Set([`127.0.0.1:${port}`, `localhost:${port}`]),
    origins: new Set(["http://localhost:3000"]),
    digest,
    tokenDigest: digest("secret"),
    anonymousRole: "operator",
    rpcOrigins: new Set(),
  }));
});
afterEach(async () => {
  await listener.close();
  gateway.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handler: RequestListener): Promise<number> {
  const server = createServer(handler);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function upstreams(services: Readonly<Record<string, readonly number[]>>): void {
  endpoints.sync(
    Object.entries(services).flatMap(([service, ports]) =>
      ports.map((port, index) => ({
        service,
        id: `${service}-${index}`,
        host: "127.0.0.1",
        port,
        healthy: true,
      })),
    ),
  );
}

function configure(...routes: object[]): void {
  const config = parseGatewayConfig({
    routes: routes.map((route, index) => ({ name: `r${index}`, to: [{ service: "s" }], ...route })),
  });
  gateway.versions.apply(config, "", 0);
  gateway.reloaded();
}

const url = (path = "/") => `http://127.0.0.1:${listener.port}${path}`;

interface Answer {
  readonly message: IncomingMessage;
  readonly body: string;
}

function ask(path: string, options: object = {}, body?: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request({ host: "127.0.0.1", port: listener.port, path, ...options }, (message) => {
    let text = "";
    message.on("data", (piece) => (text += String(piece)));
    message.once("end", () => resolve({ message, body: text }));
    message.once("error", reject);
  });
  sent.once("error", reject);
  sent.end(body);
  return promise;
}

describe("a route", () => {
  it("rewrites the path, changes headers and keeps secrets back", async () => {
    const port = await serve((incoming, outgoing) => {
      outgoing.setHeader("set-cookie", "a=1");
      outgoing.end(JSON.stringify({ url: incoming.url, headers: incoming.headers }));
    });
    upstreams({ s: [port] });
    configure({
      path: { kind: "prefix", value: "/shop" },
      rewrite: { path: "/v2" },
      requestHeaders: { set: { "x-tenant": "t" }, add: {}, remove: ["x-gone"] },
      responseHeaders: { set: { "x-served": "yes" }, add: {}, remove: [] },
    });
    const headers = { cookie: "c=1", authorization: "Bearer secret", "x-gone": "1", "x-kept": "2" };
    const { message, body } = await ask("/shop/cart?n=1", { headers });
    const seen = JSON.parse(body) as { url: string; headers: Record<string, string> };
    expect(seen.url).toBe("/v2/cart?n=1");
    expect(seen.headers).toMatchObject({
      "x-tenant": "t",
      "x-kept": "2",
      "x-forwarded-proto": "http",
    });
    for (const name of ["cookie", "authorization", "x-gone"]) {
      expect(seen.headers).not.toHaveProperty(name);
    }
    expect(message.headers).toMatchObject({ "x-served": "yes", "x-upstream-instance": "s-0" });
    expect(message.headers).not.toHaveProperty("set-cookie");
  });

  it("limits, redirects, and refuses what no route takes", async () => {
    upstreams({ s: [await serve((_incoming, outgoing) => outgoing.end("ok"))] });
    configure(
      { path: { kind: "exact", value: "/limited" }, rateLimit: { perSecond: 0.01, burst: 2 } },
      { path: { kind: "exact", value: "/old" }, to: [], redirect: { status: 308, path: "/new" } },
      {
        path: { kind: "exact", value: "/fault" },
        fault: { abortStatus: 418, delayMs: 0 },
      },
    );
    const statuses: number[] = [];
    for (let turn = 0; turn < 3; turn++) statuses.push((await fetch(url("/limited"))).status);
    expect(statuses).toEqual([200, 200, 429]);
    const redirect = await fetch(url("/old?a=1"), { redirect: "manual" });
    expect([redirect.status, redirect.headers.get("location")]).toEqual([308, "/new?a=1"]);
    expect((await fetch(url("/fault"))).status).toBe(418);
    expect((await fetch(url("/nowhere"))).status).toBe(404);
    expect((await ask("/a/%2e%2e/b")).message.statusCode).toBe(400);
  });
});

describe("streams", () => {
  it("pass each event at once, and end the upstream's when the client leaves", async () => {
    const closed = Promise.withResolvers<boolean>();
    const port = await serve((incoming, outgoing) => {
      outgoing.writeHead(200, { "content-type": "text/event-stream" });
      outgoing.flushHeaders();
      incoming.once("close", () => closed.resolve(true));
      setTimeout(() => outgoing.write("data: 1\n\n"), 20);
    });
    upstreams({ s: [port] });
    configure({});
    const stop = new AbortController();
    const answer = await fetch(url(), { signal: stop.signal });
    const reader = answer.body!.getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toBe("data: 1\n\n");
    stop.abort();
    expect(await closed.promise).toBe(true);
  });

  it("carry chunked bodies both ways with trailers", async () => {
    const port = await serve((incoming, outgoing) => {
      outgoing.writeHead(200, { trailer: "x-sum" });
      let size = 0;
      incoming.on("data", (piece: Buffer) => {
        size += piece.length;
        outgoing.write(piece);
      });
      incoming.once("end", () => {
        outgoing.addTrailers({ "x-sum": String(size) });
        outgoing.end();
      });
    });
    upstreams({ s: [port] });
    configure({});
    const text = JSON.stringify("x".repeat(700_000));
    const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
    const { message, body } = await ask("/", { method: "POST", headers }, text);
    expect(body).toBe(text);
    expect(message.trailers).toEqual({ "x-sum": String(text.length) });
  });

  it("speak HTTP/2 by prior knowledge on the same port", async () => {
    const port = await serve((incoming, outgoing) => {
      incoming.pipe(outgoing);
    });
    upstreams({ s: [port] });
    configure({});
    const session = connectHttp2(url());
    const bodies = await Promise.all(
      ["1", "[2]"].map(async (text) => {
        const stream = session.request({
          ":method": "POST",
          "content-type": "application/json",
        });
        stream.end(text);
        const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
        const pieces: Buffer[] = [];
        for await (const piece of stream) pieces.push(piece as Buffer);
        return [headers[":status"], Buffer.concat(pieces).toString()];
      }),
    );
    session.close();
    expect(bodies).toEqual([
      [200, "1"],
      [200, "[2]"],
    ]);
  });

  it("pass WebSocket messages both ways", async () => {
    const port = await serve(() => undefined);
    const sockets = new WebSocketServer({ server: servers.at(-1)! });
    sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
    upstreams({ s: [port] });
    configure({});
    const client = new WebSocket(`ws://127.0.0.1:${listener.port}/chat`);
    await once(client, "open");
    client.send("hello");
    const [data] = (await once(client, "message")) as [Buffer];
    expect(data.toString()).toBe("hello");
    client.terminate();
    sockets.close();
  });
});

describe("failures", () => {
  it("go to another instance when nothing was sent, or the method is idempotent", async () => {
    const good = await serve((_incoming, outgoing) => outgoing.end("good"));
    const reset = await serve((incoming) => incoming.socket.destroy());
    configure({});
    upstreams({ s: [reset, good] });
    for (let turn = 0; turn < 4; turn++) {
      expect(await (await fetch(url())).text()).toBe("good");
    }
    const post = { method: "POST", headers: { "content-type": "application/json" }, body: "1" };
    upstreams({ s: [reset] });
    expect((await fetch(url(), post)).status).toBe(502);
    upstreams({ s: [1, good] });
    for (let turn = 0; turn < 4; turn++) expect((await fetch(url(), post)).status).toBe(200);
    expect(gateway.endpoints.upstream("s")?.breakers).toMatchObject({ requests: 0, retries: 0 });
  });

  it("end in time, with 504", async () => {
    upstreams({ s: [await serve(() => undefined)] });
    configure({ timeoutMs: 50 });
    expect((await fetch(url())).status).toBe(504);
  });

  it("are hedged: the first answer wins and the other try is ended", async () => {
    const closed = Promise.withResolvers<boolean>();
    const slow = await serve((incoming) => incoming.once("close", () => closed.resolve(true)));
    const quick = await serve((_incoming, outgoing) => outgoing.end("quick"));
    configure({ hedge: { afterMs: 20 } });
    upstreams({ s: [slow, quick] });
    const bodies = [await (await fetch(url())).text(), await (await fetch(url())).text()];
    expect(bodies).toEqual(["quick", "quick"]);
    expect(await closed.promise).toBe(true);
    expect(gateway.goldens()[0]?.[1].hedges).toBeGreaterThanOrEqual(1);
  });

  it("drop no request while routes and instances change", async () => {
    const slowly: RequestListener = (_incoming, outgoing) => {
      setTimeout(() => outgoing.end("done"), 5);
    };
    const [a, b] = [await serve(slowly), await serve(slowly)];
    upstreams({ s: [a, b] });
    configure({});
    const state = { isOver: false };
    const statuses: number[] = [];
    const load = Array.from({ length: 8 }, async () => {
      while (!state.isOver) statuses.push((await fetch(url())).status);
    });
    for (let turn = 0; turn < 20; turn++) {
      upstreams({ s: turn % 2 === 0 ? [b] : [a, b] });
      configure({ path: { kind: "prefix", value: "/" }, timeoutMs: 1_000 + turn });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    state.isOver = true;
    await Promise.all(load);
    expect(statuses.length).toBeGreaterThan(20);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });
});

describe("the guard", () => {
  it("takes the hosts that routes name and no others, over HTTP/1.1 and HTTP/2", async () => {
    upstreams({ s: [await serve((_incoming, outgoing) => outgoing.end("ok"))] });
    configure({ hosts: ["shop.test", "*"] });
    const status = async (host: string, more: object = {}) =>
      (await ask("/", { headers: { host, ...more } })).message.statusCode;
    expect(await status(`shop.test:${listener.port}`)).toBe(200);
    expect(await status(`evil.test:${listener.port}`)).toBe(421);
    const own = `http://shop.test:${listener.port}`;
    expect(await status(`shop.test:${listener.port}`, { origin: own })).toBe(200);
    expect(await status(`127.0.0.1:${listener.port}`, { origin: own })).toBe(403);
    const session = connectHttp2(url());
    const stream = session.request({ ":authority": "evil.test" });
    const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
    expect(headers[":status"]).toBe(421);
    session.destroy();
  });
});
