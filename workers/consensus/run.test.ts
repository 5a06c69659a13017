import { describe, expect, it } from "vitest";
import { allFaults, noFaults } from "../cluster/fault-schedule.ts";
import type { Context } from "../cluster/process.ts";
import type { Arrival } from "../cluster/simulation-host.ts";
import {
  type Algorithm,
  algorithms,
  hotStuff,
  majorityVote,
  multiPaxos,
  pbft,
  raft,
} from "./algorithms.ts";
import { checkRun } from "./check-run.ts";
import { MajorityVote, type VoteMessage, type VoteRecord } from "./majority-vote.ts";
import { ConsensusRun } from "./run.ts";
import { defaultRun, type RunOptions, RunOptionsError } from "./run-options.ts";
import { scenarios, startRun } from "./scenarios.ts";

const short: RunOptions = { ...defaultRun, operationsPerClient: 10, safetyMs: 2000 };

/** Agrees with itself as soon as it is asked: what a checker must not let pass. */
class Hasty extends MajorityVote {
  #last = 0;

  override propose(_context: Context<VoteMessage, VoteRecord>, command: string) {
    this.#last += 1;
    this.commit({ index: this.#last, term: 1, command });
    return { accepted: true, index: this.#last, term: 1 } as const;
  }
}

describe("a run of any algorithm", () => {
  it("finds one that does not agree, with the event", () => {
    const options = { ...short, faults: allFaults };
    const hasty = {
      ...majorityVote,
      create: (id: number, members: readonly number[]) => new Hasty(id, members),
    };
    const { failure } = new ConsensusRun(options, hasty).run();
    expect(failure?.message).toMatch(/^agreement: at \d+ node \d commits .*, node \d /);
    expect(failure?.event).toBeGreaterThan(0);
  });

  it("majority vote waits for a coordinator that is away: what elections are for", () => {
    const links = [2, 3, 4, 5].map((to) => ({ from: 1, to, lossChance: 1 }));
    const network = { ...defaultRun.network, links };
    const commitsIn = (changes: Partial<RunOptions>): number => {
      const options = { ...defaultRun, safetyMs: Infinity, ...changes };
      const run = new ConsensusRun(options, majorityVote);
      while (run.simulation.nowMs < 5000) run.step();
      return run.result().commitIndex;
    };
    expect(commitsIn({ network })).toBe(0);
    expect(commitsIn({})).toBeGreaterThan(20);
  });

  it("steps event by event to the same end", () => {
    const whole = new ConsensusRun({ ...scenarios.storm, seed: 3 }, raft);
    const stepped = new ConsensusRun({ ...scenarios.storm, seed: 3 }, raft);
    const result = whole.run();
    let steps = 0;
    while (stepped.step()) steps += 1;
    expect(steps).toBe(result.counts.events);
    expect(stepped.result()).toEqual(result);
    expect(stepped.phase).toBe("over");
  });

  it("tells its observer of every copy of a message, and what became of it", () => {
    const seen = { delivered: 0, held: 0, blocked: 0, "node down": 0 };
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const arrivals = new Map<number, Arrival[]>();
      let lost = 0;
      const run = new ConsensusRun({ ...scenarios.storm, seed }, raft, {
        onSend: (_from, _to, _message, fate, arriveAtMs, number) => {
          if (fate === "sent") {
            expect(arriveAtMs).toBeGreaterThanOrEqual(run.simulation.nowMs);
            expect(number).toBe(arrivals.size + 1);
            arrivals.set(number, []);
          } else {
            lost += 1;
            expect(arriveAtMs).toBeNull();
          }
        },
        onArrival: (number, outcome) => arrivals.get(number)?.push(outcome),
      });
      const { counts } = run.run();
      const count = { delivered: 0, held: 0, blocked: 0, "node down": 0 };
      for (const outcome of [...arrivals.values()].flat()) {
        count[outcome] += 1;
        seen[outcome] += 1;
      }
      expect(count.delivered).toBe(counts.messagesDelivered);
      expect(count.blocked + lost).toBe(counts.messagesBlocked + counts.messagesLost);
    }
    expect(Object.values(seen).every((times) => times > 0)).toBe(true);
  });

  it("goes on for as long as it is asked to without a liveness phase", () => {
    const run = new ConsensusRun(
      { ...defaultRun, operationsPerClient: Infinity, safetyMs: Infinity },
      raft,
    );
    while (run.simulation.nowMs < 30_000) expect(run.step()).toBe(true);
    expect(run.result().commitIndex).toBeGreaterThan(200);
  });

  it("stops a run that does not end", () => {
    const { failure } = new ConsensusRun({ ...defaultRun, eventsMax: 500 }, raft).run();
    expect(failure).toEqual({
      kind: "process",
      event: 500,
      message: "the run takes more than 500 events",
    });
  });
});

describe("impossible options are explained", () => {
  it.each([
    [{ nodes: 0 }, /at least one node/],
    [{ nodes: 99 }, /1 to 15 nodes, not 99/],
    [{ clients: 5000 }, /room for 0 to 1019 clients/],
    [{ seed: 0.5 }, /integer/],
    [{ keys: 0 }, /at least one key/],
    [{ pauseMs: -1 }, /pauseMs must be 0 or more/],
    [{ byzantine: { 1: "equivocate" } }, /assumes that no node lies/],
    [{ byzantine: { 9: "equivocate" } }, /the nodes are 1 to 5/],
  ])("%o", (changes: Partial<RunOptions>, message) => {
    const create = (): unknown => new ConsensusRun({ ...defaultRun, ...changes }, raft);
    expect(create).toThrow(RunOptionsError);
    expect(create).toThrow(message);
  });
});

const seeds = Array.from({ length: 15 }, (_, place) => place + 1);

describe.each(Object.values(algorithms))(
  "$id holds its invariants, stays linearizable and finishes",
  (algorithm) => {
    it.each([
      ["calm", 5],
      ["storm", 15],
      ["crashes", 10],
      ["partitions", 5],
      ["isolation", 5],
    ] as const)("in %s, %i seeds", (name, count) => {
      for (const seed of seeds.slice(0, count)) {
        const options = { ...scenarios[name], nodes: algorithm.nodes.default, seed };
        expect(checkRun(new ConsensusRun(options, algorithm).run())).toBeNull();
      }
    });

    it("in a calm group of the least size", () => {
      const options = { ...short, nodes: algorithm.nodes.min, faults: noFaults };
      expect(checkRun(new ConsensusRun(options, algorithm).run())).toBeNull();
    });
  },
);

describe("servers that were away for long are sent a snapshot", () => {
  it.each([multiPaxos, pbft, hotStuff] as readonly Algorithm[])("in $id", (algorithm) => {
    const crash = { everyMs: 2000, lastsMs: 4000 };
    const options: RunOptions = {
      ...defaultRun,
      nodes: algorithm.nodes.default,
      operationsPerClient: 150,
      pauseMs: 20,
      faults: { ...noFaults, crash },
    };
    let restored = 0;
    for (const seed of seeds.slice(0, 6)) {
      const log = (line: string): void => {
        if (/ \| .*restored the (?:snapshot|state) at/.test(line)) restored += 1;
      };
      const run = new ConsensusRun({ ...options, seed }, algorithm, { log });
      expect(checkRun(run.run())).toBeNull();
    }
    expect(restored).toBeGreaterThan(2);
  });
});

describe("what a storm is meant to show is seen", () => {
  it.each([
    ["multi-paxos", ["leads ballot", "preempted by", "lost its quorum", "snapshot at", "halts:"]],
    ["pbft", ["asks for view", "enters view", "is stable", "restored the state", "halts:"]],
    [
      "hotstuff",
      ["enters view", "snapshot at", "against its lock", "fetch ", "branch +", "halts:"],
    ],
  ])("in %s", (id, events) => {
    const algorithm = algorithms[id];
    if (algorithm === undefined) throw new Error(`there is no ${id}`);
    const unseen = new Set(events);
    const log = (line: string): void => {
      for (const event of unseen) if (line.includes(event)) unseen.delete(event);
    };
    for (const seed of seeds) startRun(algorithm, "storm", { seed, log }).run();
    expect([...unseen]).toEqual([]);
  });
});

const liars = Object.values(algorithms).flatMap((algorithm) =>
  Object.keys(algorithm.byzantine).map((behaviour) => ({ algorithm, id: algorithm.id, behaviour })),
);

describe("with as many liars as it survives", () => {
  it.each(liars)("$id and $behaviour", ({ algorithm, behaviour }) => {
    for (const seed of seeds.slice(0, 4)) {
      const node = 1 + (seed % 2);
      const options = { ...scenarios.storm, nodes: 4, seed, byzantine: { [node]: behaviour } };
      const run = new ConsensusRun(options, algorithm);
      expect(checkRun(run.run())).toBeNull();
      expect([...run.group.keys()]).not.toContain(node);
      expect(run.liars.get(node)?.view().id).toBe(node);
    }
  });
});

describe("with more liars than it survives", () => {
  it.each(Object.values(algorithms).filter(({ faultModel }) => faultModel === "byzantine"))(
    "$id refuses, or is seen to fail",
    (algorithm) => {
      const byzantine = { 1: "equivocate", 2: "equivocate" };
      const options = { ...scenarios.storm, nodes: 4, seed: 1, byzantine };
      expect(() => new ConsensusRun(options, algorithm)).toThrow(/survives 1 that lie, not 2/);
      const problems = seeds.map((seed) =>
        checkRun(new ConsensusRun({ ...options, seed, allowTooManyFaults: true }, algorithm).run()),
      );
      expect(problems.some((problem) => problem !== null)).toBe(true);
    },
  );
});
