import { describe, expect, it } from "vitest";
import { RuntimeHarness } from "../runtime-harness.ts";
import { imageCatalogue, resolveImage } from "./catalogue.ts";
import { percentilesOf } from "./load-generator.ts";

const json = async (url: string, init?: RequestInit) =>
  (await (await fetch(url, init)).json()) as Record<string, unknown>;

describe("the catalogue", () => {
  it("resolves references as registries do", () => {
    const resolved = (reference: string) => {
      const found = resolveImage(reference);
      return found === null ? null : `${found.image.name}:${found.tag}`;
    };
    expect(resolved("nginx")).toBe("nginx:latest");
    expect(resolved("docker.io/library/nginx:1.27-alpine")).toBe("nginx:1.27-alpine");
    expect(resolved("hashicorp/http-echo:1.0")).toBe("echo:1.0");
    expect(resolved("failing:errors")).toBe("failing:errors");
    for (const unknown of [
      "ngnix",
      "failing:none",
      "nginx:",
      "Nginx",
      "",
      "quay.io/nginx",
      "a b",
    ]) {
      expect(resolved(unknown)).toBeNull();
    }
  });

  it("has one image of each name, and each that listens says where", () => {
    const names = imageCatalogue.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const { readiness, liveness, port } of imageCatalogue) {
      if (port === null) expect([readiness, liveness]).toEqual([null, null]);
    }
  });

  it("every server passes its own probes on the port that it declares", async () => {
    await using harness = new RuntimeHarness();
    const servers = imageCatalogue.filter(({ port }) => port !== null);
    expect(servers.length).toBeGreaterThan(9);
    for (const { name, port, portIsSet, readiness } of servers) {
      const moved = portIsSet ? { ports: [{ containerPort: 4_321 }] } : {};
      const key = await harness.run(name, moved);
      const containerPort = portIsSet ? 4_321 : (port ?? 0);
      expect(harness.runtime.address(key, containerPort)).not.toBeNull();
      expect(harness.runtime.address(key, 4_322)).toBeNull();
      if (readiness === null) continue;
      const { path } = readiness;
      const probe = { kind: "httpGet", containerPort, path, timeoutMs: 5_000 } as const;
      expect({ name, ...(await harness.runtime.probe(key, probe)) }).toMatchObject({
        name,
        ok: true,
      });
    }
  });
});

describe("programs", () => {
  it("key-value keeps, lists and forgets", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("kv");
    const url = harness.url(key, "/keys/");
    await fetch(`${url}a%20b`, { method: "PUT", body: "one" });
    expect(await (await fetch(`${url}a%20b`)).text()).toBe("one");
    expect(await json(url)).toMatchObject({ count: 1, keys: ["a b"] });
    expect((await fetch(`${url}a%20b`, { method: "DELETE" })).status).toBe(204);
    expect((await fetch(`${url}a%20b`)).status).toBe(404);
    expect(await json(url)).toMatchObject({ count: 0, bytes: 0 });
    expect((await fetch(`${url}%ff`)).status).toBe(404);
    const tooLong = { method: "PUT", body: "x".repeat(2 * 1024 * 1024) };
    expect((await fetch(`${url}long`, tooLong)).status).toBe(413);
  });

  it("queue-worker finishes what it took before it ends", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("queue-worker", { environment: { WORK_MS: "20" } });
    for (let index = 0; index < 5; index += 1) {
      const { status } = await fetch(harness.url(key, "/jobs"), { method: "POST", body: "job" });
      expect(status).toBe(202);
    }
    harness.runtime.stop(key, 30_000);
    expect(await harness.exit(key)).toMatchObject({ exitCode: 0 });
    const log = await harness.output(key);
    expect(log.match(/job \d done/g)).toEqual([1, 2, 3, 4, 5].map((id) => `job ${id} done`));
  });

  it("load-generator calls its target through the cluster and counts", async () => {
    await using harness = new RuntimeHarness();
    const urls = new Set<string>();
    let calls = 0;
    harness.fetch = ({ url }) => {
      urls.add(url);
      calls += 1;
      return Promise.resolve({ status: calls % 2 === 0 ? 500 : 200, headers: {}, body: "" });
    };
    const key = await harness.run("load-generator", {
      environment: { TARGET: "http://web/path", RPS: "100" },
    });
    let view = await json(harness.url(key));
    while (Number(view["answered"]) < 20) view = await json(harness.url(key));
    expect([...urls]).toEqual(["http://web/path"]);
    const answered = Number(view["answered"]);
    expect(Number(view["failed"])).toBe(Math.floor(answered / 2));
    expect(view["latencyMs"]).toMatchObject({ p50: expect.any(Number), p99: expect.any(Number) });
  });

  it("percentiles are by nearest rank", () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentilesOf(samples)).toEqual({ p50: 50, p90: 90, p99: 99, max: 100 });
    expect(percentilesOf([])).toEqual({ p50: null, p90: null, p99: null, max: null });
  });

  it("relay passes on what its upstream says, and says so when there is none", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("relay", { environment: { UPSTREAM: "backend" } });
    const failed = await fetch(harness.url(key, "/x"));
    expect(failed.status).toBe(502);
    expect(await failed.json()).toMatchObject({ error: "bad address" });
    harness.fetch = ({ url }) => Promise.resolve({ status: 200, headers: {}, body: `at ${url}` });
    expect(await json(harness.url(key, "/x"))).toMatchObject({ body: "at http://backend/x" });
  });

  it("containers of a pod reach each other on localhost", async () => {
    await using harness = new RuntimeHarness();
    await harness.run("nginx", { podUid: "shared", container: "web" });
    const side = await harness.run("busybox", {
      podUid: "shared",
      container: "side",
      command: ["sh", "-c", "curl -s localhost/robots.txt; sleep 60"],
    });
    let output = "";
    for await (const line of harness.runtime.logs(side, { follow: true })) {
      output += line;
      if (output.includes("Disallow")) break;
    }
    expect(output).toBe("User-agent: *\nDisallow: /\n");
  });
});
