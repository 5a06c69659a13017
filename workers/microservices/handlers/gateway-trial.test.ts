/** A request on trial goes over the gateway's own port, past its guard, like any other. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type GatewayTrial, parseGatewayConfig } from "../contract.ts";
import { Endpoints } from "../core/endpoints.ts";
import { Traffic } from "../core/traffic.ts";
import { gatewayLimits } from "../limits.ts";
import { Gateway } from "../protocols/gateway/gateway.ts";
import { type GatewayListener, listenForRoutes } from "../protocols/gateway/listener.ts";
import { gatewayTrial } from "./gateway-trial.ts";

const token = "secret";
const monotonicMs = () => performance.now();
const digest = (text: string) => createHash("sha256").update(text).digest();
let gateway: Gateway;
let listener: GatewayListener;
let server: Server;
let seen: IncomingMessage[];
const trial = (input: Partial<GatewayTrial> & { path: string }) =>
  gatewayTrial(gateway, { monotonicMs, token })(
    { method: "GET", host: "localhost", headers: {}, ...input },
    undefined,
  );

beforeEach(async () => {
  seen = [];
  server = createServer((incoming, outgoing) => {
    seen.push(incoming);
    if (incoming.url === "/endless") outgoing.write("x".repeat(2 * gatewayLimits.previewBytesMax));
    else incoming.pipe(outgoing.setHeader("x-upstream-instance", "forged"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoints = new Endpoints();
  const random = () => 0.5;
  gateway = new Gateway(endpoints, new Traffic(), { now: Date.now, monotonicMs, random });
  const { port } = server.address() as AddressInfo;
  endpoints.sync([{ service: "s", id: "s-0", host: "127.0.0.1", port, healthy: true }]);
  const to = [{ service: "s" }];
  const config = parseGatewayConfig({
    routes: [
      { name: "shop", hosts: ["shop.localhost"], to },
      { name: "old", path: { kind: "exact", value: "/old" }, redirect: { status: 308, path: "/" } },
    ],
  });
  gateway.versions.apply(config, "", 0);
  gateway.reloaded();
  listener = await listenForRoutes(gateway, "127.0.0.1", (own) => ({
    hosts: new Set([`127.0.0.1:${own}`, `localhost:${own}`]),
    origins: new Set(),
    digest,
    tokenDigest: digest(token),
    anonymousRole: null,
    rpcOrigins: new Set(),
  }));
  gateway.port = listener.port;
});
afterEach(async () => {
  await listener.close();
  gateway.close();
  server.closeAllConnections();
  server.close();
});

it("names the route and the instance that took it, and keeps the token from the service", async () => {
  const answer = await trial({
    method: "POST",
    host: "shop.localhost",
    path: "/cart?n=1",
    headers: { "x-user": "u", "content-type": "application/json" },
    body: JSON.stringify("häagen"),
  });
  expect(answer).toMatchObject({
    route: "shop",
    instance: "s-0",
    attempts: 1,
    status: 200,
    body: JSON.stringify("häagen"),
    truncated: false,
  });
  expect(seen[0]).toMatchObject({ method: "POST", url: "/cart?n=1" });
  expect(seen[0]?.headers).toMatchObject({ "x-user": "u" });
  expect(seen[0]?.headers).not.toHaveProperty("authorization");
});

it("tells what the gateway answers by itself from what a service does", async () => {
  expect(await trial({ path: "/old" })).toMatchObject({
    route: "old",
    instance: null,
    status: 308,
  });
  const none = await trial({ path: "/nowhere" });
  expect(none).toMatchObject({ route: null, instance: null, status: 404 });
  expect(JSON.parse(none.body)).toMatchObject({ code: "GATEWAY_ROUTE_UNKNOWN" });
  expect(await trial({ host: "foreign.example", path: "/" })).toMatchObject({ route: null });
  expect(seen).toEqual([]);
});

it("shows the beginning of an answer that never ends", async () => {
  const answer = await trial({ host: "shop.localhost", path: "/endless" });
  expect(answer.truncated).toBe(true);
  expect(answer.body).toHaveLength(gatewayLimits.previewBytesMax);
});

it("has no port before the gateway listens", async () => {
  gateway.port = null;
  await expect(trial({ path: "/" })).rejects.toMatchObject({ code: "GATEWAY_NOT_LISTENING" });
});
