import { describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import type { ServiceContext, ServiceMessage } from "../service/server.ts";
import { GroupClient, type Request } from "./group-client.ts";
import { lanesMax, refusalPauseMs, resendAfterMs } from "./limits.ts";

/** A node's context whose time and timers the test moves. */
function fixture() {
  const sent: { readonly to: number; readonly message: ServiceMessage }[] = [];
  const timers = new Map<string, number>();
  const state = { nowMs: 0 };
  const context: ServiceContext = {
    id: 4,
    random: new Random(1),
    get storage(): never {
      throw new Error("a client keeps nothing on disk");
    },
    now: () => state.nowMs,
    send: (to, message) => void sent.push({ to, message }),
    setTimer: (name, delayMs) => void timers.set(name, state.nowMs + delayMs),
    cancelTimer: (name) => void timers.delete(name),
    note: () => undefined,
  };
  const client = new GroupClient([1, 2, 3]);
  const settled: unknown[] = [];
  const submit = (command: string): Request => {
    const request = { command, attempts: 0, settle: (place: unknown) => void settled.push(place) };
    client.submit(context, request);
    return request;
  };
  /** Fires a timer at its time or, as clocks round, a little before it. */
  const fire = (name: string, earlyMs = 0) => {
    const dueMs = timers.get(name);
    if (dueMs === undefined) throw new Error(`${name} does not run`);
    timers.delete(name);
    state.nowMs = dueMs - earlyMs;
    client.onTimer(context, name);
  };
  return { client, context, sent, timers, state, settled, submit, fire };
}

function numberOf(message: ServiceMessage | undefined): number {
  if (message === undefined || !("request" in message)) throw new Error("not a request");
  return message.request;
}

describe("the client of a live group", () => {
  it("sends again after silence, to another node, whatever the fractions of its clock", () => {
    for (const startMs of [0.1 + 0.2, 1 / 3, 12_345.678_901]) {
      const { state, sent, submit, fire, timers } = fixture();
      state.nowMs = startMs;
      submit("x");
      fire("resend", 1e-9);
      expect(sent).toHaveLength(2);
      expect(sent[1]?.to).not.toBe(sent[0]?.to);
      // The timer that follows is for the new message, and lies ahead.
      expect(timers.get("resend")).toBeGreaterThan(state.nowMs + resendAfterMs - 2);
    }
  });

  it("follows the hint of a refusal after a pause", () => {
    const { client, context, sent, submit, fire, state } = fixture();
    submit("x");
    const request = numberOf(sent[0]?.message);
    client.onMessage(context, 1, { kind: "refusal", request, reason: "not-leader", leader: 3 });
    expect(sent).toHaveLength(1);
    fire("retry");
    expect(state.nowMs).toBe(refusalPauseMs);
    expect(sent[1]).toMatchObject({ to: 3 });
  });

  it("opens a bounded number of sessions; what comes on top waits its turn, in order", () => {
    const { client, context, sent, submit, settled } = fixture();
    const requests = Array.from({ length: lanesMax + 2 }, (_, place) => submit(`c${place}`));
    expect(sent).toHaveLength(lanesMax);
    expect(client.waiting).toBe(lanesMax + 2);
    const answer = (request: number, session: number) => {
      client.onMessage(context, 1, {
        kind: "answer",
        request,
        result: { kind: "opened", session },
      });
      const result = JSON.stringify({ index: session, term: 1 });
      client.onMessage(context, 1, {
        kind: "answer",
        request: numberOf(sent.at(-1)?.message),
        result: { kind: "result", result },
      });
    };
    answer(numberOf(sent[0]?.message), 7);
    expect(settled).toEqual([{ index: 7, term: 1 }]);
    expect(sent.at(-1)?.message).toMatchObject({ kind: "command", command: `c${lanesMax}` });
    // A request that is abandoned while it waits is never sent.
    const last = requests.at(-1)!;
    client.abandon(context, last);
    expect(client.waiting).toBe(lanesMax);
    expect(last.attempts).toBe(0);
  });
});
