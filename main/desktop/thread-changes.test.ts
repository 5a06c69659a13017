import { describe, expect, it } from "vitest";
import type { PlatformState, Thread } from "../../workers/service/contract.ts";
import { readyText, threadChangeFollower } from "./thread-changes.ts";

const stateOf = (quantum: Thread["state"], reason: string | null = null): PlatformState =>
  ({
    threads: [
      { id: "gateway", title: "Gateway", state: "ready", lastExit: null },
      {
        id: "quantum",
        title: "Quantum",
        state: quantum,
        lastExit: reason === null ? null : { at: 0, kind: "crash", reason },
      },
    ],
  }) as unknown as PlatformState;

describe("threadChangeFollower", () => {
  const titles = (...states: PlatformState[]): string[] => {
    const follow = threadChangeFollower();
    return states.flatMap((state) => follow(state).map(({ title }) => title));
  };

  it("tells of a failure once and of the recovery after it", () => {
    const [ready, failed] = [stateOf("ready"), stateOf("failed", "out of memory")];
    expect(titles(ready, failed, failed, stateOf("starting"), ready, ready, failed)).toEqual([
      "Quantum failed",
      "Quantum recovered",
      "Quantum failed",
    ]);
    expect(threadChangeFollower()(failed)).toEqual([
      { id: "quantum", title: "Quantum failed", body: "out of memory" },
    ]);
  });

  it("is silent about starts, restarts and stops", () => {
    const states = (
      ["starting", "ready", "restarting", "ready", "stopping", "stopped"] as const
    ).map((state) => stateOf(state));
    expect(titles(...states)).toEqual([]);
    expect(titles(stateOf("failed"), stateOf("stopped"), stateOf("ready"))).toEqual([
      "Quantum failed",
    ]);
  });
});

it("readyText counts", () => {
  expect(readyText(stateOf("ready"))).toBe("2 of 2 threads ready");
  expect(readyText(stateOf("failed"))).toBe("1 of 2 threads ready");
});
