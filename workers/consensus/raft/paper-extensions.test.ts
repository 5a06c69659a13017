/** Membership, snapshots, transfer and reads: sections 6 and 7 of the paper, and the dissertation. */
import { describe, expect, it } from "vitest";
import { enterJoint } from "../confchange/confchange.ts";
import { appendMessage, entriesOf, LoneNode, matches } from "./lone-node.ts";
import type { RaftMessage } from "./types.ts";

const plain = { preVote: false, checkQuorum: false };
const answerRound = (round: number): RaftMessage => ({
  kind: "heartbeat-response",
  term: 1,
  round,
});
const kinds = (sent: readonly { readonly message: RaftMessage }[]): readonly string[] =>
  sent.map(({ message }) => message.kind);

/** A leader of term 1 whose first entry is committed everywhere. */
function establishedLeader(raft = {}): LoneNode {
  const node = new LoneNode({ voters: [1, 2, 3], raft: { ...plain, ...raft } });
  node.lead([2]);
  for (const from of [2, 3]) node.receive(from, matches(1, 1));
  return node;
}

describe("6 and dissertation 4.3: membership", () => {
  it("a joint configuration commits with majorities of both halves, and then leaves by itself", () => {
    const node = establishedLeader();
    const joint = enterJoint(
      node.raft.state.configuration,
      [4, 5].map((id) => ({ kind: "add-voter", id }) as const).concat(),
      { autoLeave: true },
    );
    expect(node.raft.changeMembership(node.context, joint)).toMatchObject({ accepted: true });
    node.finishSync();
    expect(node.raft.membership()).toEqual({
      voters: [1, 2, 3, 4, 5],
      outgoing: [1, 2, 3],
      learners: [],
    });
    expect(node.raft.changeMembership(node.context, joint)).toMatchObject({ reason: "busy" });
    // 1 and 4 and 5 are a majority of the new half, but not of the old one.
    for (const from of [4, 5]) node.receive(from, matches(2, 1));
    expect(node.raft.status().commitIndex).toBe(1);
    node.receive(2, matches(2, 1));
    expect(node.raft.status().commitIndex).toBe(2);
    expect(node.raft.membership()).toMatchObject({ voters: [1, 2, 3, 4, 5], outgoing: [] });
  });

  it("a leader outside the new configuration leads until that is committed", () => {
    const node = establishedLeader();
    const without = { ...node.raft.state.configuration, incoming: [2, 3] };
    node.raft.changeMembership(node.context, without);
    node.finishSync();
    node.receive(2, matches(2, 1));
    expect(node.raft.status()).toMatchObject({ role: "leader", commitIndex: 1 });
    node.receive(3, matches(2, 1));
    expect(node.raft.status()).toMatchObject({ role: "follower", commitIndex: 2 });
  });

  it("a leader changes nothing before an entry of its term is committed", () => {
    const node = new LoneNode({ voters: [1, 2, 3], raft: plain });
    node.lead([2]);
    const { configuration } = node.raft.state;
    expect(node.raft.changeMembership(node.context, configuration)).toMatchObject({
      reason: "busy",
    });
  });

  it("a learner receives the log and never campaigns", () => {
    const node = new LoneNode({
      id: 4,
      voters: [1, 2, 3],
      raft: {
        ...plain,
        configuration: {
          incoming: [1, 2, 3],
          outgoing: [],
          learners: [4],
          learnersNext: [],
          autoLeave: false,
        },
      },
    });
    node.receive(1, appendMessage({ entries: entriesOf(1, [1]), commitIndex: 1 }));
    expect(node.committed).toHaveLength(1);
    expect(node.campaign()).toEqual([]);
  });
});

describe("7 snapshots", () => {
  const source = { take: () => "state", restore: () => undefined };
  const compacting = { snapshotEveryEntries: 3, trailingEntries: 0, snapshots: source };

  it("cut the log, and stand in for it towards a follower that is behind", () => {
    const node = new LoneNode({ voters: [1, 2, 3], raft: { ...plain, ...compacting } });
    node.lead([2]);
    for (const command of ["a", "b", "c"]) node.propose(command);
    node.receive(2, matches(1, 1));
    node.receive(2, matches(4, 1));
    expect(node.raft.state.log.firstIndex).toBe(5);
    expect(node.journal.map(({ kind }) => kind)).toEqual(["hard-state", "snapshot"]);
    const sent = node.receive(3, answerRound(1)).filter(({ to }) => to === 3);
    expect(kinds(sent)).toEqual(["snapshot"]);
    node.receive(3, matches(4, 1));
    expect(node.propose("d").find(({ to }) => to === 3)?.message).toMatchObject({
      kind: "append",
      previousIndex: 4,
      entries: [{ index: 5 }],
    });
  });

  it("replace a log that does not reach them, and leave one that does", () => {
    const snapshot = {
      lastIndex: 3,
      lastTerm: 2,
      configuration: {
        incoming: [1, 2, 3],
        outgoing: [],
        learners: [],
        learnersNext: [],
        autoLeave: false,
      },
      data: "state",
    };
    const short = new LoneNode({ voters: [1, 2, 3], term: 2, log: [1], raft: plain });
    expect(short.receive(2, { kind: "snapshot", term: 2, snapshot })).toEqual([
      { to: 2, message: matches(3, 2) },
    ]);
    expect(short.logTerms()).toEqual([]);
    const long = new LoneNode({ voters: [1, 2, 3], term: 2, log: [1, 2, 2, 2], raft: plain });
    long.receive(2, { kind: "snapshot", term: 2, snapshot });
    expect(long.logTerms()).toEqual([1, 2, 2, 2]);
    expect(long.raft.status().commitIndex).toBe(3);
  });
});

describe("dissertation 3.10: leadership transfer", () => {
  it("brings the target up to date, then tells it to stand, and takes no proposals meanwhile", () => {
    const node = establishedLeader();
    node.propose("a");
    node.raft.transferLeadership(node.context, 3);
    expect(kinds(node.takeSent())).not.toContain("timeout-now");
    expect(node.raft.propose(node.context, "b")).toMatchObject({ reason: "transferring" });
    expect(node.receive(3, matches(2, 1))).toContainEqual({
      to: 3,
      message: { kind: "timeout-now", term: 1 },
    });
    node.fire("transfer");
    expect(node.raft.propose(node.context, "b")).toMatchObject({ accepted: true });
  });

  it("the target stands at once, and its request overrules loyalty", () => {
    const target = new LoneNode({ id: 3, voters: [1, 2, 3], term: 1 });
    const [request] = target.receive(1, { kind: "timeout-now", term: 1 });
    expect(request?.message).toMatchObject({ kind: "vote-request", term: 2, transfer: true });
    const loyal = new LoneNode({ id: 2, voters: [1, 2, 3], term: 1 });
    loyal.receive(1, { kind: "heartbeat", term: 1, commitIndex: 0, round: 1 });
    expect(request && loyal.receive(3, request.message)[0]?.message).toMatchObject({
      granted: true,
    });
  });
});

describe("dissertation 6.4: reads", () => {
  it("wait for a round of heartbeats that began after them", () => {
    const node = establishedLeader();
    node.fire("heartbeat");
    node.raft.read(node.context, "r");
    node.receive(2, answerRound(1));
    expect(node.reads).toEqual([]);
    node.receive(2, answerRound(2));
    expect(node.reads).toEqual([{ id: "r", index: 1 }]);
  });

  it("wait for the first commit of the leader's term", () => {
    const node = new LoneNode({ voters: [1, 2, 3], raft: plain });
    node.lead([2]);
    node.raft.read(node.context, "r");
    node.receive(2, answerRound(1));
    expect(node.reads).toEqual([]);
    node.receive(2, matches(1, 1));
    expect(node.reads).toEqual([{ id: "r", index: 1 }]);
  });

  it("fail when the leader steps down", () => {
    const node = establishedLeader();
    node.raft.read(node.context, "r");
    node.receive(3, appendMessage({ term: 2 }));
    expect(node.reads).toEqual([{ id: "r", index: null }]);
  });

  it("6.4.1: a lease answers at once, until it runs out or leadership is handed on", () => {
    const leader = new LoneNode({
      voters: [1, 2, 3],
      raft: { preVote: false, leaseReads: { driftPpmMax: 1000 } },
    });
    leader.lead([2]);
    leader.receive(2, matches(1, 1));
    const startMs = leader.nowMs;
    leader.fire("heartbeat");
    leader.receive(2, answerRound(1));
    const readAt = (timeMs: number): number => {
      leader.nowMs = timeMs;
      leader.raft.read(leader.context, `at ${timeMs}`);
      return leader.reads.length;
    };
    expect(readAt(startMs + 149)).toBe(1);
    expect(readAt(startMs + 149.8)).toBe(1);
    leader.receive(2, answerRound(2));
    expect(readAt(startMs + 150)).toBe(3);
    leader.raft.transferLeadership(leader.context, 2);
    expect(readAt(startMs + 151)).toBe(3);
  });
});
