/** Clause by clause: "Paxos Made Simple", sections 2 and 3, and what a real system adds. */
import { describe, expect, it } from "vitest";
import { LoneProcess, messagesOf } from "../lone-process.ts";
import { MultiPaxos } from "./multi-paxos.ts";
import { paxosOptions } from "./options.ts";
import {
  ballotOf,
  type PaxosMessage,
  type PaxosOptions,
  type PaxosRecord,
  type Value,
} from "./types.ts";

function acceptor(changes: Partial<PaxosOptions> = {}) {
  const options = paxosOptions([1, 2, 3], changes);
  const node = new LoneProcess<PaxosMessage, PaxosRecord, MultiPaxos>(
    1,
    () => new MultiPaxos(1, options),
  );
  // Past its loyalty to whoever led before it started.
  node.nowMs += options.electionTimeoutMinMs;
  return node;
}

type Node = ReturnType<typeof acceptor>;

const ballot = ballotOf(1, 2);
const higher = ballotOf(2, 3);
const value = (command: string | null, origin = ballot): Value => ({ command, origin });
const prepare = (of: number, from = 1): PaxosMessage => ({ kind: "prepare", ballot: of, from });
const accept = (of: number, slot: number, command: string, chosenUpTo = 0): PaxosMessage => ({
  kind: "accept",
  ballot: of,
  slot,
  value: value(command, of),
  chosenUpTo,
});
const promise = (
  of: number,
  accepted: Extract<PaxosMessage, { kind: "promise" }>["accepted"] = [],
) =>
  ({ kind: "promise", ballot: of, accepted, chosenUpTo: 0, snapshot: null }) satisfies PaxosMessage;

/** Campaigns and wins with node 2's promise; returns its ballot and what it proposed on winning. */
function lead(node: Node, reported: Parameters<typeof promise>[1] = []) {
  const [asked] = messagesOf(node.fire("election"), "prepare");
  if (asked === undefined) throw new Error("it did not campaign");
  return { ballot: asked.ballot, sent: node.receive(2, promise(asked.ballot, reported)) };
}

describe("2.2 phase 1: prepare", () => {
  it("an acceptor promises a ballot higher than any it has promised, and says what it accepted", () => {
    const node = acceptor();
    node.receive(2, accept(ballot, 4, "x"));
    node.nowMs += 1000;
    expect(node.receive(3, prepare(higher))).toEqual([
      { to: 3, message: promise(higher, [{ slot: 4, ballot, value: value("x") }]) },
    ]);
  });

  it("refuses a lower ballot and tells which it has promised", () => {
    const node = acceptor();
    node.receive(3, prepare(higher));
    expect(node.receive(2, prepare(ballot))).toEqual([
      { to: 2, message: { kind: "reject", ballot, promised: higher } },
    ]);
  });

  it("reports only the slots asked for: those that are open to the new leader", () => {
    const node = acceptor();
    for (const slot of [1, 2, 3]) node.receive(2, accept(ballot, slot, `c${slot}`));
    node.nowMs += 1000;
    const [answer] = messagesOf(node.receive(3, prepare(higher, 3)), "promise");
    expect(answer?.accepted.map(({ slot }) => slot)).toEqual([3]);
  });
});

describe("2.2 phase 2: accept", () => {
  it("P1a: an acceptor accepts unless it has promised a higher ballot", () => {
    const node = acceptor();
    expect(messagesOf(node.receive(2, accept(ballot, 1, "x")), "accepted")).toHaveLength(1);
    node.nowMs += 1000;
    node.receive(3, prepare(higher));
    expect(node.receive(2, accept(ballot, 2, "y"))).toEqual([
      { to: 2, message: { kind: "reject", ballot, promised: higher } },
    ]);
  });

  it("P2c: a new leader proposes the value of the highest-numbered proposal reported to it", () => {
    const node = acceptor();
    node.receive(2, accept(ballotOf(1, 2), 1, "low"));
    const reported = [{ slot: 1, ballot: ballotOf(2, 3), value: value("high", ballotOf(2, 3)) }];
    const { sent } = lead(node, reported);
    const proposals = messagesOf(sent, "accept").map((message) => message.value.command);
    expect(new Set(proposals)).toEqual(new Set(["high"]));
  });

  it("a command is chosen once a majority has accepted it, not before", () => {
    const node = acceptor();
    const { ballot: own } = lead(node);
    node.propose("x");
    expect(node.committed).toEqual([]);
    node.receive(3, { kind: "accepted", ballot: own, slot: 1 });
    expect(node.committed).toEqual([{ index: 1, term: own, command: "x" }]);
  });

  it("acceptances of an earlier ballot do not count", () => {
    const node = acceptor();
    const { ballot: own } = lead(node);
    node.propose("x");
    node.receive(3, { kind: "accepted", ballot: own - 1000, slot: 1 });
    expect(node.committed).toEqual([]);
  });
});

describe("2.2 an acceptor must remember, even if it fails and restarts", () => {
  it("its promise and what it accepted", () => {
    const node = acceptor();
    node.receive(3, accept(higher, 1, "x"));
    node.restart();
    node.nowMs += 1000;
    expect(messagesOf(node.receive(2, prepare(ballot)), "reject")).toHaveLength(1);
    const [answer] = messagesOf(node.receive(3, prepare(ballotOf(3, 3))), "promise");
    expect(answer?.accepted).toEqual([{ slot: 1, ballot: higher, value: value("x", higher) }]);
  });

  it("so it answers only when that is on disk", () => {
    const node = acceptor();
    node.quickDisk = false;
    expect(node.receive(2, prepare(ballot))).toEqual([]);
    expect(messagesOf(node.finishSync(), "promise")).toHaveLength(1);
    expect(node.receive(2, accept(ballot, 1, "x"))).toEqual([]);
    expect(messagesOf(node.finishSync(), "accepted")).toHaveLength(1);
  });

  it("and takes no part any more when its disk has lost some of it", () => {
    const node = acceptor();
    node.receive(2, accept(ballot, 1, "x"));
    node.loseRecord();
    node.restart();
    expect(node.manager.status().halted).toBe("1 durable records are lost or damaged");
    expect(node.receive(2, prepare(ballotOf(9, 2)))).toEqual([]);
  });
});

describe("2.3 learning a chosen value", () => {
  it("a learner takes what it accepted in the leader's ballot as chosen", () => {
    const node = acceptor();
    node.receive(2, accept(ballot, 1, "x"));
    node.receive(2, { kind: "heartbeat", ballot, chosenUpTo: 1 });
    expect(node.committed.map(({ command }) => command)).toEqual(["x"]);
  });

  it("and asks for what it accepted in another ballot, which may not be what was chosen", () => {
    const node = acceptor();
    node.receive(2, accept(ballot, 1, "x"));
    const sent = node.receive(3, { kind: "heartbeat", ballot: higher, chosenUpTo: 1 });
    expect(messagesOf(sent, "learn-request")).toEqual([{ kind: "learn-request", from: 1 }]);
    expect(node.committed).toEqual([]);
    const chosen = [{ slot: 1, ballot: higher, value: value("y", higher) }];
    node.receive(3, { kind: "learn", chosen, snapshot: null });
    expect(node.committed.map(({ command }) => command)).toEqual(["y"]);
  });
});

describe("3 implementing a state machine", () => {
  it("a new leader fills the gaps with no-ops, and gives the next command the slot behind", () => {
    const node = acceptor();
    const { sent } = lead(node, [{ slot: 3, ballot, value: value("x") }]);
    const toTwo = sent.filter(({ to }) => to === 2);
    const proposals = messagesOf(toTwo, "accept").map((message) => [
      message.slot,
      message.value.command,
    ]);
    expect(proposals).toEqual([
      [1, null],
      [2, null],
      [3, "x"],
    ]);
    const [next] = messagesOf(node.propose("y"), "accept");
    expect(next?.slot).toBe(4);
  });

  it("phase 1 is run once for all slots: later commands start with phase 2", () => {
    const node = acceptor();
    lead(node);
    const kinds = new Set(
      ["x", "y"].flatMap((command) => node.propose(command).map(({ message }) => message.kind)),
    );
    expect(kinds).toEqual(new Set(["accept"]));
  });

  it("the number of open slots is bounded: beyond the window a leader is busy", () => {
    const node = acceptor({ windowSlots: 2 });
    lead(node);
    for (const command of ["a", "b", "c"]) node.propose(command);
    expect(node.manager.status().lastIndex).toBe(2);
  });
});

describe("leaders that live and leaders that fight", () => {
  it("Paxos Made Live 5.2: while its leader is heard of, an acceptor does not listen to rivals", () => {
    const node = acceptor();
    node.receive(2, { kind: "heartbeat", ballot, chosenUpTo: 0 });
    expect(node.receive(3, prepare(higher))).toEqual([]);
    node.nowMs += 1000;
    expect(messagesOf(node.receive(3, prepare(higher)), "promise")).toHaveLength(1);
  });

  it("Paxos Made Moderately Complex 3: a preempted leader waits longer before it tries again", () => {
    const node = acceptor();
    node.fire("election");
    const first = node.timers.get("election") ?? Infinity;
    for (const own of [ballotOf(1, 1), ballotOf(3, 1)]) {
      node.receive(2, { kind: "reject", ballot: own, promised: higher });
      node.fire("election");
    }
    expect(node.timers.get("election")).toBeGreaterThan(first);
  });

  it("a leader that hears of no majority steps down", () => {
    const node = acceptor();
    lead(node);
    for (let beat = 0; beat < 8; beat++) node.fire("heartbeat");
    expect(node.manager.status().role).toBe("follower");
  });
});

describe("Paxos Made Live 5.5: snapshots", () => {
  const service = { take: () => "state", restore: () => undefined, isValid: () => true };

  it("a learner that asks for slots that were cut is given the snapshot", () => {
    const node = acceptor({ service, snapshotEverySlots: 4, trailingSlots: 1 });
    const { ballot: own } = lead(node);
    for (const slot of [1, 2, 3, 4, 5]) {
      node.propose(`c${slot}`);
      node.receive(2, { kind: "accepted", ballot: own, slot });
    }
    const [answer] = messagesOf(node.receive(3, { kind: "learn-request", from: 1 }), "learn");
    expect(answer?.snapshot).toEqual({ slot: 4, data: "state" });
    expect(answer?.chosen.map(({ slot }) => slot)).toEqual([5]);
  });

  it("and goes on from there, also after a crash", () => {
    const node = acceptor({ service });
    const chosen = [{ slot: 5, ballot, value: value("e") }];
    node.receive(2, { kind: "learn", chosen, snapshot: { slot: 4, data: "state" } });
    expect(node.manager.status().commitIndex).toBe(5);
    node.restart();
    expect(node.manager.status()).toMatchObject({ commitIndex: 4, lastIndex: 5 });
  });
});
