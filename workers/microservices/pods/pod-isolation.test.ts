import { getActiveResourcesInfo } from "node:process";
import { describe, expect, it } from "vitest";
import { RuntimeHarness } from "./runtime-harness.ts";

describe("threads", () => {
  it("a program that spins is ended with 137 while others answer", async () => {
    await using harness = new RuntimeHarness({ heartbeatMs: 50, heartbeatsMissedMax: 10 });
    const [echo, stuck] = await Promise.all([
      harness.run("echo"),
      harness.run("spin:stuck", { environment: { STUCK_AFTER_MS: "0" } }),
    ]);
    const exit = harness.exit(stuck);
    const isOver = () => harness.events.some(({ kind }) => kind === "exited");
    let answers = 0;
    while (!isOver()) {
      expect((await fetch(harness.url(echo))).status).toBe(200);
      answers += 1;
    }
    expect(answers).toBeGreaterThan(0);
    expect(await exit).toMatchObject({ exitCode: 137, reason: "Error" });
    expect(harness.runtime.occupancy).toEqual({ threads: 1, containers: 1 });
  });

  it("measures more CPU where more is used, and throttles to the limit", async () => {
    await using harness = new RuntimeHarness();
    const environment = { CPU_MILLICORES: "600" };
    const limits = { cpuMillicores: 100, memoryBytes: null };
    const [free, limited, idle] = await Promise.all([
      harness.run("spin", { environment }),
      harness.run("spin", { environment, limits }),
      harness.run("echo"),
    ]);
    // Until the limited one has had ten periods of its own.
    const cpuOf = async (key: string) => (await harness.runtime.stats(key))?.cpuMs ?? 0;
    while ((await cpuOf(limited)) < 100) await harness.exec(idle, ["sleep", "0.1"]);
    expect(await cpuOf(free)).toBeGreaterThan(2 * (await cpuOf(limited)));
  });

  it("closing ends containers, followers, sessions and threads", async () => {
    const harness = new RuntimeHarness();
    const key = await harness.run("echo");
    const follower = harness.runtime.logs(key, { follow: true });
    expect(await follower.next()).toEqual({ value: "listening\n", done: false });
    const next = follower.next();
    const session = harness.runtime.exec(key, ["sleep", "60"]);
    await harness.runtime.close();
    expect(await next).toEqual({ value: undefined, done: true });
    expect(await session.exitCode).toBe(137);
    expect(await harness.exit(key)).toMatchObject({ exitCode: 137 });
    expect(harness.runtime.occupancy).toEqual({ threads: 0, containers: 0 });
    expect(() => harness.start("echo")).toThrow("closed");
  });

  it("500 starts and stops leave nothing behind", async () => {
    await using harness = new RuntimeHarness({ sharedThreadsMax: 2, recordsMax: 20 });
    const round = async (count: number) => {
      const keys = await Promise.all(Array.from({ length: count }, () => harness.run("nginx")));
      for (const key of keys) harness.runtime.kill(key);
      await Promise.all(keys.map((key) => harness.exit(key)));
    };
    const handles = () => getActiveResourcesInfo().toSorted();
    await round(100);
    const before = handles();
    for (let index = 0; index < 5; index += 1) await round(100);
    expect(harness.runtime.occupancy).toEqual({ threads: 2, containers: 0 });
    expect(handles().length).toBeLessThanOrEqual(before.length + 2);
    // In the threads, too: what listens there is what a new container says.
    const key = await harness.run("busybox", { command: ["sleep", "60"] });
    expect((await harness.runtime.statsOfAll()).size).toBe(1);
    harness.runtime.kill(key);
  }, 60_000);
});
