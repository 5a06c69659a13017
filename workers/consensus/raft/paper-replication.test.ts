/** The log, clause by clause: sections 5.3 and 5.4.2 of the paper. */
import { describe, expect, it } from "vitest";
import { appendMessage, entriesOf, LoneNode, matches } from "./lone-node.ts";

const plain = { preVote: false, checkQuorum: false };

/** A leader of term 1 whose first entry is committed everywhere. */
function establishedLeader(raft = {}): LoneNode {
  const node = new LoneNode({ voters: [1, 2, 3], raft: { ...plain, ...raft } });
  node.lead([2]);
  for (const from of [2, 3]) node.receive(from, matches(1, 1));
  return node;
}

describe("5.3 log replication", () => {
  it("a leader appends a command and sends it to the others at once", () => {
    const node = establishedLeader();
    const [entry] = entriesOf(2, [1]);
    const sent = node.propose("2/1");
    expect(sent.map(({ to }) => to)).toEqual([2, 3]);
    expect(sent[0]?.message).toEqual(
      appendMessage({
        previousIndex: 1,
        previousTerm: 1,
        entries: entry ? [entry] : [],
        commitIndex: 1,
      }),
    );
  });

  it("an entry is committed once a majority has it, and the others are told", () => {
    const node = establishedLeader();
    node.propose("a");
    expect(node.raft.status().commitIndex).toBe(1);
    const told = node.receive(2, matches(2, 1));
    expect(node.raft.status().commitIndex).toBe(2);
    expect(node.committed.at(-1)).toEqual({ index: 2, term: 1, command: "a" });
    expect(told.map(({ message }) => message)).toContainEqual({
      kind: "commit",
      term: 1,
      commitIndex: 2,
    });
  });

  it.each([
    { size: 1, acknowledgements: 0, commits: true },
    { size: 3, acknowledgements: 0, commits: false },
    { size: 3, acknowledgements: 1, commits: true },
    { size: 5, acknowledgements: 1, commits: false },
    { size: 5, acknowledgements: 2, commits: true },
  ])("of $size servers $acknowledgements answers commit: $commits", (row) => {
    const voters = Array.from({ length: row.size }, (_, place) => place + 1);
    const node = new LoneNode({ voters, raft: plain });
    node.lead(voters.slice(1));
    for (const from of voters.slice(1, 1 + row.acknowledgements)) node.receive(from, matches(1, 1));
    expect(node.raft.status().commitIndex).toBe(row.commits ? 1 : 0);
  });

  it("the leader's own copy counts only when its disk has it", () => {
    const node = new LoneNode({ voters: [1, 2, 3], raft: plain, slowDisk: true });
    node.finishSync();
    node.campaign();
    node.finishSync();
    node.receive(2, { kind: "vote-response", term: 1, preVote: false, granted: true });
    node.receive(2, matches(1, 1));
    expect(node.raft.status().commitIndex).toBe(0);
    node.finishSync();
    expect(node.raft.status().commitIndex).toBe(1);
  });

  it.each([[[]], [[2]], [[1, 2]], [[1]]])(
    "committing an entry commits all before it: a log of terms %j",
    (log: readonly number[]) => {
      const node = new LoneNode({ voters: [1, 2, 3], term: 2, log, raft: plain });
      node.lead([2]);
      node.propose("new");
      node.receive(2, matches(log.length + 2, 3));
      expect(node.committed.map(({ index }) => index)).toEqual(
        Array.from({ length: log.length + 2 }, (_, place) => place + 1),
      );
    },
  );

  it("a follower commits what the leader has committed, as far as its log is known to match", () => {
    const node = new LoneNode({ voters: [1, 2, 3], raft: plain });
    node.receive(2, appendMessage({ entries: entriesOf(1, [1, 1]), commitIndex: 1 }));
    expect(node.committed).toHaveLength(1);
    node.receive(2, appendMessage({ previousIndex: 1, previousTerm: 1, commitIndex: 9 }));
    expect(node.committed).toHaveLength(1);
    node.receive(2, appendMessage({ previousIndex: 2, previousTerm: 1, commitIndex: 9 }));
    expect(node.committed).toHaveLength(2);
  });

  it.each([
    { previousIndex: 0, previousTerm: 0, accepted: true },
    { previousIndex: 1, previousTerm: 1, accepted: true },
    { previousIndex: 2, previousTerm: 2, accepted: true },
    { previousIndex: 1, previousTerm: 2, accepted: false },
    { previousIndex: 3, previousTerm: 3, accepted: false },
  ])(
    "a follower of terms 1, 2 takes an append after $previousIndex/$previousTerm: $accepted",
    (row) => {
      const node = new LoneNode({ voters: [1, 2, 3], term: 3, log: [1, 2], raft: plain });
      const message = appendMessage({ term: 3, ...row });
      expect(node.receive(2, message)[0]?.message).toMatchObject({
        kind: "append-response",
        accepted: row.accepted,
      });
    },
  );

  it.each([
    { after: 2, previousTerm: 2, sent: [3], kept: [1, 2, 3] },
    { after: 1, previousTerm: 1, sent: [3, 4], kept: [1, 3, 4] },
    { after: 0, previousTerm: 0, sent: [1], kept: [1, 2] },
    { after: 0, previousTerm: 0, sent: [3], kept: [3] },
  ])("a follower of terms 1, 2 given $sent after $after has $kept", (row) => {
    const node = new LoneNode({ voters: [1, 2, 3], term: 3, log: [1, 2], raft: plain });
    const entries = entriesOf(row.after + 1, row.sent);
    const { after: previousIndex, previousTerm } = row;
    node.receive(2, appendMessage({ term: 4, previousIndex, previousTerm, entries }));
    expect(node.logTerms()).toEqual(row.kept);
  });

  it("an answer to an append waits for the disk", () => {
    const node = new LoneNode({ voters: [1, 2, 3], raft: plain, slowDisk: true });
    node.finishSync();
    expect(node.receive(2, appendMessage({ entries: entriesOf(1, [1]) }))).toEqual([]);
    expect(node.finishSync()).toEqual([{ to: 2, message: matches(1, 1) }]);
  });

  it("Figure 7: the leader of term 8 brings each of the logs (a) to (f) to its own", () => {
    const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
    const followers = [
      [1, 1, 1, 4, 4, 5, 5, 6, 6],
      [1, 1, 1, 4],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
      [1, 1, 1, 4, 4, 4, 4],
      [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ];
    for (const log of followers) {
      const leader = new LoneNode({
        id: 1,
        voters: [1, 2, 3],
        term: 7,
        log: leaderLog,
        raft: plain,
      });
      const follower = new LoneNode({ id: 2, voters: [1, 2, 3], term: 7, log, raft: plain });
      let exchanged = 0;
      let towards = leader.lead([3]).filter(({ to }) => to === 2);
      while (towards.length > 0 && exchanged < 40) {
        exchanged += 1;
        const answers = towards.flatMap(({ message }) => follower.receive(1, message));
        towards = answers
          .flatMap(({ message }) => leader.receive(2, message))
          .filter(({ to }) => to === 2);
      }
      expect(follower.logTerms()).toEqual([...leaderLog, 8]);
      // Backing up a term at a time takes far fewer exchanges than an entry at a time.
      expect(exchanged).toBeLessThan(10);
    }
  });

  it("a full window stops the leader; answers open it again, with all that gathered", () => {
    const node = establishedLeader({ appendsInFlightMax: 2 });
    const sizes = ["a", "b", "c", "d"].map(
      (command) => node.propose(command).filter(({ to }) => to === 2).length,
    );
    expect(sizes).toEqual([1, 1, 0, 0]);
    const next = node.receive(2, matches(2, 1)).find(({ to }) => to === 2);
    expect(next?.message).toMatchObject({
      previousIndex: 3,
      entries: [{ index: 4 }, { index: 5 }],
    });
  });

  it("refuses proposals beyond its bound, and those made to others", () => {
    const node = establishedLeader({ uncommittedEntriesMax: 1 });
    expect(node.raft.propose(node.context, "a")).toMatchObject({
      accepted: true,
      index: 2,
      term: 1,
    });
    expect(node.raft.propose(node.context, "b")).toMatchObject({ accepted: false, reason: "busy" });
    const follower = new LoneNode({ voters: [1, 2, 3], raft: plain });
    follower.receive(3, appendMessage({}));
    expect(follower.raft.propose(follower.context, "a")).toEqual({
      accepted: false,
      reason: "not-leader",
      leader: 3,
    });
  });
});

describe("5.4.2 committing entries from previous terms", () => {
  it("only an entry of the leader's own term commits by counting copies", () => {
    const node = new LoneNode({ voters: [1, 2, 3], term: 2, log: [1, 2], raft: plain });
    node.lead([2]);
    expect(node.raft.status()).toMatchObject({ term: 3, lastIndex: 3 });
    for (const [index, commitIndex] of [
      [1, 0],
      [2, 0],
      [3, 3],
    ] as const) {
      node.receive(2, matches(index, 3));
      expect(node.raft.status().commitIndex).toBe(commitIndex);
    }
  });
});

describe("restart", () => {
  it("brings back term, vote and log, and what was torn is dropped", () => {
    const first = new LoneNode({ voters: [1, 2, 3], raft: plain });
    first.receive(2, appendMessage({ term: 3, entries: entriesOf(1, [1, 3]) }));
    first.receive(
      3,
      appendMessage({ term: 4, previousIndex: 1, previousTerm: 1, entries: entriesOf(2, [4]) }),
    );
    const again = new LoneNode({ voters: [1, 2, 3], raft: plain });
    again.journal.splice(0, again.journal.length, ...first.journal);
    again.raft.onStart(again.context);
    expect(again.raft.status()).toMatchObject({ term: 4, lastIndex: 2, commitIndex: 0 });
    expect(again.logTerms()).toEqual([1, 4]);
  });
});
