/** The service registry: found by tags and metadata, watched, checked by thresholds, asked by DNS names. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as k8s from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type PlatformProcess, startPlatformProcess } from "./platform-process.ts";

const home = mkdtempSync(join(tmpdir(), "registry-"));
const patience = { timeout: 15_000 };
let platform: PlatformProcess;
let server: Server;
let port = 0;
/** What the instance answers to its check. */
let status = 200;

interface Instances {
  readonly instances: readonly { readonly id: string; readonly health: string }[];
}

async function call<Answer>(path: string, body?: object): Promise<Answer> {
  const answer = await fetch(platform.url(path, 5), {
    ...(body !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  return (await answer.json()) as Answer;
}
const find = async (query: string) =>
  (await call<Instances>(`/api/services/find?${query}`)).instances.map(({ id }) => id);
const healthOf = async (id: string) =>
  (await call<Instances>("/api/services/find")).instances.find((each) => each.id === id)?.health;

beforeAll(async () => {
  platform = await startPlatformProcess([
    `--home=${home}`,
    "--only=microservices,integration,gateway",
  ]);
  server = createServer((_request, response) => response.writeHead(status).end("here"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await platform.stopCleanly();
  rmSync(home, { recursive: true, force: true });
});

const check = { kind: "http", path: "/", intervalSeconds: 1 };
const register = (id: string, more: object) =>
  call("/api/services/register", { name: "shop", id, host: "localhost", port, check, ...more });

it("finds instances by tags, metadata and health", async () => {
  await register("v1", { tags: ["eu", "stable"], metadata: { version: "1" } });
  await register("v2", { tags: ["eu", "canary"], metadata: { version: "2", team: "a" } });
  await expect.poll(() => find("name=shop&health=passing"), patience).toEqual(["v1", "v2"]);
  expect(await find("tags=eu,canary")).toEqual(["v2"]);
  expect(await find("tags=us")).toEqual([]);
  expect(await find("metadata=version%3D1")).toEqual(["v1"]);
  expect(await find("metadata=version%3D2,team%3Db")).toEqual([]);
  expect(await find("name=shop&health=critical")).toEqual([]);
  expect(await call("/api/services/find?colour=red")).toMatchObject({ code: "INPUT_INVALID" });
});

it("warns, fails and recovers after as many results as the check asks for", async () => {
  const slow = { ...check, failuresBeforeWarning: 1, failuresBeforeCritical: 2 };
  await register("v1", { tags: [], check: slow });
  status = 429;
  await expect.poll(() => healthOf("v2"), patience).toBe("warning");
  // Who warns is still served.
  expect((await fetch(platform.url("/services/shop/", 5))).status).toBe(429);
  expect(await find("name=shop&health=serving")).toContain("v2");
  status = 500;
  await expect.poll(() => healthOf("v1"), patience).toBe("critical");
  status = 200;
  await expect.poll(() => healthOf("v1"), patience).toBe("passing");
});

it("believes heartbeats where nothing is called", async () => {
  await register("said", { check: { kind: "ttl" } });
  expect(await healthOf("said")).toBe("unchecked");
  const key = { name: "shop", id: "said" };
  await call("/api/services/heartbeat", { ...key, health: "warning", detail: "disk is filling" });
  expect(await healthOf("said")).toBe("warning");
  await call("/api/services/heartbeat", key);
  expect(await healthOf("said")).toBe("passing");
  await call("/api/services/deregister", key);
});

it("tells a watch of every change, and of nothing else", async () => {
  const stop = new AbortController();
  const answer = await fetch(platform.url("/api/services/watch?tags=watched", 5), {
    signal: stop.signal,
    headers: { accept: "text/event-stream" },
  });
  const seen: string[] = [];
  const reading = (async () => {
    let text = "";
    for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += piece;
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data === undefined) continue;
        const { instances } = JSON.parse(data) as Instances;
        seen.push(instances.map(({ id, health }) => `${id} ${health}`).join());
      }
    }
  })().catch(() => undefined);
  await expect.poll(() => seen, patience).toEqual([""]);
  await register("w", { tags: ["watched"] });
  await expect.poll(() => seen.at(-1), patience).toBe("w passing");
  await register("other", { tags: [] });
  await call("/api/services/deregister", { name: "shop", id: "w" });
  await expect.poll(() => seen.at(-1), patience).toBe("");
  expect(seen).toEqual(["", "w unchecked", "w passing", ""]);
  stop.abort();
  await reading;
});

it("answers as Kubernetes' DNS: services, ports, and single pods of headless services", async () => {
  const config = new k8s.KubeConfig();
  config.loadFromFile(join(home, "kubeconfig"));
  const core = config.makeApiClient(k8s.CoreV1Api);
  const namespace = "default";
  const ports = [{ name: "http", port: 80, targetPort: 5678 }];
  const selector = { app: "db" };
  for (const [name, clusterIP] of [
    ["db", "None"],
    ["db-front", undefined],
  ] as const) {
    const spec = { selector, ports, ...(clusterIP !== undefined && { clusterIP }) };
    await core.createNamespacedService({ namespace, body: { metadata: { name }, spec } });
  }
  const containers = [{ name: "main", image: "echo", ports: [{ containerPort: 5678 }] }];
  for (const name of ["db-0", "db-1"]) {
    const spec = { hostname: name, subdomain: "db", containers };
    const body = { metadata: { name, labels: selector }, spec };
    await core.createNamespacedPod({ namespace, body });
  }
  interface Resolved {
    readonly addresses: readonly { readonly id: string }[];
    readonly records: readonly object[];
  }
  const resolve = (name: string) => call<Resolved>(`/api/services/resolve?name=${name}`);
  const ids = async (name: string) =>
    (await resolve(name)).addresses?.map(({ id }) => id).toSorted();
  await expect.poll(() => ids("db.default.svc.cluster.local"), patience).toEqual(["db-0", "db-1"]);
  expect(await ids("db-1.db.default.svc.cluster.local")).toEqual(["db-1"]);
  expect(await resolve("db-2.db.default.svc.cluster.local")).toMatchObject({
    code: "SERVICE_UNKNOWN",
  });
  const record = (target: string, number: number, weight: number) => ({
    priority: 0,
    weight,
    port: number,
    target: `${target}.default.svc.cluster.local`,
  });
  const { records } = await resolve("_http._tcp.db.default.svc.cluster.local");
  expect(records).toEqual([record("db-0.db", 5678, 50), record("db-1.db", 5678, 50)]);
  const front = await resolve("_http._tcp.db-front.default.svc.cluster.local");
  expect(front.records).toEqual([record("db-front", 80, 100)]);
  expect(await resolve("_no._tcp.db.default.svc.cluster.local")).toMatchObject({
    code: "SERVICE_UNKNOWN",
  });
});
