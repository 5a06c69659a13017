/**
 * Figure 8 of the Raft paper: why counting copies commits no entry of an old term. The run is composed
 * by stepping through it and acting when the moment has come, so that it holds whatever the delays
 * of a seed are; the result is a document like any other.
 */
import type { NodeId } from "../../cluster/process.ts";
import { defaultDocument } from "./document.ts";
import type { Lesson } from "./lessons.ts";
import { Session } from "./session.ts";

const seedsTriedMax = 100;
const waitMaxMs = 6000;
/** Longer than any message is under way. */
const driftAwayMs = 65;

interface Moments {
  readonly start: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly replaced: number;
}

interface Figure {
  readonly session: Session;
  /** The servers by their numbers in the figure, S1 first. */
  readonly servers: readonly [NodeId, NodeId, NodeId, NodeId, NodeId];
  readonly terms: { readonly b: number; readonly c: number };
  readonly moments: Moments;
}

export function figure8(): Lesson {
  for (let seed = 1; seed <= seedsTriedMax; seed++) {
    const figure = new Composition(seed).compose();
    if (figure !== null) return lessonOf(figure);
  }
  throw new Error(`none of ${seedsTriedMax} seeds shows Figure 8`);
}

class Composition {
  readonly #session: Session;

  constructor(seed: number) {
    this.#session = new Session({
      ...defaultDocument,
      algorithm: { id: "raft-plain" },
      clients: 0,
      seed,
      clockOffsetMaxMs: 0,
    });
  }

  /** null: this seed took another course. */
  compose(): Figure | null {
    const session = this.#session;
    const all = session.run.servers;
    const now = (): number => session.run.nowMs;
    if (!this.#until(() => all.every((id) => this.#status(id)?.commitIndex === 1))) return null;
    const s1 = this.#leader(all);
    if (s1 === undefined) return null;
    const [s2, ...rest] = all.filter((id) => id !== s1);
    if (s2 === undefined) return null;
    const start = now();
    session.act({ kind: "partition", groups: [[s1, s2]], oneWay: false });
    session.act({ kind: "propose", node: s1, command: "A" });
    const isStored = (): boolean => this.#entry(s1, 2) && this.#entry(s2, 2);
    if (!this.#until(isStored)) return null;
    const a = now();
    session.act({ kind: "crash", node: s1 });
    session.act({ kind: "pause", node: s2 });
    session.act({ kind: "heal" });
    if (!this.#until(() => this.#leader(rest) !== undefined)) return null;
    const s5 = this.#leader(rest);
    if (s5 === undefined) return null;
    const termB = this.#status(s5)?.term ?? 0;
    session.act({ kind: "partition", groups: [[s5]], oneWay: false });
    session.seek(now() + driftAwayMs);
    const b = now();
    session.act({ kind: "crash", node: s5 });
    session.act({ kind: "heal" });
    session.act({ kind: "restart", node: s1 });
    const [s3, s4] = rest.filter((id) => id !== s5);
    if (s3 === undefined || s4 === undefined) return null;
    if (!this.#until(() => this.#leader([s1, s3, s4]) !== undefined)) return null;
    if (this.#leader([s1, s3, s4]) !== s1) return null;
    const termC = this.#status(s1)?.term ?? 0;
    session.act({ kind: "resume", node: s2 });
    session.act({ kind: "partition", groups: [[s4]], oneWay: false });
    const isOnMajority = (): boolean => this.#matches(s1, s2) >= 2 && this.#matches(s1, s3) >= 2;
    if (!this.#until(isOnMajority) || this.#last(s3) !== 2) return null;
    const c = now();
    session.act({ kind: "partition", groups: [[s1]], oneWay: false });
    session.act({ kind: "crash", node: s1 });
    session.act({ kind: "pause", node: s2 });
    session.seek(now() + driftAwayMs);
    if (this.#last(s3) !== 2) return null;
    session.act({ kind: "heal" });
    session.act({ kind: "restart", node: s5 });
    if (!this.#until(() => this.#leader([s3, s4, s5]) === s5)) return null;
    const d = now();
    if (!this.#until(() => [s3, s4, s5].every((id) => this.#committed(id) >= 2))) return null;
    const moments = { start, a, b, c, d, replaced: Math.ceil(now()) };
    return {
      session,
      servers: [s1, s2, s3, s4, s5],
      terms: { b: termB, c: termC },
      moments,
    };
  }

  /** Steps until something holds; false when it does not within a few seconds. */
  #until(holds: () => boolean): boolean {
    const { run } = this.#session;
    const endMs = run.nowMs + waitMaxMs;
    while (!holds()) {
      this.#session.stepForward();
      if (this.#session.run.nowMs > endMs) return false;
    }
    return true;
  }

  #status(id: NodeId) {
    const { run } = this.#session;
    return run.simulation.node(id).state === "up" ? run.group.get(id)?.status() : undefined;
  }

  #leader(among: readonly NodeId[]): NodeId | undefined {
    return among.find((id) => this.#status(id)?.role === "leader");
  }

  /** Whether a node has an entry at this index on disk. */
  #entry(id: NodeId, index: number): boolean {
    const entries = this.#session.run.group.get(id)?.view().entries ?? [];
    return entries.some((entry) => entry.index === index && entry.state !== "proposed");
  }

  #last(id: NodeId): number {
    return this.#session.run.group.get(id)?.status().lastIndex ?? 0;
  }

  #committed(id: NodeId): number {
    return this.#session.run.group.get(id)?.status().commitIndex ?? 0;
  }

  #matches(leader: NodeId, follower: NodeId): number {
    const variables = this.#session.run.group.get(leader)?.view().variables ?? {};
    return Number(variables[`matchIndex[${follower}]`] ?? 0);
  }
}

function lessonOf({ session, servers, terms, moments }: Figure): Lesson {
  const [s1, s2, s3, s4, s5] = servers;
  return {
    id: "figure-8",
    title: "Figure 8 of the Raft paper",
    summary: "An entry that is on a majority of the nodes, and is replaced all the same.",
    document: session.document,
    steps: [
      {
        atMs: moments.start,
        text: `Node ${s1} leads, and the empty entry at index 1 that begins its term is committed on all nodes. In the figure it is S1; nodes ${s2}, ${s3}, ${s4} and ${s5} are S2 to S5.`,
      },
      {
        atMs: moments.a,
        text: `(a) Nodes ${s1} and ${s2} are cut off from the others. Node ${s1} takes the command A at index 2; it is on these two nodes only.`,
      },
      {
        atMs: moments.b,
        text: `(b) Node ${s1} has crashed. Node ${s5} was elected by nodes ${s3} and ${s4} for term ${terms.b} and put an entry of its own at index 2, but was cut off before anybody else had it.`,
      },
      {
        atMs: moments.c,
        text: `(c) Node ${s5} has crashed, node ${s1} is back and leads term ${terms.c}. It has copied A to node ${s3}: A is on nodes ${s1}, ${s2} and ${s3}, a majority. Raft does not commit it, because A is of an earlier term. The entry of term ${terms.c} behind it would have to be on a majority too.`,
      },
      {
        atMs: moments.d,
        text: `(d) Node ${s1} has crashed again before that. Node ${s5} is back, and its last entry is of term ${terms.b}, later than that of A: nodes ${s3} and ${s4} vote for it.`,
      },
      {
        atMs: moments.replaced,
        text: `Node ${s5} makes the logs of nodes ${s3} and ${s4} like its own. A is gone from the majority that it was on, and nothing is broken: it was never committed.`,
      },
    ],
    question: "What would have made A safe at moment (c)?",
    answer: `The entry of term ${terms.c} on a majority. Then node ${s5}, whose last entry is of term ${terms.b}, could not have been elected (section 5.4.1), and A would have been committed with it.`,
    next: "Compare with Broken Raft: an entry of an earlier term is committed by counting its copies. Under the same interventions it commits A at (c), and at (d) the checks find that a committed entry was replaced.",
  };
}
