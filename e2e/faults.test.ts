/** Threads that are killed, crash, exit or spin: their port comes back, nobody else notices. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LifecycleEvent, PlatformState, Thread } from "../workers/service/contract.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess();
});
afterAll(async () => {
  await platform.stopCleanly();
});

const integration = 7;

async function post(path: string, body: object = {}, portOffset = integration) {
  const answer = await fetch(platform.url(path, portOffset), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function threadState(id: string, portOffset = integration): Promise<Thread> {
  const answer = await fetch(platform.url("/api/platform", portOffset));
  const { threads } = (await answer.json()) as PlatformState;
  return threads.find((thread) => thread.id === id) as Thread;
}

/** Calls another thread without a pause until told to stop. */
function keepCalling(url: string): { stop(): Promise<{ calls: number; failures: string[] }> } {
  const state = { running: true };
  const failures: string[] = [];
  let calls = 0;
  const done = (async () => {
    while (state.running) {
      const failure = await fetch(url).then(
        async (answer) => {
          await answer.arrayBuffer();
          return answer.ok ? undefined : String(answer.status);
        },
        (error: Error) => error.message,
      );
      calls += 1;
      if (failure !== undefined) failures.push(failure);
    }
  })();
  return {
    async stop() {
      state.running = false;
      await done;
      return { calls, failures };
    },
  };
}

/** Failures in a row lengthen the back-off. */
const patiently = { timeout: 8_000 };
const kinds = ["kill", "crash", "exit", "spin"] as const;
const lastExitKind = { kill: "crash", crash: "crash", exit: "exit", spin: "spin" } as const;

describe.each(["gateway", "quantum"])("the %s thread", (id) => {
  it.each(kinds)("comes back after %s while another one serves every call", async (kind) => {
    const before = await threadState(id);
    const client = keepCalling(platform.url("/api/distributed/status", integration));
    const order = await post(`/api/platform/threads/${id}/fault`, { kind });
    expect(order.status).toBe(200);
    await expect
      .poll(async () => {
        const { state, restarts } = await threadState(id);
        return { state, restarts };
      }, patiently)
      .toEqual({ state: "ready", restarts: before.restarts + 1 });
    const { calls, failures } = await client.stop();
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(0);

    const { lastExit } = await threadState(id);
    expect(lastExit?.kind).toBe(lastExitKind[kind]);
    expect(lastExit?.reason).not.toBe("");
  });
});

describe("the integration thread", () => {
  it("is restarted while the gateway serves every call", async () => {
    const client = keepCalling(platform.url("/api/quantum/status"));
    const before = await threadState("integration", 0);
    await post("/api/platform/threads/integration/fault", { kind: "crash" }, 0);
    await expect
      .poll(async () => {
        const { state, restarts } = await threadState("integration", 0);
        return { state, restarts };
      }, patiently)
      .toEqual({ state: "ready", restarts: before.restarts + 1 });
    expect((await client.stop()).failures).toEqual([]);
  });

  it("breaks itself on request and still answers that request", async () => {
    const order = await post("/api/platform/threads/integration/fault", { kind: "exit" });
    expect(order).toMatchObject({ status: 200, body: { id: "integration", kind: "exit" } });
    await expect
      .poll(async () => (await threadState("integration", 0)).lastExit?.kind, patiently)
      .toBe("exit");
  });

  it("holds the log line that says why a thread ended", async () => {
    await expect
      .poll(async () => {
        const answer = await fetch(platform.url("/api/logs?level=error&query=on+purpose", 0));
        const { logs } = (await answer.json()) as { logs: { message: string }[] };
        return logs.map(({ message }) => message);
      }, patiently)
      .toContainEqual(expect.stringContaining("Crashed on purpose"));
  });
});

describe("a thread under an operator", () => {
  it("reads through to a restarting peer are retried, not failed", async () => {
    const fault = post("/api/platform/threads/quantum/fault", { kind: "kill" });
    const reads = Array.from({ length: 20 }, () => fetch(platform.url("/api/quantum/status")));
    const statuses = (await Promise.all(reads)).map(({ status }) => status);
    await fault;
    expect(statuses).toEqual(statuses.map(() => 200));
  });

  it("stops, says so, and starts again", async () => {
    await expect.poll(async () => (await threadState("quantum")).state, patiently).toBe("ready");
    expect(await post("/api/platform/threads/quantum/stop")).toMatchObject({
      status: 200,
      body: { id: "quantum", state: "stopped", vitals: null },
    });
    const search = await post("/api/quantum/search", { items: ["a"], target: "a" });
    expect(search).toMatchObject({ status: 503, body: { code: "SUBSYSTEM_UNAVAILABLE" } });
    const again = await post("/api/platform/threads/quantum/stop");
    expect(again).toMatchObject({ status: 409, body: { code: "THREAD_STATE_CONFLICT" } });
    expect(await post("/api/platform/threads/quantum/start")).toMatchObject({
      status: 200,
      body: { state: "ready" },
    });
    expect((await post("/api/quantum/search", { items: ["a"], target: "a" })).status).toBe(200);
  });

  it("restarts the gateway through the gateway itself", async () => {
    const order = await post("/api/platform/threads/gateway/restart", {}, 0);
    expect(order.status).toBe(200);
    await expect.poll(async () => (await threadState("gateway")).lastExit?.kind).toBe("stopped");
    await expect.poll(async () => (await threadState("gateway")).state).toBe("ready");
  });

  it("tells the whole story in order", async () => {
    const answer = await fetch(platform.url("/api/platform/events?thread=quantum", integration));
    const { events } = (await answer.json()) as { events: LifecycleEvent[] };
    const sequences = events.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    expect(events.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^Stopped/));
  });
});
