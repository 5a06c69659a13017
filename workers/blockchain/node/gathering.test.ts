import { describe, expect, it } from "vitest";
import { chainLimits } from "../limits.ts";
import { Gathering } from "./gathering.ts";

/** A clock that stands until it is moved. */
function makeGathering() {
  const clock = { now: 0, timers: [] as { at: number; act: () => void }[], woken: 0 };
  const gathering = new Gathering(
    {
      monotonicMs: () => clock.now,
      after(ms, act) {
        const timer = { at: clock.now + ms, act };
        clock.timers.push(timer);
        return () => clock.timers.splice(clock.timers.indexOf(timer), 1);
      },
    },
    () => (clock.woken += 1),
  );
  const pass = (ms: number) => {
    clock.now += ms;
    const due = clock.timers.filter(({ at }) => at <= clock.now);
    clock.timers = clock.timers.filter(({ at }) => at > clock.now);
    for (const { act } of due) act();
  };
  const crowd = () => {
    for (let each = 0; each < chainLimits.crowdSendersMin; each++) gathering.note(`sender ${each}`);
  };
  return { clock, gathering, pass, crowd };
}

describe("gathering", () => {
  it("never lets a lone sender wait, however often he sends", () => {
    const { gathering, pass } = makeGathering();
    for (let each = 0; each < 100; each++) {
      gathering.note("0x01");
      expect(gathering.isCrowded).toBe(false);
      expect(gathering.waitsWith(1)).toBe(false);
      pass(1);
    }
  });

  it("waits a moment for as many as were in the last block", () => {
    const { clock, gathering, pass } = makeGathering();
    expect(gathering.waitsWith(3)).toBe(false);
    expect(gathering.waitsWith(1)).toBe(true);
    pass(chainLimits.gatheringMs);
    expect(clock.woken).toBe(1);
    expect(gathering.waitsWith(1)).toBe(false);
    expect(clock.timers).toEqual([]);
  });

  it("fills blocks at an even pace while there is a crowd, until it is hurried", () => {
    const { clock, gathering, pass, crowd } = makeGathering();
    crowd();
    expect(gathering.waitsWith(20)).toBe(true);
    pass(chainLimits.crowdGatheringMs - 1);
    expect(clock.woken).toBe(0);
    gathering.hurry();
    expect(clock.woken).toBe(1);
    expect(gathering.waitsWith(20)).toBe(false);
    crowd();
    expect(gathering.waitsWith(chainLimits.transactionsPerBlockMax)).toBe(false);
  });

  it("forgets a crowd that is gone, and holds a bounded number of senders", () => {
    const { gathering, pass, crowd } = makeGathering();
    crowd();
    expect(gathering.isCrowded).toBe(true);
    pass(chainLimits.crowdMs + 1);
    expect(gathering.isCrowded).toBe(false);
    for (let each = 0; each < 10_000; each++) gathering.note(`other ${each}`);
    expect(gathering.isCrowded).toBe(true);
    expect(gathering.waitsWith(1)).toBe(true);
  });
});
