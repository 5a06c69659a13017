import { describe, expect, it } from "vitest";
import { checkDocument, type RunDocument } from "./document.ts";
import { allLessons } from "./lessons.ts";
import { Session } from "./session.ts";
import { playgroundAlgorithms } from "./variants.ts";

const lessons = allLessons();

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

  it("equivocating primary: nothing is agreed under it, nobody is misled, and it is replaced", () => {
    const run = moments("equivocating-primary");
    expect(run.at(1400).leads).toMatchObject([{ id: 1, term: 0 }]);
    const turned = run.at(1501);
    expect(turned.nodes[0]).toMatchObject({ lying: true });
    const later = run.at(2100);
    expect(later.commit - turned.commit).toBeLessThanOrEqual(2);
    expect(later.nodes.slice(1).map(({ term }) => term)).toEqual([0, 0, 0]);
    const changing = run.at(2400).nodes.slice(1);
    expect(changing.map(({ role, term }) => `${role} ${term}`)).toEqual(
      Array.from({ length: 3 }, () => "view change 1"),
    );
    expect(run.at(4500).leads).toMatchObject([{ id: 2, term: 1 }]);
    const end = run.at(4500);
    expect(end.commit).toBeGreaterThan(later.commit + 5);
    expect(end.problems).toEqual([]);
    expect(run.session.verdict().result).toBe("linearizable");
  });

  /** The steps of Figure 8 and what the logs hold at index 2 there, servers by their numbers. */
  const figure = (algorithm: string) => {
    const { document, steps } = lessonOf("figure-8");
    const run = new Moments({ ...document, algorithm: { id: algorithm } });
    return steps.map(({ atMs }) => {
      const { nodes, logs, commit, leads, problems } = run.at(atMs);
      return { nodes, commit, leads, problems, second: logs.map((log) => log[1] ?? "") };
    });
  };
  const holding = (second: readonly string[], text: string): number =>
    second.filter((entry) => entry.includes(text)).length;

  it("Figure 8: A is on a majority at (c) and is replaced at (d), uncommitted", () => {
    const [start, a, b, c, d, end] = figure("raft-plain");
    expect(start?.nodes.every(({ commitIndex }) => commitIndex === 1)).toBe(true);
    expect(holding(a?.second ?? [], "A ")).toBe(2);
    expect(b?.second.filter((entry) => entry !== "" && !entry.includes("A "))).toHaveLength(1);
    expect(c?.leads).toHaveLength(1);
    expect(holding(c?.second ?? [], "A ")).toBe(3);
    expect(holding(c?.second ?? [], "A committed")).toBe(0);
    expect(c?.commit).toBe(1);
    expect(d?.leads).toHaveLength(1);
    expect(d?.leads[0]?.id).not.toBe(c?.leads[0]?.id);
    expect(holding(end?.second ?? [], "A ")).toBe(2);
    expect(holding(end?.second ?? [], "A committed")).toBe(0);
    expect(end?.second.filter((entry) => entry.endsWith(" committed"))).toHaveLength(3);
    expect(end?.problems).toEqual([]);
  });

  it("Figure 8 under the broken rule: A is committed at (c), and the checks find it replaced", () => {
    const id = [...playgroundAlgorithms.keys()].find((each) =>
      each.includes("entry-of-an-earlier"),
    );
    const steps = figure(id ?? "");
    expect(holding(steps[3]?.second ?? [], "A committed")).toBe(1);
    expect(steps.at(-1)?.problems.map(({ kind }) => kind)).toContain("invariant");
  });
});
