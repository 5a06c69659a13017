import { describe, expect, it } from "vitest";
import { linesOf, RuntimeHarness } from "./runtime-harness.ts";

describe("many pods", () => {
  it("200 over several threads each answer on their own port, and end", async () => {
    await using harness = new RuntimeHarness();
    const { runtime } = harness;
    const keys = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        harness.run("echo", { podName: `echo-${index}`, podUid: `many-${index}` }),
      ),
    );
    expect(runtime.occupancy).toEqual({ threads: 4, containers: 200 });
    const names = await Promise.all(
      keys.map(async (key) => {
        const answer = await fetch(harness.url(key, "/hello"));
        return ((await answer.json()) as { pod: string }).pod;
      }),
    );
    expect(names).toEqual(keys.map((_, index) => `echo-${index}`));
    expect(new Set(keys.map((key) => runtime.address(key)?.port)).size).toBe(200);
    for (const key of keys) runtime.kill(key);
    const exits = await Promise.all(keys.map((key) => harness.exit(key)));
    expect(exits.every(({ exitCode }) => exitCode === 137)).toBe(true);
    expect(runtime.occupancy.containers).toBe(0);
    // Each told both, once.
    expect(harness.events).toHaveLength(400);
  });

  it("refuses what does not fit, and takes it when there is room", async () => {
    await using harness = new RuntimeHarness({ sharedThreadsMax: 1, containersPerThreadMax: 2 });
    const first = await harness.run("nginx");
    await harness.run("nginx");
    expect(() => harness.start("nginx")).toThrow("which is all it can");
    harness.runtime.kill(first);
    await harness.exit(first);
    await harness.run("nginx");
  });
});

describe("ends", () => {
  it("nginx answers its probe, stops in order with 0, and keeps its log", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("nginx:1.27");
    const get = { kind: "httpGet", containerPort: 80, path: "/", timeoutMs: 2_000 } as const;
    expect(await harness.runtime.probe(key, get)).toEqual({
      ok: true,
      message: "HTTP 200",
      status: 200,
    });
    const missing = await harness.runtime.probe(key, { ...get, path: "/missing" });
    expect(missing).toEqual({
      ok: false,
      message: "HTTP probe failed with statuscode: 404",
      status: 404,
    });
    const wrong = await harness.runtime.probe(key, { ...get, containerPort: 8080 });
    expect(wrong.message).toContain("connection refused");
    harness.runtime.stop(key, 5_000);
    expect(await harness.exit(key)).toMatchObject({ exitCode: 0, reason: "Completed" });
    expect(await harness.output(key)).toMatch(/"GET \/missing" 404[^]*SIGTERM/);
  });

  it("a request that outlasts the grace is cut off and the program killed", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("slow", { environment: { DELAY_MS: "60000" } });
    const answer = fetch(harness.url(key)).then(
      () => "answered",
      () => "cut off",
    );
    // The request is in the program before the signal is.
    await fetch(harness.url(key, "/healthz"));
    harness.runtime.stop(key, 200);
    expect(await harness.exit(key)).toMatchObject({ exitCode: 137, reason: "Error" });
    expect(await answer).toBe("cut off");
  });

  it("a request within the grace is answered first", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("slow", { environment: { DELAY_MS: "300" } });
    const answer = fetch(harness.url(key)).then(({ status }) => status);
    await fetch(harness.url(key, "/healthz"));
    harness.runtime.stop(key, 30_000);
    expect(await answer).toBe(200);
    expect(await harness.exit(key)).toMatchObject({ exitCode: 0 });
  });

  it("a command without a handler for it dies of SIGTERM", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("busybox", { command: ["sleep", "3600"] });
    harness.runtime.stop(key, 30_000);
    expect(await harness.exit(key)).toMatchObject({ exitCode: 143, reason: "Error" });
  });

  it("codes: a failing program, a job, a command that is not there", async () => {
    await using harness = new RuntimeHarness();
    const failing = await harness.run("failing", {
      environment: { EXIT_CODE: "3", AFTER_MS: "10" },
    });
    expect(await harness.exit(failing)).toMatchObject({ exitCode: 3, reason: "Error" });
    const job = harness.start("busybox", { command: ["sh", "-c", "echo done"] });
    expect(await harness.exit(job.key)).toMatchObject({ exitCode: 0, reason: "Completed" });
    expect(await harness.output(job.key)).toBe("done\n");
    const missing = harness.start("nginx", { command: ["/usr/bin/missing"] });
    expect(await harness.exit(missing.key)).toMatchObject({
      exitCode: 127,
      reason: "ContainerCannotRun",
      message: 'exec: "/usr/bin/missing": executable file not found in $PATH',
    });
    expect(harness.events.filter(({ key }) => key === missing.key)).toHaveLength(1);
    expect(() => harness.start("ngnix:latest")).toThrow("not found");
  });

  it("memory beyond the limit is OOMKilled, within it is not", async () => {
    await using harness = new RuntimeHarness();
    const limits = { cpuMillicores: null, memoryBytes: 8 * 1024 * 1024 };
    const environment = { MIB_PER_SECOND: "64" };
    const hungry = await harness.run("memory-hungry", { limits, environment });
    expect(await harness.exit(hungry)).toMatchObject({ exitCode: 137, reason: "OOMKilled" });
    const store = await harness.run("key-value", { limits });
    const put = (key: string, bytes: number) =>
      fetch(harness.url(store, `/keys/${key}`), { method: "PUT", body: "x".repeat(bytes) });
    expect((await put("a", 1_000)).status).toBe(201);
    expect((await put("a", 500_000)).status).toBe(200);
    const stats = await harness.runtime.stats(store);
    expect(stats?.memoryBytes).toBeGreaterThan(500_000);
    expect(stats?.memoryBytes).toBeLessThan(1_000_000);
    for (let index = 0; index < 20; index += 1) {
      if (
        await put(`b${index}`, 900_000).then(
          ({ ok }) => !ok,
          () => true,
        )
      )
        break;
    }
    expect(await harness.exit(store)).toMatchObject({ exitCode: 137, reason: "OOMKilled" });
  });
});

describe("logs", () => {
  it("are followed until the container ends, and kept over a restart", async () => {
    await using harness = new RuntimeHarness();
    const command = ["sh", "-c", "for i in 1 2 3; do echo line $i; sleep 0.05; done; exit 4"];
    const spec = { podUid: "logged", command };
    const key = await harness.run("busybox", spec);
    const lines: string[] = [];
    for await (const line of harness.runtime.logs(key, { follow: true })) lines.push(line);
    expect(lines).toEqual(["line 1\n", "line 2\n", "line 3\n"]);
    expect(await harness.exit(key)).toMatchObject({ exitCode: 4 });
    expect(() => harness.runtime.logs(key, { previous: true })).toThrow(
      'previous terminated container "main" in pod',
    );
    const again = harness.start("busybox", { ...spec, command: ["sh", "-c", "echo again"] });
    await harness.exit(key, again.containerId);
    const previous = await linesOf(harness.runtime.logs(key, { previous: true }));
    expect(previous).toEqual(lines);
    expect(await harness.output(key)).toBe("again\n");
  });

  it("are bounded, cut and cancelled", async () => {
    await using harness = new RuntimeHarness({ logLinesMax: 10, logLineBytesMax: 100 });
    const key = await harness.run("busybox", {
      command: ["sh", "-c", "seq 1 25; printf %s abc; sleep 60"],
    });
    const controller = new AbortController();
    const { signal } = controller;
    const lines: string[] = [];
    for await (const line of harness.runtime.logs(key, { follow: true, signal })) {
      lines.push(line);
      if (line === "25\n") controller.abort();
    }
    expect(lines.at(-1)).toBe("25\n");
    const tail = await linesOf(harness.runtime.logs(key, { tailLines: 2 }));
    expect(tail).toEqual(["24\n", "25\n"]);
    expect(await linesOf(harness.runtime.logs(key))).toHaveLength(10);
    const few = await linesOf(harness.runtime.logs(key, { limitBytes: 4 }));
    expect(few.join("")).toBe("16\n1");
    const [timed] = await linesOf(harness.runtime.logs(key, { tailLines: 1, timestamps: true }));
    expect(timed).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z 25\n$/);
    const later = harness.runtime.logs(key, { sinceMs: Date.now() + 60_000 });
    expect(await linesOf(later)).toEqual([]);
  });
});
