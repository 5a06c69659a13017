import { describe, expect, it } from "vitest";
import { noFaults } from "../cluster/fault-schedule.ts";
import type { Context, NodeId } from "../cluster/process.ts";
import { defaultGroupRun, GroupRun } from "./group-run.ts";
import { MajorityVote, type VoteMessage, type VoteRecord } from "./majority-vote.ts";
import { raftOptions } from "./raft/options.ts";
import { Raft } from "./raft/raft.ts";

const seeds = Array.from({ length: 25 }, (_, place) => place + 1);
const wholeDisks = { ...defaultGroupRun.faults, diskDamageChance: 0 };

/** Agrees with itself as soon as it is asked: what a checker must not let pass. */
class Hasty extends MajorityVote {
  #last = 0;

  override propose(_context: Context<VoteMessage, VoteRecord>, command: string) {
    this.#last += 1;
    this.commit({ index: this.#last, term: 1, command });
    return { accepted: true, index: this.#last, term: 1 } as const;
  }
}

describe("GroupRun", () => {
  it("majority vote agrees under every fault but a lost disk", () => {
    for (const seed of seeds) {
      const options = { ...defaultGroupRun, faults: wholeDisks, seed };
      const result = new GroupRun(options, (id, members) => new MajorityVote(id, members)).run();
      expect(result).toMatchObject({ seed, failure: null });
      expect(result.agreed).toBeGreaterThan(5);
    }
  });

  it("majority vote waits for a coordinator that is away: what elections are for", () => {
    const create = (id: NodeId, members: readonly NodeId[]) => new MajorityVote(id, members);
    const disconnected = {
      ...defaultGroupRun.network,
      links: [2, 3, 4, 5].map((to) => ({ from: 1, to, lossChance: 1 })),
    };
    const options = { ...defaultGroupRun, seed: 1, faults: noFaults, livenessMs: 1000 };
    const whole = new GroupRun(options, create).run();
    const cut = new GroupRun({ ...options, network: disconnected, safetyMs: 5000 }, create).run();
    expect(whole.agreed).toBeGreaterThan(20);
    expect(cut.agreed).toBeLessThan(10);
  });

  it("Raft agrees under every fault, disks included", () => {
    for (const seed of seeds) {
      const create = (id: NodeId, members: readonly NodeId[]) => new Raft(id, raftOptions(members));
      const result = new GroupRun({ ...defaultGroupRun, seed }, create).run();
      expect(result).toMatchObject({ seed, failure: null });
      expect(result.agreed).toBeGreaterThan(20);
    }
  });

  it("finds an algorithm that does not agree, with the event", () => {
    const options = { ...defaultGroupRun, seed: 1 };
    const { failure } = new GroupRun(options, (id, members) => new Hasty(id, members)).run();
    expect(failure?.message).toMatch(
      /^agreement: at \d+ node \d commits command \d+, node \d command/,
    );
    expect(failure?.event).toBeGreaterThan(0);
  });
});

describe("MajorityVote", () => {
  it("sends proposals to its coordinator, the lowest of its members", () => {
    const voter = new MajorityVote(3, [2, 3, 4]);
    expect(voter.status()).toMatchObject({ role: "voter", leader: 2, commitIndex: 0 });
    expect(voter.membership().voters).toEqual([2, 3, 4]);
  });
});
