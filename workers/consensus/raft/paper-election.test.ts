/** Elections, clause by clause: "In Search of an Understandable Consensus Algorithm", section 5. */
import { describe, expect, it } from "vitest";
import { appendMessage, LoneNode } from "./lone-node.ts";
import type { RaftMessage } from "./types.ts";

/** Elections of the paper, without the later additions. */
const plain = { preVote: false, checkQuorum: false };
const voteRequest = {
  kind: "vote-request",
  term: 2,
  preVote: false,
  transfer: false,
  lastIndex: 0,
  lastTerm: 0,
} satisfies RaftMessage;
const granted = (term: number, preVote = false): RaftMessage => ({
  kind: "vote-response",
  term,
  preVote,
  granted: true,
});
const refused = (term: number): RaftMessage => ({
  kind: "vote-response",
  term,
  preVote: false,
  granted: false,
});
const heartbeat = (term: number): RaftMessage => ({
  kind: "heartbeat",
  term,
  commitIndex: 0,
  round: 1,
});

describe("5.1 terms", () => {
  it.each(["follower", "candidate", "leader"])(
    "a %s that sees a higher term follows it",
    (role) => {
      const node = new LoneNode({ voters: [1, 2, 3], raft: plain });
      if (role !== "follower") node.campaign();
      if (role === "leader") node.receive(2, granted(1));
      expect(node.raft.status().role).toBe(role);
      node.receive(2, appendMessage({ term: 5 }));
      expect(node.raft.status()).toMatchObject({ role: "follower", term: 5, leader: 2 });
    },
  );

  it("a message of an earlier term changes nothing, and its sender learns the term", () => {
    const node = new LoneNode({ voters: [1, 2, 3], term: 3, log: [1], raft: plain });
    const answers = [
      ...node.receive(2, appendMessage({ term: 2, previousIndex: 1, previousTerm: 1 })),
      ...node.receive(2, { ...voteRequest, term: 2, lastIndex: 9, lastTerm: 2 }),
    ];
    expect(answers.map(({ message }) => message)).toEqual([
      expect.objectContaining({ kind: "append-response", term: 3, accepted: false }),
      refused(3),
    ]);
    expect(node.raft.status()).toMatchObject({ term: 3, leader: null, lastIndex: 1 });
  });
});

describe("5.2 leader election", () => {
  it("a server starts as a follower", () => {
    expect(new LoneNode({ voters: [1, 2, 3] }).raft.status().role).toBe("follower");
  });

  it("a leader sends heartbeats to all others, again and again", () => {
    const node = new LoneNode({ voters: [1, 2, 3], raft: plain });
    node.lead([2]);
    for (const round of [1, 2]) {
      expect(node.fire("heartbeat")).toEqual([
        { to: 2, message: { kind: "heartbeat", term: 1, commitIndex: 0, round } },
        { to: 3, message: { kind: "heartbeat", term: 1, commitIndex: 0, round } },
      ]);
      expect(node.timers.get("heartbeat")).toBe(50);
    }
  });

  it.each(["follower", "candidate"])(
    "a %s without a leader for an election timeout begins an election",
    (role) => {
      const node = new LoneNode({ voters: [1, 2, 3], term: 1, raft: plain });
      if (role === "candidate") node.campaign();
      const term = role === "candidate" ? 3 : 2;
      expect(node.fire("election")).toEqual([
        { to: 2, message: { ...voteRequest, term } },
        { to: 3, message: { ...voteRequest, term } },
      ]);
      expect(node.raft.status()).toMatchObject({ role: "candidate", term });
      expect(node.journal.at(-1)).toEqual({ kind: "hard-state", term, votedFor: 1 });
    },
  );

  it.each([
    { size: 1, grants: 0, refusals: 0, role: "leader" },
    { size: 3, grants: 1, refusals: 0, role: "leader" },
    { size: 3, grants: 1, refusals: 1, role: "leader" },
    { size: 3, grants: 0, refusals: 2, role: "follower" },
    { size: 3, grants: 0, refusals: 1, role: "candidate" },
    { size: 5, grants: 2, refusals: 2, role: "leader" },
    { size: 5, grants: 1, refusals: 3, role: "follower" },
    { size: 5, grants: 1, refusals: 2, role: "candidate" },
    { size: 5, grants: 0, refusals: 0, role: "candidate" },
  ])("of $size servers, $grants grants and $refusals refusals make a $role", (row) => {
    const voters = Array.from({ length: row.size }, (_, place) => place + 1);
    const node = new LoneNode({ voters, raft: plain });
    node.campaign();
    const others = voters.slice(1);
    for (const from of others.slice(0, row.grants)) node.receive(from, granted(1));
    for (const from of others.slice(row.grants, row.grants + row.refusals)) {
      node.receive(from, refused(1));
    }
    expect(node.raft.status()).toMatchObject({ role: row.role, term: 1 });
  });

  it.each([
    { votedFor: null, from: 2, vote: true },
    { votedFor: null, from: 3, vote: true },
    { votedFor: 2, from: 2, vote: true },
    { votedFor: 3, from: 3, vote: true },
    { votedFor: 2, from: 3, vote: false },
    { votedFor: 3, from: 2, vote: false },
  ])("having voted for $votedFor, asked by $from: $vote", ({ votedFor, from, vote }) => {
    const node = new LoneNode({ voters: [1, 2, 3], term: 2, votedFor, raft: plain });
    expect(node.receive(from, voteRequest)).toEqual([
      { to: from, message: { kind: "vote-response", term: 2, preVote: false, granted: vote } },
    ]);
  });

  it("a candidate that hears of a leader of its term, or a later one, follows it", () => {
    for (const term of [1, 2]) {
      const node = new LoneNode({ voters: [1, 2, 3], raft: plain });
      node.campaign();
      node.receive(2, heartbeat(term));
      expect(node.raft.status()).toMatchObject({ role: "follower", term, leader: 2 });
    }
  });

  it("election timeouts are spread over their whole range", () => {
    const node = new LoneNode({ voters: [1, 2, 3], raft: plain });
    const timeouts = Array.from({ length: 1000 }, () => {
      node.receive(2, heartbeat(1));
      return node.timers.get("election") ?? 0;
    });
    const bins = new Set(timeouts.map((timeoutMs) => Math.floor(timeoutMs / 10)));
    expect([...bins].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 15 }, (_, place) => place + 15),
    );
  });

  it("a vote is on disk before it is given", () => {
    const node = new LoneNode({ voters: [1, 2, 3], raft: plain, slowDisk: true });
    node.finishSync();
    expect(node.receive(2, voteRequest)).toEqual([]);
    expect(node.journal.at(-1)).toEqual({ kind: "hard-state", term: 2, votedFor: 2 });
    expect(node.finishSync()).toEqual([{ to: 2, message: granted(2) }]);
  });
});

describe("Figure 2: persistent state", () => {
  it("a sole voter leads a term only when the term is on disk, or it could lead it twice", () => {
    const node = new LoneNode({ voters: [1], raft: plain, slowDisk: true });
    node.campaign();
    expect(node.raft.status()).toMatchObject({ role: "candidate", term: 1 });
    node.finishSync();
    expect(node.raft.status()).toMatchObject({ role: "leader", term: 1 });
  });
});

describe("5.4.1 election restriction", () => {
  it.each([
    { own: [1], lastIndex: 1, lastTerm: 1, vote: true },
    { own: [1], lastIndex: 2, lastTerm: 1, vote: true },
    { own: [1, 1], lastIndex: 1, lastTerm: 1, vote: false },
    { own: [1], lastIndex: 1, lastTerm: 2, vote: true },
    { own: [1], lastIndex: 2, lastTerm: 2, vote: true },
    { own: [1, 1], lastIndex: 1, lastTerm: 2, vote: true },
    { own: [2], lastIndex: 1, lastTerm: 1, vote: false },
    { own: [2], lastIndex: 2, lastTerm: 1, vote: false },
    { own: [2, 1], lastIndex: 1, lastTerm: 1, vote: false },
  ])("a log of terms $own votes for last entry $lastIndex/$lastTerm: $vote", (row) => {
    const node = new LoneNode({ voters: [1, 2, 3], log: row.own, raft: plain });
    const request = { ...voteRequest, term: 3, lastIndex: row.lastIndex, lastTerm: row.lastTerm };
    expect(node.receive(2, request)).toEqual([
      { to: 2, message: { kind: "vote-response", term: 3, preVote: false, granted: row.vote } },
    ]);
  });

  it("a vote request carries the last entry of the candidate's log", () => {
    const node = new LoneNode({ voters: [1, 2, 3], term: 2, log: [1, 2], raft: plain });
    expect(node.campaign()[0]?.message).toEqual({
      ...voteRequest,
      term: 3,
      lastIndex: 2,
      lastTerm: 2,
    });
  });
});

describe("dissertation 9.6 pre-vote", () => {
  it("asks before it raises its term, and raises it only with a majority's word", () => {
    const node = new LoneNode({ voters: [1, 2, 3], term: 1 });
    const asked = node.campaign();
    expect(asked.map(({ message }) => message)).toEqual([
      { ...voteRequest, term: 2, preVote: true },
      { ...voteRequest, term: 2, preVote: true },
    ]);
    expect(node.raft.status()).toMatchObject({ role: "pre-candidate", term: 1 });
    expect(node.receive(2, granted(2, true)).map(({ message }) => message.kind)).toEqual([
      "vote-request",
      "vote-request",
    ]);
    expect(node.raft.status()).toMatchObject({ role: "candidate", term: 2 });
  });

  it("a pre-vote given binds nobody", () => {
    const node = new LoneNode({ voters: [1, 2, 3], term: 1 });
    node.nowMs = 1000;
    for (const from of [2, 3]) {
      expect(node.receive(from, { ...voteRequest, preVote: true })).toEqual([
        { to: from, message: granted(2, true) },
      ]);
    }
    expect(node.raft.status().term).toBe(1);
    expect(node.raft.state.votedFor).toBeNull();
  });
});

describe("dissertation 4.2.3 and 6.2: loyalty and the quorum check", () => {
  it("a follower that has just heard of its leader ignores those who would replace it", () => {
    const node = new LoneNode({ voters: [1, 2, 3], term: 1 });
    node.nowMs = 1000;
    node.receive(2, heartbeat(1));
    node.nowMs = 1149;
    expect(node.receive(3, voteRequest)).toEqual([]);
    expect(node.raft.status().term).toBe(1);
    node.nowMs = 1150;
    expect(node.receive(3, voteRequest)).toEqual([{ to: 3, message: granted(2) }]);
  });

  it("a restarted server is as loyal as if it had heard of a leader just before", () => {
    const node = new LoneNode({ voters: [1, 2, 3], term: 1 });
    expect(node.receive(3, voteRequest)).toEqual([]);
  });

  it("a leader without answers from a majority steps down", () => {
    const node = new LoneNode({ voters: [1, 2, 3], raft: { preVote: false } });
    node.lead([2]);
    node.receive(2, { kind: "heartbeat-response", term: 1, round: 0 });
    node.fire("quorum-check");
    expect(node.raft.status().role).toBe("leader");
    node.fire("quorum-check");
    expect(node.raft.status()).toMatchObject({ role: "follower", term: 1, leader: null });
  });
});
