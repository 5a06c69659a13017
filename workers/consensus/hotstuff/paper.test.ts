/** Section by section: Yin et al., "HotStuff: BFT Consensus with Linearity and Responsiveness", 2019. */
import { describe, expect, it } from "vitest";
import type { NodeId } from "../../cluster/process.ts";
import { LoneProcess, messagesOf } from "../lone-process.ts";
import { Signer } from "../signatures.ts";
import { blockDigest, genesis, signVote } from "./certificates.ts";
import { HotStuff } from "./hotstuff.ts";
import { hotStuffOptions } from "./options.ts";
import type {
  Block,
  Certificate,
  HotStuffMessage,
  HotStuffOptions,
  HotStuffRecord,
  Phase,
} from "./types.ts";

const members = [1, 2, 3, 4];

/** The leader of view v is node v, then node 1 again. */
function replica(id: NodeId, changes: Partial<HotStuffOptions> = {}) {
  const options = hotStuffOptions(members, changes);
  return new LoneProcess<HotStuffMessage, HotStuffRecord, HotStuff>(
    id,
    () => new HotStuff(id, options),
  );
}

type Node = ReturnType<typeof replica>;

function blockOn(justify: Certificate, view: number, ...commands: string[]): Block {
  return { parent: justify.block, height: justify.height + 1, view, commands };
}

function claimOf(phase: Phase, block: Block) {
  return { phase, view: block.view, block: blockDigest(block), height: block.height };
}

function certify(phase: Phase, block: Block, signers: readonly NodeId[] = [1, 2, 3]): Certificate {
  const claim = claimOf(phase, block);
  const signatures = signers.map((id) => ({
    replica: id,
    signature: signVote(new Signer(id), claim).signature,
  }));
  return { ...claim, signatures };
}

function prepare(block: Block, justify: Certificate, view = block.view): HotStuffMessage {
  return { kind: "prepare", view, block, justify, decided: null };
}

function vote(id: NodeId, phase: Phase, block: Block): HotStuffMessage {
  return signVote(new Signer(id), claimOf(phase, block));
}

/** Takes a block of view 1 through all phases at a replica. */
function agree(node: Node, block: Block, justify: Certificate): void {
  const leader = ((block.view - 1) % 4) + 1;
  node.receive(leader, prepare(block, justify));
  node.receive(leader, { kind: "pre-commit", justify: certify("prepare", block) });
  node.receive(leader, { kind: "commit", justify: certify("pre-commit", block) });
  node.receive(leader, { kind: "decide", justify: certify("commit", block) });
}

const commands = (node: Node) => node.committed.map(({ command }) => command);
const first = blockOn(genesis, 1, "a", "b");

describe("4.2 basic HotStuff: the leader", () => {
  function leader(): Node {
    const node = replica(1);
    node.propose("a");
    node.receive(2, { kind: "new-view", view: 1, justify: genesis });
    return node;
  }

  it("prepare: waits for n - f new-views, then proposes a block on the highest certificate", () => {
    const node = leader();
    const sent = node.receive(3, { kind: "new-view", view: 1, justify: genesis });
    expect(messagesOf(sent, "prepare")).toEqual(
      [2, 3, 4].map(() => prepare(blockOn(genesis, 1, "a"), genesis)),
    );
  });

  it("of the certificates that it is told of, the highest", () => {
    const node = replica(3);
    const older = blockOn(genesis, 1, "old");
    const newer = blockOn(genesis, 2, "new");
    node.propose("c");
    for (const from of [1, 2]) {
      node.receive(from, { kind: "status", view: 3, wanted: 3, height: 0 });
    }
    node.receive(1, { kind: "new-view", view: 3, justify: certify("prepare", older) });
    const sent = node.receive(2, { kind: "new-view", view: 3, justify: certify("prepare", newer) });
    expect(messagesOf(sent, "prepare")[0]?.block.parent).toBe(blockDigest(newer));
  });

  it("each phase: n - f votes make the certificate that begins the next", () => {
    const node = leader();
    node.receive(3, { kind: "new-view", view: 1, justify: genesis });
    const block = blockOn(genesis, 1, "a");
    for (const [phase, next] of [
      ["prepare", "pre-commit"],
      ["pre-commit", "commit"],
      ["commit", "decide"],
    ] as const) {
      // Its own vote is the first.
      expect(node.receive(2, vote(2, phase, block))).toEqual([]);
      const sent = messagesOf(node.receive(3, vote(3, phase, block)), next);
      expect(sent[0]?.justify).toMatchObject(claimOf(phase, block));
      expect(sent[0]?.justify.signatures.map((signed) => signed.replica)).toEqual([1, 2, 3]);
    }
    expect(commands(node)).toEqual(["a"]);
  });

  it("votes that are forged, repeated or for another block do not count", () => {
    const node = leader();
    node.receive(3, { kind: "new-view", view: 1, justify: genesis });
    const block = blockOn(genesis, 1, "a");
    node.receive(2, vote(2, "prepare", block));
    expect(node.receive(2, vote(2, "prepare", block))).toEqual([]);
    expect(node.receive(3, vote(4, "prepare", block))).toEqual([]);
    expect(node.receive(3, vote(3, "prepare", first))).toEqual([]);
  });
});

describe("4.2 basic HotStuff: a replica", () => {
  it("votes in each phase for what the leader can prove, and executes what is decided", () => {
    const node = replica(2);
    expect(node.receive(1, prepare(first, genesis))).toEqual([
      { to: 1, message: vote(2, "prepare", first) },
    ]);
    expect(node.receive(1, { kind: "pre-commit", justify: certify("prepare", first) })).toEqual([
      { to: 1, message: vote(2, "pre-commit", first) },
    ]);
    expect(node.receive(1, { kind: "commit", justify: certify("pre-commit", first) })).toEqual([
      { to: 1, message: vote(2, "commit", first) },
    ]);
    expect(commands(node)).toEqual([]);
    node.receive(1, { kind: "decide", justify: certify("commit", first) });
    expect(node.committed).toEqual([
      { index: 1, term: 1, command: "a" },
      { index: 2, term: 1, command: "b" },
    ]);
    expect(node.manager.status().term).toBe(2);
  });

  it("votes once in a phase of a view, also after a crash", () => {
    const node = replica(2);
    node.receive(1, prepare(first, genesis));
    expect(node.receive(1, prepare(blockOn(genesis, 1, "x"), genesis))).toEqual([]);
    node.restart();
    expect(node.receive(1, prepare(blockOn(genesis, 1, "x"), genesis))).toEqual([]);
  });

  it.each([
    ["by somebody who does not lead", 3, prepare(first, genesis)],
    ["of another view", 1, prepare(blockOn(genesis, 5, "x"), genesis)],
    ["that does not extend its certificate", 1, prepare({ ...first, parent: 7 }, genesis)],
    ["at the wrong height", 1, prepare({ ...first, height: 2 }, genesis)],
    [
      "with a certificate of the future",
      1,
      prepare(blockOn(certify("prepare", first), 1), certify("prepare", first)),
    ],
  ])("refuses a proposal %s", (_title, from, message) => {
    expect(replica(2).receive(from, message)).toEqual([]);
  });

  it.each([
    ["too few signers", certify("prepare", first, [1, 2])],
    ["one signer three times", certify("prepare", first, [1, 1, 1])],
    ["strangers", certify("prepare", first, [1, 2, 9])],
    ["signatures for another phase", { ...certify("commit", first), phase: "prepare" as const }],
  ])("refuses a certificate with %s", (_title, justify) => {
    expect(replica(2).receive(1, { kind: "pre-commit", justify })).toEqual([]);
  });

  it("says nothing that is not on disk", () => {
    const node = replica(2);
    node.quickDisk = false;
    expect(node.receive(1, prepare(first, genesis))).toEqual([]);
    expect(messagesOf(node.finishSync(), "vote")).toHaveLength(1);
  });

  it("executes the whole branch of a decided block, and asks for what it lacks of it", () => {
    const node = replica(3);
    const second = blockOn(certify("prepare", first), 2, "c");
    const decided = { kind: "decide", justify: certify("commit", second) } as const;
    const sent = node.receive(2, decided);
    expect(messagesOf(sent, "fetch").map(({ block }) => block)).toEqual(
      [1, 2, 4].map(() => blockDigest(second)),
    );
    node.receive(4, { kind: "branch", blocks: [blockOn(genesis, 1, "forged"), first] });
    expect(commands(node)).toEqual([]);
    node.receive(1, { kind: "branch", blocks: [second, first] });
    expect(commands(node)).toEqual(["a", "b", "c"]);
  });
});

describe("4.1 safeNode", () => {
  /** Locked on `first` in view 1, and in view 2. */
  function locked(): Node {
    const node = replica(3);
    node.receive(1, prepare(first, genesis));
    node.receive(1, { kind: "pre-commit", justify: certify("prepare", first) });
    node.receive(1, { kind: "commit", justify: certify("pre-commit", first) });
    for (const from of [1, 2, 4]) {
      node.receive(from, { kind: "status", view: 2, wanted: 2, height: 0 });
    }
    return node;
  }

  it("safety: what extends the locked block is voted for", () => {
    const justify = certify("prepare", first);
    const sent = locked().receive(2, prepare(blockOn(justify, 2, "c"), justify));
    expect(messagesOf(sent, "vote")).toHaveLength(1);
  });

  it("what conflicts with the lock is refused, also after a crash", () => {
    const node = locked();
    const conflicting = blockOn(genesis, 2, "x");
    expect(node.receive(2, prepare(conflicting, genesis))).toEqual([]);
    node.restart();
    expect(node.receive(2, prepare(conflicting, genesis))).toEqual([]);
  });

  it("liveness: unless its certificate is newer than the lock", () => {
    const node = locked();
    const other = certify("prepare", blockOn(genesis, 2, "x"));
    for (const from of [1, 2, 4]) {
      node.receive(from, { kind: "status", view: 4, wanted: 4, height: 0 });
    }
    const sent = node.receive(4, prepare(blockOn(other, 4, "y"), other));
    expect(messagesOf(sent, "vote")).toHaveLength(1);
  });
});

describe("4.4 the pacemaker", () => {
  const wants = (view: number): HotStuffMessage => ({
    kind: "status",
    view: view - 1,
    wanted: view,
    height: 0,
  });

  it("who waits too long says so, and leaves the view with a quorum, telling the next leader", () => {
    const node = replica(3);
    node.propose("x");
    const said = messagesOf(node.fire("view"), "status");
    expect(said.map(({ view, wanted }) => [view, wanted])).toEqual([1, 2, 4].map(() => [1, 2]));
    expect(node.manager.status().term).toBe(1);
    node.receive(1, wants(2));
    const sent = node.receive(4, wants(2));
    expect(node.manager.status().term).toBe(2);
    expect(sent).toContainEqual({
      to: 2,
      message: { kind: "new-view", view: 2, justify: genesis },
    });
  });

  it("of f + 1 that want to leave one is honest: they are joined", () => {
    const node = replica(3);
    expect(messagesOf(node.receive(1, wants(5)), "status")).toEqual([]);
    expect(messagesOf(node.receive(2, wants(4)), "status")[0]?.wanted).toBe(4);
  });

  it("time-outs double with each view that fails", () => {
    const node = replica(3, { viewTimeoutMs: 100 });
    node.propose("x");
    const waits = [2, 3].map((view) => {
      for (const from of [1, 2, 4]) node.receive(from, wants(view));
      return node.timers.get("view");
    });
    expect(waits).toEqual([200, 400]);
  });

  it("a certificate of a later view pulls a replica into that view", () => {
    const node = replica(3);
    const later = blockOn(genesis, 6, "x");
    node.receive(2, { kind: "pre-commit", justify: certify("prepare", later) });
    expect(node.manager.status().term).toBe(6);
  });
});

describe("replicas that fell behind", () => {
  const service = { take: () => "state", restore: () => undefined, isValid: () => true };

  it("are sent what was decided, with the proof of the last block", () => {
    const node = replica(2);
    agree(node, first, genesis);
    const status = { kind: "status", view: 1, wanted: 1, height: 0 } as const;
    const [answer] = messagesOf(node.receive(3, status), "decided");
    expect(answer?.blocks).toEqual([first]);
    const behind = replica(3);
    behind.receive(2, { kind: "decided", blocks: [first], justify: certify("prepare", first) });
    expect(commands(behind)).toEqual([]);
    behind.receive(2, { kind: "decided", blocks: [first], justify: certify("commit", first) });
    expect(commands(behind)).toEqual(["a", "b"]);
  });

  it("or a snapshot that f + 1 others give alike", () => {
    const node = replica(2, { service });
    const snapshot = { kind: "snapshot", height: 32, block: 7, executed: 40 } as const;
    node.receive(1, { ...snapshot, data: "a lie" });
    node.receive(3, { ...snapshot, data: "state" });
    expect(node.manager.status().commitIndex).toBe(0);
    node.receive(4, { ...snapshot, data: "state" });
    expect(node.manager.status().commitIndex).toBe(40);
    node.restart();
    expect(node.manager.status().commitIndex).toBe(40);
  });
});

describe("rubbish harms nobody", () => {
  it.each([
    [undefined],
    [{ kind: "vote", phase: "prepare" }],
    [{ kind: "prepare", view: 1, block: null, justify: genesis, decided: null }],
    [{ kind: "decide", justify: { ...genesis, view: 1e15, signatures: "none" } }],
    [{ kind: "decided", blocks: [], justify: genesis }],
    [{ kind: "branch", blocks: [{}] }],
    [{ kind: "status", view: 1e15, wanted: -1, height: 0 }],
  ])("%j", (message) => {
    const node = replica(2);
    const before = node.manager.view();
    expect(node.receive(3, message as never)).toEqual([]);
    expect(node.manager.view()).toEqual(before);
  });
});
