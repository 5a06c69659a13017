import { describe, expect, it } from "vitest";
import { defaultDocument, type RunDocument } from "./document.ts";
import { eventsKeptMax } from "./limits.ts";
import { Session } from "./session.ts";
import { playgroundAlgorithms } from "./variants.ts";

const all = (session: Session): string => JSON.stringify(session.events(eventsKeptMax));
const leaderOf = (session: Session): number => {
  const { leader } = session.frame();
  if (leader === null) throw new Error("nobody leads");
  return leader;
};

/** A run with a bit of everything done to it. */
function eventful(): Session {
  const session = new Session({ ...defaultDocument, seed: 7 });
  session.seek(1500);
  session.act({ kind: "partition", groups: [[leaderOf(session)]], oneWay: false });
  session.seek(2600);
  session.act({ kind: "crash", node: leaderOf(session) });
  session.seek(3000);
  session.act({ kind: "heal" });
  session.act({ kind: "step-clock", node: 2, byMs: 400 });
  session.seek(3400);
  for (const id of [1, 2, 3, 4, 5]) session.act({ kind: "restart", node: id });
  session.act({ kind: "network", lossChance: 0.1, minMs: 1, meanMs: 20, maxMs: 90 });
  session.act({ kind: "propose", node: 3, command: "by hand" });
  session.seek(6000);
  return session;
}

describe("a run of a document", () => {
  it.each(
    [...playgroundAlgorithms.values()].map(({ id, nodes }) => ({ id, nodes: nodes.default })),
  )("repeats byte for byte: $id", ({ id, nodes }) => {
    const document: RunDocument = {
      ...defaultDocument,
      algorithm: { id },
      nodes,
      faults: { preset: "storm", untilMs: 3000 },
    };
    const first = new Session(document);
    first.seek(4000);
    const second = new Session(document);
    for (let timeMs = 0; timeMs <= 4000; timeMs += 250) second.seek(timeMs);
    expect(first.run.event).toBeGreaterThan(200);
    expect(all(second)).toBe(all(first));
    expect(JSON.stringify(second.frame())).toBe(JSON.stringify(first.frame()));
  });

  it("with interventions is decided by its document alone", () => {
    const live = eventful();
    expect(live.document.interventions).toHaveLength(11);
    const again = new Session(JSON.parse(JSON.stringify(live.document)) as RunDocument);
    again.seek(6000);
    expect(all(again)).toBe(all(live));
    expect(again.frame()).toEqual(live.frame());
    expect(again.frame().problems).toEqual([]);
    expect(again.verdict().result).toBe("linearizable");
  });

  it("goes back and forth in time without a trace", () => {
    const session = eventful();
    const log = all(session);
    session.seek(1000);
    expect(session.run.nowMs).toBe(1000);
    session.seek(6000);
    expect(all(session)).toBe(log);
    const { event } = session.run;
    session.stepBack();
    expect(session.run.event).toBe(event - 1);
    session.stepForward();
    expect(session.run.event).toBe(event);
    session.seekEvent(10);
    expect(session.run.event).toBe(10);
    session.seek(6000);
    expect(all(session)).toBe(log);
  });

  it("elects another leader when the leader is cut off, and agrees again when healed", () => {
    const session = new Session(defaultDocument);
    session.seek(2000);
    const old = leaderOf(session);
    session.act({ kind: "partition", groups: [[old]], oneWay: false });
    session.seek(4000);
    expect(leaderOf(session)).not.toBe(old);
    expect(session.frame().sentence).toMatch(/^Node \d leads term \d; 4 of 5 agree$/);
    session.act({ kind: "heal" });
    session.seek(6000);
    expect(session.frame().sentence).toMatch(/; 5 of 5 agree$/);
    expect(session.verdict().result).toBe("linearizable");
    expect(session.marks.map(({ kind }) => kind)).toContain("intervention");
  });

  it("forgets what came later when something is done in the past", () => {
    const session = eventful();
    session.seek(2000);
    session.act({ kind: "pause", node: 5 });
    expect(session.document.interventions.map(({ kind }) => kind)).toEqual(["partition", "pause"]);
    expect(session.furthestMs).toBeCloseTo(2000.001, 6);
  });

  it("is as it was after the last intervention is undone", () => {
    const session = new Session(defaultDocument);
    session.seek(2000);
    const log = all(session);
    session.act({ kind: "crash", node: leaderOf(session) });
    session.undo();
    session.seek(2000);
    expect(all(session)).toBe(log);
    expect(session.document).toEqual(defaultDocument);
  });

  it("loses or delays one message under way", () => {
    const session = new Session(defaultDocument);
    const now = (): number => session.run.nowMs;
    session.seek(900);
    while (session.frame().flying.every(({ arriveMs }) => (arriveMs ?? 0) < now() + 2)) {
      session.seek(now() + 1);
    }
    const atMs = now();
    const flying = session.frame().flying.findLast(({ arriveMs }) => (arriveMs ?? 0) > atMs + 2);
    if (flying === undefined) throw new Error("nothing is under way");
    session.act({ kind: "drop-message", message: flying.id });
    session.seek(atMs + 100);
    const dropped = session.messages(0, 5000).find(({ id }) => id === flying.id);
    expect(dropped).toMatchObject({ state: "lost", arriveMs: null });
    session.undo();
    session.seek(atMs);
    session.act({ kind: "delay-message", message: flying.id, byMs: 77 });
    session.seek(atMs + 300);
    const delayed = session.messages(0, 5000).find(({ id }) => id === flying.id);
    expect(delayed?.state).toBe("delivered");
    expect(delayed?.arriveMs).toBeCloseTo((flying.arriveMs ?? 0) + 77, 3);
  });

  it("halts a node whose disk was corrupted, and says why", () => {
    const session = new Session(defaultDocument);
    session.seek(2000);
    session.act({ kind: "corrupt-disk", node: 1 });
    session.act({ kind: "crash", node: 1 });
    session.act({ kind: "restart", node: 1 });
    session.seek(2100);
    expect(session.frame().nodes[0]?.reason).toMatch(/damaged|lost|disk/);
  });

  it("is refused for an algorithm that is not there, or cannot have so many nodes", () => {
    const open = (change: Partial<RunDocument>) => () =>
      new Session({ ...defaultDocument, ...change });
    expect(open({ algorithm: { id: "paxos-made-up" } })).toThrow('no algorithm "paxos-made-up"');
    expect(open({ algorithm: { source: "x" } })).toThrow("not been compiled");
    expect(open({ nodes: 40 })).toThrow("Raft runs with 1 to 15 nodes here, not 40.");
    expect(
      open({ interventions: [{ kind: "byzantine", atMs: 1, node: 1, behaviour: "forge" }] }),
    ).toThrow('Raft has no "forge" behaviour');
  });

  it("finds broken Raft broken", () => {
    const id = [...playgroundAlgorithms.keys()].find((each) => each.includes("votes-for-everyone"));
    const session = new Session({
      ...defaultDocument,
      algorithm: { id: id ?? "" },
      faults: { preset: "storm", untilMs: 20_000 },
      clients: 3,
    });
    session.seek(20_000);
    expect(session.frame().problems[0]).toMatchObject({ kind: "invariant" });
    expect(session.frame().health).toBe("failed");
  });
});
