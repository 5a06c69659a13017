import { describe, expect, it } from "vitest";
import { threadStates, type Thread, type Vitals } from "../../service/contract.ts";
import { statusLimits } from "../limits.ts";
import { componentHealth, verdictOver, type Health } from "./component-health.ts";

const thread = (state: Thread["state"], more: Partial<Thread> = {}): Thread => ({
  id: "quantum",
  title: "Quantum",
  state,
  port: null,
  url: null,
  since: 0,
  startedAt: 0,
  restarts: 0,
  startDurationMs: null,
  downtimeMs: null,
  lastExit: null,
  cpuFraction: null,
  vitals: null,
  ...more,
});
const late = (eventLoopDelayP99Ms: number) => ({ vitals: { eventLoopDelayP99Ms } as Vitals });

describe("componentHealth", () => {
  it("a thread is healthy only when it is ready and answers", () => {
    const verdicts = threadStates.map((state) => [
      state,
      ...[undefined, null, 0.5].map((ping) => componentHealth(thread(state), ping).status),
    ]);
    expect(verdicts).toEqual([
      ["starting", "degraded", "degraded", "degraded"],
      ["ready", "unknown", "degraded", "healthy"],
      ["restarting", "degraded", "degraded", "degraded"],
      ["stopping", "failed", "failed", "failed"],
      ["stopped", "failed", "failed", "failed"],
      ["failed", "failed", "failed", "failed"],
    ]);
  });

  it("an event loop later than the limit degrades, exactly at the limit does not", () => {
    const { eventLoopDelayP99MsMax: max } = statusLimits;
    const statusAt = (ms: number) => componentHealth(thread("ready", late(ms)), 1).status;
    expect([statusAt(max), statusAt(max + 0.1)]).toEqual(["healthy", "degraded"]);
  });

  it("says why in a sentence", () => {
    const lastExit = { at: 1, kind: "crash" as const, reason: "Error: out of luck" };
    const details = [
      componentHealth(thread("failed", { lastExit }), 1),
      componentHealth(thread("failed"), 1),
      componentHealth(thread("restarting"), 1),
      componentHealth(thread("ready"), null),
      componentHealth(thread("ready", late(1_234.4)), 1),
      componentHealth(thread("ready"), 0.26),
    ].map(({ detail }) => detail);
    expect(details).toEqual([
      "Error: out of luck",
      "The thread cannot be started.",
      "The thread is restarting.",
      "No answer within 400 ms over its message port.",
      "Event loop late by 1234 ms (p99).",
      "Answers in 0.3 ms.",
    ]);
  });
});

describe("verdictOver", () => {
  const over = (...all: Health[]) =>
    verdictOver(all.map((status, i) => ({ title: `T${i + 1}`, status })));

  it.each([
    [["healthy", "healthy"], "healthy", "2 of 2 components healthy"],
    [["healthy", "unknown"], "healthy", "1 of 2 components healthy"],
    [["healthy", "failed"], "degraded", "1 of 2 components healthy; T2 failed"],
    [["unknown", "degraded"], "degraded", "0 of 2 components healthy; T2 degraded"],
    [["failed", "failed"], "failed", "0 of 2 components healthy; T1 failed, T2 failed"],
  ] as const)("%j is %s", (all, status, verdict) => {
    expect(over(...all)).toEqual({ status, verdict });
  });

  it("components that are merely degraded have not failed, even all of them", () => {
    expect(over("degraded", "degraded").status).toBe("degraded");
  });
});
