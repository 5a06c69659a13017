/** Section by section: Castro and Liskov, "Practical Byzantine Fault Tolerance", OSDI 1999. */
import { describe, expect, it } from "vitest";
import type { NodeId } from "../../cluster/process.ts";
import { LoneProcess, messagesOf } from "../lone-process.ts";
import { byzantineQuorum, faultyMax } from "../quorum/byzantine.ts";
import { Signer } from "../signatures.ts";
import {
  requestDigest,
  signCheckpoint,
  signPrepare,
  signPrePrepare,
  signViewChange,
  stateDigest,
} from "./certificates.ts";
import { pbftOptions } from "./options.ts";
import { Pbft } from "./pbft.ts";
import type { PbftMessage, PbftOptions, PbftRecord, PreparedCertificate } from "./types.ts";

const members = [1, 2, 3, 4];
const signers = new Map(members.map((id) => [id, new Signer(id)]));

function signer(id: NodeId): Signer {
  return signers.get(id) ?? new Signer(id);
}

function replica(id: NodeId, changes: Partial<PbftOptions> = {}) {
  const options = pbftOptions(members, changes);
  return new LoneProcess<PbftMessage, PbftRecord, Pbft>(id, () => new Pbft(id, options));
}

type Node = ReturnType<typeof replica>;

/** Of the primary of the view, which is node view + 1. */
function prePrepare(n: number, command: string | null, view = 0) {
  const digest = requestDigest(command);
  return signPrePrepare(signer((view % 4) + 1), { view, n, digest, command });
}

function prepare(id: NodeId, n: number, command: string, view = 0) {
  return signPrepare(signer(id), { view, n, digest: requestDigest(command) });
}

const commit = (n: number, command: string, view = 0): PbftMessage => ({
  kind: "commit",
  view,
  n,
  digest: requestDigest(command),
});

function certificate(n: number, command: string, view = 0): PreparedCertificate {
  const primary = (view % 4) + 1;
  const backups = members.filter((id) => id !== primary).slice(0, 2);
  return {
    prePrepare: prePrepare(n, command, view),
    prepares: backups.map((id) => prepare(id, n, command, view)),
  };
}

function viewChange(id: NodeId, view: number, prepared: readonly PreparedCertificate[] = []) {
  return signViewChange(signer(id), { view, stable: 0, proof: [], prepared });
}

/** Takes a request through all three phases at node 2. */
function agree(node: Node, n: number, command: string): void {
  node.receive(1, prePrepare(n, command));
  node.receive(3, prepare(3, n, command));
  for (const from of [1, 3]) node.receive(from, commit(n, command));
}

const commands = (node: Node) => node.committed.map(({ command }) => command);

describe("2 and 3: n = 3f + 1 replicas survive f that lie", () => {
  it.each([
    [4, 1, 3],
    [5, 1, 4],
    [6, 1, 4],
    [7, 2, 5],
    [10, 3, 7],
    [1, 0, 1],
  ])("%i replicas: f = %i, quorum %i", (nodes, f, quorum) => {
    expect(faultyMax(nodes)).toBe(f);
    expect(byzantineQuorum(nodes)).toBe(quorum);
    // Any two quorums share an honest replica, and the honest ones alone are a quorum.
    expect(2 * quorum - nodes).toBeGreaterThan(f);
    expect(nodes - f).toBeGreaterThanOrEqual(quorum);
  });
});

describe("4.2 normal-case operation", () => {
  it("the primary gives a request the next number and tells all backups", () => {
    const node = replica(1);
    const sent = node.propose("x");
    expect(messagesOf(sent, "pre-prepare")).toEqual([1, 1, 1].map((n) => prePrepare(n, "x")));
    expect(sent.map(({ to }) => to)).toEqual([2, 3, 4]);
    expect(messagesOf(node.propose("y"), "pre-prepare")[0]?.n).toBe(2);
  });

  it("a backup that accepts a pre-prepare tells all others that it prepares", () => {
    const sent = replica(2).receive(1, prePrepare(1, "x"));
    expect(sent.map(({ to }) => to)).toEqual([1, 3, 4]);
    expect(messagesOf(sent, "prepare")[0]).toEqual(prepare(2, 1, "x"));
  });

  it("a backup accepts none for a view and number in which it accepted another digest", () => {
    const node = replica(2);
    node.receive(1, prePrepare(1, "x"));
    expect(node.receive(1, prePrepare(1, "y"))).toEqual([]);
    node.restart();
    expect(node.receive(1, prePrepare(1, "y"))).toEqual([]);
  });

  it.each([
    ["of another view", prePrepare(1, "x", 4)],
    ["whose digest is not of its request", { ...prePrepare(1, "x"), command: "y" }],
    ["signed by no primary", { ...prePrepare(1, "x"), replica: 3 }],
    ["with a forged signature", { ...prePrepare(1, "x"), signature: 1 }],
    ["beyond the high water mark", prePrepare(33, "x")],
    ["of nothing, which only a new view may hold", prePrepare(1, null)],
  ])("nor one %s", (_title, message) => {
    expect(replica(2).receive(1, message)).toEqual([]);
  });

  it("nor a request that no client has signed", () => {
    const service = { take: () => "", restore: () => undefined, isValid: () => false };
    expect(replica(2, { service }).receive(1, prePrepare(1, "x"))).toEqual([]);
  });

  it("is prepared with the pre-prepare and 2f prepares that match it, its own among them", () => {
    const node = replica(2);
    node.receive(1, prePrepare(1, "x"));
    expect(node.receive(4, prepare(4, 1, "y"))).toEqual([]);
    const sent = node.receive(3, prepare(3, 1, "x"));
    expect(messagesOf(sent, "commit")[0]).toEqual(commit(1, "x"));
  });

  it("a prepare counts for who signed it, and the primary's does not count", () => {
    const node = replica(2);
    node.receive(1, prePrepare(1, "x"));
    expect(node.receive(1, prepare(1, 1, "x"))).toEqual([]);
    expect(node.receive(3, prepare(4, 1, "x"))).toEqual([]);
    expect(node.receive(3, { ...prepare(3, 1, "x"), signature: 1 })).toEqual([]);
  });

  it("executes with 2f + 1 commits, its own among them, not with fewer", () => {
    const node = replica(2);
    node.receive(1, prePrepare(1, "x"));
    node.receive(3, prepare(3, 1, "x"));
    node.receive(1, commit(1, "x"));
    node.receive(1, commit(1, "x"));
    node.receive(4, commit(1, "y"));
    expect(commands(node)).toEqual([]);
    node.receive(4, commit(1, "x"));
    expect(commands(node)).toEqual(["x"]);
  });

  it("executes in the order of the numbers", () => {
    const node = replica(2);
    agree(node, 2, "b");
    expect(commands(node)).toEqual([]);
    agree(node, 1, "a");
    expect(commands(node)).toEqual(["a", "b"]);
  });

  it("says nothing that is not on disk", () => {
    const node = replica(2);
    node.quickDisk = false;
    expect(node.receive(1, prePrepare(1, "x"))).toEqual([]);
    expect(messagesOf(node.finishSync(), "prepare")).toHaveLength(3);
  });
});

describe("4.3 garbage collection", () => {
  const state = { take: () => "state", restore: () => undefined, isValid: () => true };
  const checkpoint = (id: NodeId, n: number, digest = stateDigest(n, "state")) =>
    signCheckpoint(signer(id), { n, digest });

  function afterFour(): Node {
    const node = replica(2, { service: state, checkpointEvery: 4, windowSize: 8 });
    for (const n of [1, 2, 3, 4]) agree(node, n, `c${n}`);
    return node;
  }

  it("a replica tells of its state after every K-th request", () => {
    const node = replica(2, { service: state, checkpointEvery: 1, windowSize: 8 });
    node.receive(1, prePrepare(1, "x"));
    node.receive(3, prepare(3, 1, "x"));
    node.receive(1, commit(1, "x"));
    const sent = messagesOf(node.receive(3, commit(1, "x")), "checkpoint");
    expect(sent[0]).toEqual(checkpoint(2, 1));
  });

  it("a checkpoint is stable with 2f + 1 that agree; then the window moves and the log is cut", () => {
    const node = afterFour();
    node.receive(1, checkpoint(1, 4, 7));
    node.receive(3, checkpoint(3, 4));
    expect(node.manager.state.stable).toBe(0);
    expect(node.receive(1, prePrepare(12, "x"))).toEqual([]);
    node.receive(4, checkpoint(4, 4));
    expect(node.manager.state.stable).toBe(4);
    expect([...node.manager.state.slots.keys()].filter((n) => n <= 4)).toEqual([]);
    expect(messagesOf(node.receive(1, prePrepare(12, "x")), "prepare")).toHaveLength(3);
  });

  it("a replica that fell behind is given the state, and believes it for its proof", () => {
    const node = replica(2, { service: state, checkpointEvery: 4, windowSize: 8 });
    const proof = [1, 3, 4].map((id) => checkpoint(id, 4));
    node.receive(3, { kind: "state", n: 4, data: "another", proof });
    node.receive(3, { kind: "state", n: 4, data: "state", proof: proof.slice(1) });
    expect(node.manager.status().commitIndex).toBe(0);
    node.receive(3, { kind: "state", n: 4, data: "state", proof });
    expect(node.manager.status().commitIndex).toBe(4);
    node.restart();
    expect(node.manager.status().commitIndex).toBe(4);
  });
});

describe("4.4 view changes", () => {
  it("a backup whose request is not executed in time asks for the next view, with what it prepared", () => {
    const node = replica(2);
    node.receive(1, prePrepare(1, "x"));
    node.receive(3, prepare(3, 1, "x"));
    node.propose("y");
    const [asked] = messagesOf(node.fire("request"), "view-change");
    expect(asked).toMatchObject({ view: 1, stable: 0, replica: 2 });
    expect(asked?.prepared.map(({ prePrepare: { command } }) => command)).toEqual(["x"]);
    expect(messagesOf(node.receive(1, prePrepare(2, "y")), "prepare")).toEqual([]);
  });

  it("the new primary starts with 2f + 1 view-changes, and takes up what was prepared", () => {
    const node = replica(2);
    node.receive(3, viewChange(3, 1, [certificate(2, "b")]));
    const sent = node.receive(4, viewChange(4, 1));
    const [newView] = messagesOf(sent, "new-view");
    expect(newView?.viewChanges).toHaveLength(3);
    // Nobody had prepared number 1: it gets the null request.
    expect(newView?.prePrepares).toEqual([prePrepare(1, null, 1), prePrepare(2, "b", 1)]);
  });

  it("of two certificates for one number that of the higher view counts", () => {
    const node = replica(4);
    node.receive(2, viewChange(2, 3, [certificate(1, "old", 0)]));
    const sent = node.receive(3, viewChange(3, 3, [certificate(1, "new", 1)]));
    const [newView] = messagesOf(sent, "new-view");
    expect(newView?.prePrepares).toEqual([prePrepare(1, "new", 3)]);
  });

  it("a backup enters a view whose start follows from its proof, and prepares its requests", () => {
    const node = replica(3);
    const viewChanges = [
      viewChange(1, 1),
      viewChange(2, 1, [certificate(1, "x")]),
      viewChange(4, 1),
    ];
    const newView = { kind: "new-view", view: 1, viewChanges } as const;
    const right = [prePrepare(1, "x", 1)];
    for (const wrong of [[], [prePrepare(1, null, 1)], [...right, prePrepare(2, "y", 1)]]) {
      expect(node.receive(2, { ...newView, prePrepares: wrong })).toEqual([]);
    }
    const tooFew = { ...newView, viewChanges: viewChanges.slice(1), prePrepares: right };
    expect(node.receive(2, tooFew)).toEqual([]);
    const sent = node.receive(2, { ...newView, prePrepares: right });
    expect(messagesOf(sent, "prepare")[0]).toEqual(
      signPrepare(signer(3), { view: 1, n: 1, digest: requestDigest("x") }),
    );
    expect(node.manager.status()).toMatchObject({ term: 1, leader: 2 });
  });

  it("a certificate is worth nothing without 2f prepares of different backups", () => {
    const { prePrepare: proposal, prepares } = certificate(1, "x");
    const [first] = prepares;
    if (first === undefined) throw new Error("the certificate is empty");
    const node = replica(2);
    node.receive(3, viewChange(3, 1, [{ prePrepare: proposal, prepares: [first, first] }]));
    node.receive(4, viewChange(4, 1));
    expect(node.manager.status().term).toBe(0);
  });
});

describe("4.5.2 liveness", () => {
  it("f + 1 others in later views are followed to the least of them", () => {
    const node = replica(2);
    expect(messagesOf(node.receive(3, viewChange(3, 7)), "view-change")).toEqual([]);
    const [asked] = messagesOf(node.receive(4, viewChange(4, 6)), "view-change");
    expect(asked?.view).toBe(6);
  });

  it("each view that fails gives the next one twice the time", () => {
    const node = replica(4, { requestTimeoutMs: 100 });
    node.propose("x");
    const waits = [1, 2].map((view) => {
      node.fire("request");
      expect(node.timers.has("request")).toBe(false);
      for (const from of [1, view === 1 ? 3 : 2]) node.receive(from, viewChange(from, view));
      return node.timers.get("request");
    });
    expect(waits).toEqual([200, 400]);
  });
});

describe("2: liars cannot sign for others, and rubbish harms nobody", () => {
  it.each([
    [null],
    ["prepare"],
    [{ kind: "prepare" }],
    [{ kind: "pre-prepare", view: -1, n: 1.5, digest: Number.NaN, command: 7 }],
    [
      {
        kind: "view-change",
        view: 1,
        stable: 0,
        proof: {},
        prepared: [null],
        replica: 3,
        signature: 0,
      },
    ],
    [{ kind: "new-view", view: 1, viewChanges: [], prePrepares: [] }],
    [{ kind: "state", n: 16, data: "x", proof: [] }],
    [{ kind: "commit", view: 0, n: 1e15, digest: 0 }],
  ])("%j", (message) => {
    const node = replica(2);
    const before = node.manager.view();
    expect(node.receive(3, message as never)).toEqual([]);
    expect(node.manager.view()).toEqual(before);
  });
});
