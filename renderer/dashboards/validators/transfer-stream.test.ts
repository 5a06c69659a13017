import { expect, it } from "vitest";
import { headLetters, linksOf } from "./heads.ts";
import {
  type SendResult,
  type StreamProgress,
  streamTransfers,
  streamVerdict,
} from "./transfer-stream.ts";

function ports(send: (index: number) => SendResult, lost: readonly string[] = []) {
  const seen: StreamProgress[] = [];
  let inFlight = 0;
  let inFlightMost = 0;
  return {
    seen,
    most: () => inFlightMost,
    async send(index: number) {
      inFlight += 1;
      inFlightMost = Math.max(inFlightMost, inFlight);
      await Promise.resolve();
      inFlight -= 1;
      return send(index);
    },
    find: async (hash: string) => !lost.includes(hash),
    nowMs: () => 0,
    wait: () => Promise.resolve(),
    onProgress: (progress: StreamProgress) => void seen.push(progress),
  };
}

const plan = { count: 20, inFlightMax: 2, pauseMs: 0 };
const acknowledge = (index: number): SendResult => ({ kind: "acknowledged", hash: `0x${index}` });

it("looks every acknowledged transfer up, with no more in flight than allowed", async () => {
  const port = ports((index) =>
    index === 3 ? { kind: "refused", why: "too poor" } : acknowledge(index),
  );
  const end = await streamTransfers(plan, port, new AbortController().signal);
  expect(end).toMatchObject({
    phase: "done",
    sent: 20,
    acknowledged: 19,
    refused: 1,
    mined: 19,
    missing: [],
    lastRefusal: "too poor",
  });
  expect(port.most()).toBe(2);
  expect(streamVerdict(end)).toMatchObject({ health: "healthy" });
  for (const { sent, acknowledged, refused, unanswered } of port.seen) {
    expect(acknowledged + refused + unanswered).toBeLessThanOrEqual(sent);
  }
});

it("tells of a transfer that was acknowledged and is in no block", async () => {
  const end = await streamTransfers(
    plan,
    ports(acknowledge, ["0x7"]),
    new AbortController().signal,
  );
  expect(end.missing).toEqual(["0x7"]);
  expect(streamVerdict(end)).toEqual({
    health: "failed",
    text: "1 of 20 acknowledged transfers are in no block.",
  });
});

it("stops sending when told, and checks what it has", async () => {
  const ending = new AbortController();
  const port = ports((index) => {
    if (index === 5) ending.abort();
    return ending.signal.aborted ? { kind: "unanswered" } : acknowledge(index);
  });
  const end = await streamTransfers(plan, port, ending.signal);
  expect(end.sent).toBeLessThan(8);
  expect(end.mined).toBe(end.acknowledged);
  expect(end.unanswered).toBeGreaterThan(0);
  expect(streamVerdict(end).text).toContain("which promises nothing");
});

const validator = (id: number, headHash: string | null, reachable: number[]) => ({
  id,
  state: "up" as const,
  reason: null,
  role: "follower",
  term: 1,
  follows: 1,
  height: 1,
  headHash,
  stateRoot: null,
  entriesApplied: 1,
  lag: 0,
  agrees: true,
  reachable,
});

it("gives equal heads one letter, and the node's own the first", () => {
  const validators = [validator(1, "0xb", [2]), validator(2, "0xa", [1]), validator(3, null, [])];
  expect([...headLetters({ headHash: "0xa", validators })]).toEqual([
    ["0xa", "A"],
    ["0xb", "B"],
  ]);
  expect(linksOf({ validators }).map(({ one, other, whole }) => [one.id, other.id, whole])).toEqual(
    [
      [1, 2, true],
      [1, 3, false],
      [2, 3, false],
    ],
  );
});
