import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processInputSchema, runSchema, type Aggregation, type Run } from "../contract.ts";
import type { Component, ComponentAnswer } from "./component.ts";
import type { ConsensusPort } from "./consensus-port.ts";
import { dataFlow, type DataFlow } from "./data-flow.ts";
import { DistributedSystemsOrchestrator } from "./orchestrator.ts";
import { RunHistory } from "./run-history.ts";

/** Time that stands still until a test moves it; what is due happens in order. */
class FakeClock {
  #nowMs = 0;
  #due: { readonly atMs: number; readonly run: () => void }[] = [];

  readonly now = () => 1_000_000 + this.#nowMs;
  readonly monotonicMs = () => this.#nowMs;
  readonly after = (delayMs: number, run: () => void) => {
    const entry = { atMs: this.#nowMs + delayMs, run };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((each) => each !== entry);
    };
  };

  get pending(): number {
    return this.#due.length;
  }

  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      await settle();
      const next = this.#due
        .filter(({ atMs }) => atMs <= untilMs)
        .toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#due = this.#due.filter((each) => each !== next);
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = untilMs;
    await settle();
  }
}

/** Lets every promise that can settle do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
}

const behaviours = ["pass", "fail", "throws", "down", "hangs", "absent"] as const;
type Behaviour = (typeof behaviours)[number];

class Down extends Error {}

function fixture(consensus: ConsensusPort | null = null, dataFlows: readonly DataFlow[] = []) {
  const clock = new FakeClock();
  const history = new RunHistory(10);
  const orchestrator = new DistributedSystemsOrchestrator(
    {
      now: clock.now,
      monotonicMs: clock.monotonicMs,
      after: clock.after,
      describe: (error) => ({
        code: error instanceof Down ? "SUBSYSTEM_UNAVAILABLE" : "BROKEN",
        detail: String(error),
        remedy: "none",
      }),
      componentAnswered: () => {},
      flowFinished: () => {},
    },
    { history, consensus, consensusTimeoutMs: 500, dataFlows },
  );
  orchestrator.setupDataFlows();
  return { clock, history, orchestrator };
}

function component(
  clock: FakeClock,
  id: string,
  behaviour: Behaviour,
  { timeoutMs = 100, delayMs = 0 } = {},
): Component {
  const answer = (): ComponentAnswer => {
    if (behaviour === "throws") throw new Error("broken");
    if (behaviour === "down") throw new Down("down");
    return { result: { from: id }, outcome: behaviour === "fail" ? "fail" : "pass", note: id };
  };
  return {
    id,
    title: id,
    timeoutMs,
    isPresent: () => behaviour !== "absent",
    calls: {
      comprehensive_test: {
        operation: `${id}.test`,
        run: () =>
          new Promise((resolve, reject) => {
            if (behaviour === "hangs") return;
            clock.after(delayMs, () => {
              try {
                resolve(answer());
              } catch (error) {
                reject(error);
              }
            });
          }),
      },
    },
  };
}

const request = (aggregation: Aggregation = "merge", requiresConsensus = false) =>
  processInputSchema.parse({ type: "comprehensive_test", aggregation, requiresConsensus });

const expectedStatus: Record<Behaviour, Run["components"][number]["status"]> = {
  pass: "ok",
  fail: "ok",
  throws: "failed",
  down: "down",
  hangs: "timeout",
  absent: "absent",
};

async function runWith(
  members: readonly { readonly behaviour: Behaviour; readonly delayMs?: number }[],
  aggregation: Aggregation,
): Promise<Run> {
  const { clock, orchestrator } = fixture();
  members.forEach(({ behaviour, delayMs = 0 }, index) => {
    orchestrator.register(component(clock, `c${index}`, behaviour, { delayMs }));
  });
  const running = orchestrator.process(request(aggregation), "trace");
  await clock.advance(100);
  const run = await running;
  if (aggregation !== "first") expect(clock.pending).toBe(0);
  return run;
}

describe("a distributed request", () => {
  it("answers whatever subset of its components fails, and says how each did", async () => {
    const groups = fc.array(fc.constantFrom(...behaviours), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(groups, async (group) => {
        const run = await runWith(
          group.map((behaviour) => ({ behaviour })),
          "merge",
        );
        expect(runSchema.parse(run)).toEqual(run);
        expect(run.components.map(({ status }) => status)).toEqual(
          group.map((behaviour) => expectedStatus[behaviour]),
        );
        const passed = group.filter((behaviour) => behaviour === "pass").length;
        expect(run.status).toBe(
          passed === 0 ? "failed" : passed === group.length ? "ok" : "partial",
        );
        const answered = group.flatMap((behaviour, index) =>
          expectedStatus[behaviour] === "ok" ? [`c${index}`] : [],
        );
        expect(run.result).toEqual({
          kind: "merge",
          values: Object.fromEntries(answered.map((id) => [id, { from: id }])),
        });
      }),
    );
  });

  it("ends with the longest deadline at the latest, whoever hangs", async () => {
    const deadlines = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(deadlines, async (timeouts) => {
        const { clock, orchestrator } = fixture();
        timeouts.forEach((timeoutMs, index) => {
          orchestrator.register(component(clock, `c${index}`, "hangs", { timeoutMs }));
        });
        const running = orchestrator.process(request(), "trace");
        await clock.advance(Math.max(...timeouts));
        const run = await running;
        expect(run.durationMs).toBe(Math.max(...timeouts));
        expect(run.components.map(({ durationMs }) => durationMs)).toEqual(timeouts);
        expect(clock.pending).toBe(0);
      }),
    );
  });

  it("takes the first that passes and cancels the others", async () => {
    const run = await runWith(
      [
        { behaviour: "throws" },
        { behaviour: "pass", delayMs: 40 },
        { behaviour: "pass", delayMs: 20 },
        { behaviour: "fail", delayMs: 5 },
        { behaviour: "hangs" },
      ],
      "first",
    );
    expect(run.components.map(({ status }) => status)).toEqual([
      "failed",
      "cancelled",
      "ok",
      "ok",
      "cancelled",
    ]);
    expect(run.result).toEqual({ kind: "first", component: "c2", value: { from: "c2" } });
    expect(run.durationMs).toBe(20);
  });

  it("is cancelled with its caller", async () => {
    const { clock, orchestrator } = fixture();
    orchestrator.register(component(clock, "slow", "pass", { delayMs: 50 }));
    const caller = new AbortController();
    const running = orchestrator.process(request(), "trace", caller.signal);
    await settle();
    caller.abort();
    await settle();
    expect((await running).components[0]?.status).toBe("cancelled");
  });

  it("asks only components that have a call for its type", async () => {
    const { clock, orchestrator } = fixture();
    orchestrator.register({ ...component(clock, "other", "pass"), calls: {} });
    const run = await orchestrator.process(request(), "trace");
    expect(run.components).toEqual([]);
    expect(run.status).toBe("failed");
  });

  it("refuses a second component of one name", () => {
    const { clock, orchestrator } = fixture();
    orchestrator.register(component(clock, "twin", "pass"));
    expect(() => orchestrator.register(component(clock, "twin", "pass"))).toThrow("twin");
  });
});

describe("the vote", () => {
  it("is the same for any order of the components", async () => {
    const groups = fc.array(fc.constantFrom(...behaviours), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(
        groups.chain((group) =>
          fc.tuple(
            fc.constant(group),
            fc.shuffledSubarray(group, { minLength: group.length, maxLength: group.length }),
          ),
        ),
        async ([group, shuffled]) => {
          const [one, other] = await Promise.all(
            [group, shuffled].map((each) =>
              runWith(
                each.map((behaviour) => ({ behaviour })),
                "vote",
              ),
            ),
          );
          const passes = group.filter((behaviour) => behaviour === "pass").length;
          const fails = group.filter((behaviour) => behaviour === "fail").length;
          const winner =
            passes * 2 > group.length ? "pass" : fails * 2 > group.length ? "fail" : null;
          for (const { result } of [one, other] as Run[]) {
            expect(result).toMatchObject({
              kind: "vote",
              winner,
              tally: { pass: passes, fail: fails },
            });
          }
        },
      ),
    );
  });
});

describe("agreement", () => {
  it("puts the hash of the result into the log and returns term and index", async () => {
    const proposed: string[] = [];
    const { clock, orchestrator } = fixture({
      propose(command) {
        proposed.push(command);
        return Promise.resolve({ term: 3, index: 17 });
      },
      status: () => ({ leader: "n1", term: 3 }),
    });
    orchestrator.register(component(clock, "a", "pass"));
    const running = orchestrator.process(request("merge", true), "trace");
    await clock.advance(0);
    const run = await running;
    expect(run.consensus).toMatchObject({ status: "agreed", term: 3, index: 17 });
    expect(proposed.map((command) => JSON.parse(command) as unknown)).toEqual([
      { kind: "distributed-result", run: 1, sha256: run.resultHash },
    ]);
  });

  it.each([
    ["is refused", () => Promise.reject(new Error("no leader")), "BROKEN"],
    ["never commits", () => new Promise<never>(() => {}), "DEADLINE_EXCEEDED"],
  ])("fails the run that %s, and keeps its results", async (_, propose, code) => {
    const status = () => ({ leader: null, term: 0 });
    const { clock, orchestrator, history } = fixture({ propose, status });
    orchestrator.register(component(clock, "a", "pass"));
    const running = orchestrator.process(request("merge", true), "trace");
    await clock.advance(500);
    const run = await running;
    expect(run).toMatchObject({
      status: "failed",
      consensus: { status: "failed", term: null, index: null, problem: { code } },
      components: [{ status: "ok" }],
    });
    expect(history.get(run.id)).toEqual(run);
  });
});

describe("the history", () => {
  it("keeps the newest runs and counts the others", async () => {
    const { orchestrator, history } = fixture();
    for (let run = 0; run < 13; run += 1) await orchestrator.process(request(), "trace");
    expect(history.list(3).map(({ id }) => id)).toEqual([13, 12, 11]);
    expect(history.list(100)).toHaveLength(10);
    expect(history.dropped).toBe(3);
    expect(history.running).toBe(0);
    expect(history.get(3)).toBeUndefined();
  });
});

describe("a data flow", () => {
  const flowOf = (failures: { source: number; target: number }) => {
    const left = { ...failures };
    const failing = <T>(stage: "source" | "target", value: T): Promise<T> => {
      left[stage] -= 1;
      return left[stage] >= 0 ? Promise.reject(new Down(stage)) : Promise.resolve(value);
    };
    return dataFlow({
      name: "flow",
      summary: "doubles",
      source: { name: "read", isPresent: () => true, run: () => failing("source", 21) },
      transform: { name: "double", run: (value: number) => value * 2 },
      target: {
        name: "write",
        isPresent: () => true,
        run: (value: number) => failing("target", { written: value }),
      },
      attemptsMax: 3,
      retryDelayMs: 10,
    });
  };

  it("succeeds exactly when no stage fails more often than it is tried", async () => {
    const times = fc.integer({ min: 0, max: 4 });
    await fc.assert(
      fc.asyncProperty(times, times, async (source, target) => {
        const { clock, orchestrator } = fixture(null, [flowOf({ source, target })]);
        const running = orchestrator.flow("flow")?.run("trace");
        await clock.advance(1_000);
        const state = await running;
        const ok = source < 3 && target < 3;
        expect(state).toMatchObject({ runs: 1, failures: ok ? 0 : 1, available: true });
        expect(state?.last).toMatchObject(
          ok
            ? { status: "ok", output: { written: 42 }, problem: null }
            : { status: "failed", problem: { code: "SUBSYSTEM_UNAVAILABLE" } },
        );
        const sourceTries = Math.min(3, source + 1);
        const targetTries = source < 3 ? Math.min(3, target + 1) : 0;
        expect(state?.last?.attempts).toBe(sourceTries + targetTries);
        expect(state?.retries).toBe(sourceTries - 1 + Math.max(0, targetTries - 1));
      }),
    );
  });

  it("is known by its name alone", () => {
    const { orchestrator } = fixture(null, [flowOf({ source: 0, target: 0 })]);
    expect(orchestrator.flow("other")).toBeUndefined();
    expect(orchestrator.flows().map(({ name }) => name)).toEqual(["flow"]);
    expect(() => orchestrator.setupDataFlows()).toThrow("flow");
  });
});
