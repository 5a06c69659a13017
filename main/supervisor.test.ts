import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { LifecycleEvent, PlatformState, SubsystemId } from "../workers/service/contract.ts";
import { portTable } from "../workers/service/ports.ts";
import { supervisorLimits } from "./limits.ts";
import { restartDelayMs } from "./managed-thread.ts";
import { StartupError } from "./startup-error.ts";
import { Supervisor } from "./supervisor.ts";

describe("restartDelayMs", () => {
  it("is nothing the first time, then doubles from 100 ms up to the limit", () => {
    const delays = Array.from({ length: supervisorLimits.restartsInRowMax }, (_, i) =>
      restartDelayMs(i + 1),
    );
    expect(delays).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 5_000]);
    expect(restartDelayMs(1_000)).toBe(supervisorLimits.restartDelayMaxMs);
  });
});

/** Threads that serve nothing: they greet, beat, and fail on order, as real ones do. */
const service = pathToFileURL(join(import.meta.dirname, "../workers/service")).href;
const turning = `
    import { bornWith, exposeThread, greet } from "${service}/lifecycle.ts";
    import { throwFault } from "${service}/thread-failure.ts";
    import { reportVitals } from "${service}/vitals.ts";
    const { setup } = bornWith();
    const counts = { requestsTotal: 5, requestErrorsTotal: 0, requestsInFlight: 0 };
    const vitals = reportVitals(setup.vitals, () => counts);
    exposeThread({ connect() {}, platformChanged() {}, checkIn: vitals.beat, fault: throwFault, async drain() {} });
    greet({ kind: "ready" });`;
const fixtures = {
  good: turning,
  /** Its event loop never waits, so that only its own word says that it turns. */
  busy: `${turning}
    const work = () => {
      for (const until = performance.now() + 10; performance.now() < until; );
      setImmediate(work);
    };
    work();`,
  busyPort: `
    import { greet } from "${service}/lifecycle.ts";
    greet({ kind: "start-failed", code: "PORT_IN_USE", message: "Port 1 is already in use." });`,
  throwing: `throw new Error("broken from the start");`,
  leaving: `process.exit(3);`,
};

let folder: string;
let supervisor: Supervisor;
let events: LifecycleEvent[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "supervisor-"));
  for (const [name, text] of Object.entries(fixtures))
    writeFileSync(join(folder, `${name}.mjs`), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

function supervise(threads: Partial<Record<SubsystemId, keyof typeof fixtures>>): Supervisor {
  events = [];
  supervisor = new Supervisor({
    threads: Object.entries(threads).map(([id, fixture]) => ({
      title: id,
      url: null,
      entry: pathToFileURL(join(folder, `${fixture}.mjs`)).href,
      setup: {
        id: id as SubsystemId,
        instanceId: "one",
        version: "1.2.3",
        host: "127.0.0.1",
        ports: portTable(3000),
        auth: "open",
        allowedOrigins: [],
        token: "token",
        home: null,
        desktop: false,
        rendererFolder: "",
        ledger: { validators: 3, consensus: "raft", genesis: null, import: null },
      },
    })),
    describe: (each) => ({ at: Date.now(), threads: each }) as PlatformState,
    onTick: () => {},
    onLog: (event) => events.push(event),
  });
  return supervisor;
}

const threadOf = (id: SubsystemId) => supervisor.state().threads.find((each) => each.id === id)!;
const patience = { timeout: 8_000 };
const again = (id: SubsystemId, restarts: number) =>
  vi.waitFor(() => expect(threadOf(id)).toMatchObject({ state: "ready", restarts }), patience);

describe("start", () => {
  afterEach(() => supervisor.stop());

  it("ends with every thread ready, its vitals visible", async () => {
    await supervise({ integration: "good", quantum: "good" }).start();
    for (const thread of supervisor.state().threads) {
      expect(thread).toMatchObject({
        state: "ready",
        restarts: 0,
        lastExit: null,
        downtimeMs: null,
        startedAt: expect.any(Number) as number,
        startDurationMs: expect.any(Number) as number,
        vitals: expect.objectContaining({ requestsTotal: 5 }) as unknown,
      });
    }
    expect(events.map(({ thread, level }) => `${thread} ${level}`).toSorted()).toEqual([
      "integration info",
      "quantum info",
    ]);
    expect(events.map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  it.each([
    ["busyPort", /^Port 1 is already in use\.$/],
    ["throwing", /broken from the start/],
    ["leaving", /^The quantum thread exited with 3\.$/],
  ] as const)(
    "a thread that is %s: its own sentence, and no thread is left",
    async (fixture, sentence) => {
      const starting = supervise({ integration: "good", quantum: fixture }).start();
      const error = await starting.catch((each: unknown) => each);
      expect(error).toBeInstanceOf(StartupError);
      expect((error as Error).message).toMatch(sentence);
      expect(supervisor.threads.map(({ running }) => running)).toEqual([null, null]);
    },
  );
});

describe("a thread that ends by itself", () => {
  beforeAll(() => supervise({ integration: "good", quantum: "good" }).start());
  afterAll(() => supervisor.stop());

  // One after the other on the same thread, so that the back-off grows with each.
  it.each([
    [1, "crash", "crash", /Crashed on purpose/],
    [2, "exit", "exit", /exited by itself with code 70/],
    [3, "spin", "spin", /of CPU without turning its event loop/],
    [4, "kill", "crash", /^Killed on purpose/],
  ] as const)(
    "%i: %s is answered with a restart, and the reason is kept",
    async (nth, order, kind, reason) => {
      const bystander = threadOf("integration");
      events.length = 0;
      await supervisor.control("quantum", order);
      await again("quantum", nth);
      const { lastExit, downtimeMs } = threadOf("quantum");
      expect(lastExit).toEqual({
        at: expect.any(Number) as number,
        kind,
        reason: expect.stringMatching(reason) as string,
      });
      expect(downtimeMs).toEqual(expect.any(Number));
      expect(events.filter(({ level }) => level === "error")).toEqual([
        expect.objectContaining({
          thread: "quantum",
          message: `Ended (${kind}): ${lastExit?.reason} Restart in ${restartDelayMs(nth)} ms.`,
        }),
      ]);
      // The others never notice.
      expect(threadOf("integration")).toMatchObject({
        state: "ready",
        restarts: 0,
        startedAt: bystander.startedAt,
      });
    },
  );
});

describe("a thread that never rests", () => {
  afterEach(() => supervisor.stop());

  it("is no spinning one while its event loop turns, and is one when it does not", async () => {
    await supervise({ quantum: "busy" }).start();
    const cpuMs = () => supervisor.threads[0]!.running!.vitals.lastBeat().cpuMs;
    const began = cpuMs();
    await vi.waitFor(() => expect(cpuMs() - began).toBeGreaterThan(1_000), patience);
    expect(threadOf("quantum")).toMatchObject({ state: "ready", restarts: 0, lastExit: null });
    await supervisor.control("quantum", "spin");
    await again("quantum", 1);
    expect(threadOf("quantum").lastExit).toMatchObject({ kind: "spin" });
  });
});

describe("an operator", () => {
  beforeAll(() => supervise({ quantum: "good" }).start());
  afterAll(() => supervisor.stop());

  it("stops a thread, which then stays away until it is started", async () => {
    expect(await supervisor.control("quantum", "stop")).toMatchObject({
      state: "stopped",
      startedAt: null,
      vitals: null,
      restarts: 0,
      lastExit: { kind: "stopped", reason: "Stopped by an operator." },
    });
    expect(supervisor.threads[0]?.running).toBeNull();
    expect(await supervisor.control("quantum", "start")).toMatchObject({
      state: "ready",
      restarts: 0,
      downtimeMs: expect.any(Number) as number,
    });
  });

  it("restarts a thread in one go", async () => {
    const before = supervisor.threads[0]?.running;
    expect(await supervisor.control("quantum", "restart")).toMatchObject({ state: "ready" });
    expect(supervisor.threads[0]?.running).not.toBe(before);
  });

  it("who orders the same twice gets one worker and one sentence", async () => {
    await supervisor.control("quantum", "stop");
    const results = await Promise.allSettled([
      supervisor.control("quantum", "start"),
      supervisor.control("quantum", "start"),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect((results[1] as PromiseRejectedResult).reason).toMatchObject({
      message: "The quantum thread is starting already.",
    });
    expect(threadOf("quantum")).toMatchObject({ state: "ready" });
  });

  it("cannot command a thread that is not part of the run", async () => {
    await expect(supervisor.control("gateway", "start")).rejects.toThrow(
      "The gateway thread is not part of this run.",
    );
  });
});

describe("the state", () => {
  afterEach(() => supervisor.stop());

  it("is told on every change, until its reader leaves", async () => {
    const seen: string[] = [];
    supervise({ quantum: "good" });
    const leave = supervisor.subscribe(({ threads }) => seen.push(threads[0]!.state));
    await supervisor.start();
    await vi.waitFor(() => expect([...new Set(seen)]).toEqual(["starting", "ready"]));
    leave();
    seen.length = 0;
    await supervisor.control("quantum", "stop");
    expect(seen).toEqual([]);
  });
});

describe("stop", () => {
  it("ends every worker in the reverse order of their start", async () => {
    await supervise({ integration: "good", quantum: "good", gateway: "good" }).start();
    events = [];
    await supervisor.stop();
    expect(
      events.filter(({ message }) => message === "Stopped.").map(({ thread }) => thread),
    ).toEqual(["gateway", "quantum", "integration"]);
    expect(supervisor.threads.map(({ running }) => running)).toEqual([null, null, null]);
  });
});
