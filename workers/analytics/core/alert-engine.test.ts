import { describe, expect, it } from "vitest";
import { alertLimits } from "../limits.ts";
import type { PlatformState, Thread } from "../../service/contract.ts";
import { AlertEngine } from "./alert-engine.ts";
import { createRules, type Finding, type Observation, type Rule } from "./alert-rules.ts";

/** A rule over a number that the test sets: fires above 10 for 5 s, resolves below 8 for 3 s. */
function fixture() {
  const now: { value: number | null } = { value: 0 };
  const verdict = (): Finding["verdict"] =>
    now.value === null
      ? "unknown"
      : now.value > 10
        ? "breached"
        : now.value < 8
          ? "clear"
          : "between";
  const rule: Rule = {
    id: "level",
    category: "capacity",
    severity: "warning",
    title: "Level",
    condition: "above 10",
    forMs: 5_000,
    clearForMs: 3_000,
    find: () => [
      {
        subject: "platform",
        value: now.value,
        verdict: verdict(),
        observed: `level ${now.value}`,
        action: "Lower it.",
        evidence: "/",
      },
    ],
  };
  const engine = new AlertEngine([rule]);
  const step = (at: number, value: number | null): string => {
    now.value = value;
    engine.evaluate({ at } as Observation);
    const { active } = engine.list(at);
    return active[0]?.state ?? "none";
  };
  return { engine, step };
}

/** Scenario: seconds and values, and the state after each. */
describe("an alert", () => {
  it.each<[string, [number, number | null, string][]]>([
    [
      "fires when the condition has held long enough, and not before",
      [
        [0, 11, "pending"],
        [4.9, 12, "pending"],
        [5, 11, "firing"],
      ],
    ],
    [
      "that only was pending vanishes",
      [
        [0, 11, "pending"],
        [2, 9, "none"],
        [3, 11, "pending"],
        [7, 11, "pending"],
        [8, 11, "firing"],
      ],
    ],
    [
      "goes on within the band of the hysteresis and resolves below it",
      [
        [0, 11, "pending"],
        [5, 11, "firing"],
        [20, 9, "firing"],
        [21, 7, "firing"],
        [23.9, 7, "firing"],
        [24, 7, "none"],
      ],
    ],
    [
      "needs to be clear without a break",
      [
        [0, 11, "pending"],
        [5, 11, "firing"],
        [6, 7, "firing"],
        [8, 9, "firing"],
        [9, 7, "firing"],
        [11, 7, "firing"],
        [12, 7, "none"],
      ],
    ],
    [
      "is neither begun nor ended by readings that are missing",
      [
        [0, null, "none"],
        [1, 11, "pending"],
        [2, null, "none"],
        [3, 11, "pending"],
        [8, 11, "firing"],
        [9, null, "firing"],
        [60, null, "firing"],
      ],
    ],
  ])("%s", (_, steps) => {
    const { step } = fixture();
    for (const [second, value, state] of steps) {
      expect([second, step(second * 1_000, value)]).toEqual([second, state]);
    }
  });

  it("keeps what was last observed, and when it fired and ended", () => {
    const { engine, step } = fixture();
    step(0, 11);
    step(5_000, 14);
    step(6_000, 7);
    step(9_000, 7);
    expect(engine.list(9_000)).toMatchObject({ active: [], firing: 0, dropped: 0 });
    expect(engine.list(9_000).history).toEqual([
      expect.objectContaining({
        id: "alert-1",
        state: "resolved",
        observed: "level 14",
        value: 14,
        since: 0,
        firedAt: 5_000,
        resolvedAt: 9_000,
      }),
    ]);
  });

  it("is acknowledged with a note that later ones do not have", () => {
    const { engine, step } = fixture();
    step(0, 11);
    step(5_000, 11);
    expect(engine.acknowledge("alert-1", "mine", 6_000)).toMatchObject({
      acknowledgedAt: 6_000,
      note: "mine",
      state: "firing",
    });
    step(7_000, 1);
    step(10_000, 1);
    expect(engine.find("alert-1")).toMatchObject({ state: "resolved", note: "mine" });
    step(11_000, 11);
    expect(engine.find("alert-2")).toMatchObject({ note: null, acknowledgedAt: null });
    expect(() => engine.acknowledge("alert-1", "", 12_000)).toThrow(RangeError);
  });

  it("stays silenced across its return, for the time given", () => {
    const { engine, step } = fixture();
    step(0, 11);
    engine.silence("alert-1", 1, 0);
    step(1_000, 1);
    step(2_000, 11);
    expect(engine.find("alert-2")?.silencedUntil).toBe(60_000);
    step(60_000, 11);
    expect(engine.find("alert-2")?.silencedUntil).toBeNull();
    engine.silence("alert-2", 5, 61_000);
    expect(engine.silence("alert-2", 0, 62_000).silencedUntil).toBeNull();
    step(63_000, 11);
    expect(engine.find("alert-2")?.silencedUntil).toBeNull();
  });

  it("is forgotten when there are too many resolved ones, and that is counted", () => {
    const { engine, step } = fixture();
    for (let i = 0; i < alertLimits.historyMax + 3; i += 1) {
      const at = i * 100_000;
      step(at, 11);
      step(at + 5_000, 11);
      step(at + 6_000, 1);
      step(at + 9_000, 1);
    }
    const { history, dropped } = engine.list(0);
    expect(history).toHaveLength(alertLimits.historyMax);
    expect(history[0]?.id).toBe(`alert-${alertLimits.historyMax + 3}`);
    expect(dropped).toBe(3);
  });
});

const thread = (change: Partial<Thread>): Thread =>
  ({
    id: "quantum",
    title: "Quantum",
    state: "ready",
    since: 0,
    restarts: 0,
    lastExit: null,
    ...change,
  }) as Thread;

/** Runs the house's own rules over states of one thread. */
function platform(readings: Record<string, number> = {}) {
  const engine = new AlertEngine(createRules());
  return {
    engine,
    step: (at: number, change: Partial<Thread> = {}, process: object = {}) => {
      const usual = { residentBytes: 1e8, cpuFraction: 0.1, cores: 2 };
      const state = {
        at,
        threads: [thread(change)],
        process: { ...usual, ...process },
      } as unknown as PlatformState;
      engine.evaluate({
        at,
        state,
        latest: (id) => readings[id] ?? null,
        anomalyOn: () => null,
      });
      return engine
        .list(at)
        .active.map(({ rule, state: stands }) => `${rule} ${stands}`)
        .toSorted();
    },
  };
}

describe("the rules", () => {
  it("see a thread that is down, but not one that was stopped on request", () => {
    const { step, engine } = platform();
    expect(step(0)).toEqual([]);
    const lastExit = {
      at: 1,
      kind: "crash",
      reason: "Error: broken at f (file:///a.ts:1:2)",
    } as const;
    expect(step(1_000, { state: "restarting", since: 1_000, lastExit })).toEqual([
      "thread-down pending",
    ]);
    expect(step(4_000, { state: "failed", since: 1_000, lastExit })).toEqual([
      "thread-down firing",
    ]);
    expect(engine.list(0).active[0]).toMatchObject({
      severity: "critical",
      subject: "quantum",
      observed: "Quantum is failed since 3 s; it ended with: Error: broken",
      evidence: "/components?thread=quantum",
    });
    step(5_000);
    expect(step(7_000)).toEqual([]);
    expect(step(20_000, { state: "stopped" })).toEqual([]);
  });

  it("see a thread that restarts again and again, until that is past", () => {
    const { step } = platform();
    expect(step(0, { restarts: 7 })).toEqual([]);
    expect(step(1_000, { restarts: 9 })).toEqual([]);
    expect(step(2_000, { restarts: 10 })).toEqual(["restart-loop firing"]);
    expect(step(290_000, { restarts: 10 })).toEqual(["restart-loop firing"]);
    step(303_000, { restarts: 10 });
    expect(step(304_000, { restarts: 10 })).toEqual([]);
  });

  it("see slow answers, failing requests and a thread without reserve", () => {
    const { step } = platform({
      "quantum.delay": 80,
      "quantum.requests": 100,
      "quantum.errors": 5,
      "quantum.cpu": 0.95,
    });
    step(0);
    expect(step(5_000)).toContain("failing-requests firing");
    expect(step(10_000)).toContain("slow-thread firing");
    expect(step(15_000)).toEqual([
      "failing-requests firing",
      "slow-thread firing",
      "thread-cpu firing",
    ]);
  });

  it("see memory and processor run out", () => {
    const { step } = platform();
    const full = { residentBytes: 650 * 2 ** 20, cpuFraction: 1.8 };
    step(0, {}, full);
    expect(step(30_000, {}, full)).toEqual(["machine-cpu firing", "resident-memory firing"]);
    const between = { residentBytes: 580 * 2 ** 20, cpuFraction: 1.5 };
    expect(step(90_000, {}, between)).toEqual(["machine-cpu firing", "resident-memory firing"]);
    step(91_000);
    expect(step(121_000)).toEqual([]);
  });
});
