import { describe, expect, it } from "vitest";
import { checkDocument, type RunDocument } from "./document.ts";
import { lessons } from "./lessons.ts";
import { Session } from "./session.ts";
import { playgroundAlgorithms } from "./variants.ts";

const lessonOf = (id: string) => {
  const lesson = lessons.find((each) => each.id === id);
  if (lesson === undefined) throw new Error(`there is no lesson ${id}`);
  return lesson;
};

/** The run of a lesson at a moment. */
class Moments {
  readonly session: Session;

  constructor(document: RunDocument) {
    this.session = new Session(document);
  }

  at(timeMs: number) {
    this.session.seek(timeMs);
    const { nodes, sentence, problems } = this.session.frame();
    return {
      nodes,
      sentence,
      problems,
      leads: nodes.filter(({ id, leader, state }) => leader === id && state === "up"),
      logs: nodes.map(({ entries }) =>
        entries.map(({ term, command, state }) => `${term}${command ?? ""} ${state}`),
      ),
      commit: Math.max(...nodes.map(({ commitIndex }) => commitIndex)),
    };
  }
}

const moments = (id: string): Moments => new Moments(lessonOf(id).document);

describe("every lesson", () => {
  it.each(lessons)(
    "$id is complete and its steps are in order",
    ({ document, steps, ...texts }) => {
      expect(checkDocument(document)).toEqual(document);
      expect(steps.length).toBeGreaterThanOrEqual(4);
      expect(steps.map(({ atMs }) => atMs)).toEqual(
        steps.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
      );
      for (const text of Object.values(texts)) expect(text.length).toBeGreaterThan(3);
      const session = new Session(document);
      session.seek((steps.at(-1)?.atMs ?? 0) + 500);
      expect(session.frame().problems).toEqual([]);
      expect(session.verdict().result).toBe("linearizable");
    },
  );
});

describe("what the lessons say", () => {
  it("split vote: two candidates with two votes each, then another term", () => {
    const run = moments("split-vote");
    expect(run.at(155.8).nodes.map(({ role }) => role === "candidate")).toEqual([
      false,
      true,
      false,
      false,
    ]);
    const both = run.at(174.7);
    expect(both.nodes.map(({ role, term }) => `${role} ${term}`).slice(0, 2)).toEqual([
      "candidate 1",
      "candidate 1",
    ]);
    const tied = run.at(221);
    expect(tied.leads).toEqual([]);
    expect(tied.nodes.map(({ variables }) => variables["votedFor"])).toEqual(["1", "2", "2", "1"]);
    expect(run.at(364.1).nodes[3]).toMatchObject({ role: "candidate", term: 2 });
    expect(run.at(427.1).leads).toMatchObject([{ id: 4, term: 2 }]);
  });

  it("old leader: it takes what it cannot commit, and gives it up", () => {
    const run = moments("old-leader");
    const before = run.at(700);
    expect(before.leads).toMatchObject([{ id: 2, term: 1 }]);
    expect(before.logs.every((log) => log.at(-1) === "1before committed")).toBe(true);
    expect(run.at(1200).logs[1]?.at(-1)).toMatch(/^1stale (accepted|proposed)$/);
    const two = run.at(1600).leads;
    expect(two).toHaveLength(2);
    expect(new Set(two.map(({ term }) => term)).size).toBe(2);
    const fresh = run.at(2000);
    expect(fresh.logs[1]?.at(-1)).toMatch(/^1stale (accepted|proposed)$/);
    const newer = fresh.leads.find(({ id }) => id !== 2);
    expect(newer?.entries.at(-1)).toMatchObject({ command: "fresh", state: "committed" });
    const healed = run.at(2900);
    expect(healed.leads).toHaveLength(1);
    expect(healed.logs[1]?.join()).not.toContain("stale");
    expect(healed.logs[1]?.at(-1)).toMatch(/fresh committed$/);
  });

  it("lost quorum: no commit with two of five, and again with three", () => {
    const run = moments("lost-quorum");
    expect(run.at(1500).commit).toBeGreaterThan(run.at(1100).commit);
    const lost = run.at(1950).commit;
    const still = run.at(3900);
    expect(still.commit).toBe(lost);
    expect(still.leads).toEqual([]);
    expect(still.sentence).toMatch(/^No leader has a majority: 2 of 5 nodes are up/);
    expect(run.at(5500).commit).toBeGreaterThan(lost);
  });

  it("Figure 8: A is on a majority at (c) and is replaced at (d), uncommitted", () => {
    const run = moments("figure-8");
    expect(run.at(261.381).nodes.every(({ commitIndex }) => commitIndex === 1)).toBe(true);
    const a = run.at(267.6).logs.map((log) => log.some((entry) => entry.startsWith("1A")));
    expect(a).toEqual([true, true, false, false, false]);
    const b = run.at(522.1);
    expect(b.logs.map((log) => log.length)).toEqual([2, 2, 1, 1, 2]);
    expect(b.logs[4]?.at(-1)).toMatch(/^2 /);
    const c = run.at(916.9);
    expect(c.leads).toMatchObject([{ id: 1, term: 4 }]);
    for (const log of c.logs.slice(0, 3)) expect(log[1]).toMatch(/^1A (accepted|proposed)$/);
    expect(c.commit).toBe(1);
    expect(run.at(2321.3).leads).toMatchObject([{ id: 5 }]);
    const d = run.at(2500);
    for (const log of d.logs.slice(2)) expect(log[1]).toBe("2 committed");
  });

  it("Figure 8 under the broken rule: A is committed at (c), and the checks find it replaced", () => {
    const id = [...playgroundAlgorithms.keys()].find((each) =>
      each.includes("entry-of-an-earlier"),
    );
    const run = new Moments({ ...lessonOf("figure-8").document, algorithm: { id: id ?? "" } });
    expect(run.at(916.96).logs[0]?.[1]).toBe("1A committed");
    expect(run.at(2500).problems.map(({ kind }) => kind)).toContain("invariant");
  });
});
