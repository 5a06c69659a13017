import { describe, expect, it } from "vitest";
import type { DiskWrite } from "../../cluster/disk.ts";
import type { LiveClock } from "../../cluster/live.ts";
import { consensusStatusSchema } from "../contract.ts";
import type { RaftRecord } from "../raft/types.ts";
import { ConsensusGroup, type GroupOptions } from "./group.ts";
import {
  electionTimeoutMaxMs,
  eventsKeptMax,
  snapshotEveryEntries,
  trailingEntries,
} from "./limits.ts";

/** A clock that the test moves. */
class ManualClock implements LiveClock {
  nowMs = 0;
  #wakes: { readonly atMs: number; readonly run: () => void }[] = [];
  wakings = 0;

  monotonicMs(): number {
    return this.nowMs;
  }

  wake(delayMs: number, run: () => void): () => void {
    // Whole milliseconds, as the timers of a thread are.
    const wake = { atMs: this.nowMs + Math.max(1, Math.ceil(delayMs)), run };
    this.#wakes.push(wake);
    return () => {
      this.#wakes = this.#wakes.filter((other) => other !== wake);
    };
  }

  get waiting(): number {
    return this.#wakes.length;
  }

  /** Lets time pass; between two wakings promises settle. */
  async pass(byMs: number): Promise<void> {
    const endMs = this.nowMs + byMs;
    for (;;) {
      const due = this.#wakes
        .filter(({ atMs }) => atMs <= endMs)
        .toSorted((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#wakes = this.#wakes.filter((other) => other !== due);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      this.wakings += 1;
      due.run();
      await Promise.resolve();
    }
    this.nowMs = endMs;
  }
}

function fixture(options: Partial<GroupOptions> = {}) {
  const clock = new ManualClock();
  const group = new ConsensusGroup({
    seed: 11,
    nodes: 3,
    clock,
    now: () => 1_000_000 + clock.nowMs,
    storage: { kind: "memory", detail: "for the test" },
    ...options,
  });
  group.start();
  return { clock, group };
}

/** Proposes, and lets time pass until the answer is there. */
async function agree({ clock, group }: ReturnType<typeof fixture>, command: string) {
  const outcome: { error?: Error; place?: Awaited<ReturnType<ConsensusGroup["propose"]>> } = {};
  const done = group.propose(command, { timeoutMs: 3_000 }).then(
    (place) => (outcome.place = place),
    (error: Error) => (outcome.error = error),
  );
  for (let step = 0; step < 400 && Object.keys(outcome).length === 0; step++) await clock.pass(10);
  await done;
  if (outcome.place === undefined) throw outcome.error;
  return outcome.place;
}

const commandsIn = (group: ConsensusGroup, node: number) =>
  group
    .log(node, Number.MAX_SAFE_INTEGER, 500)
    .entries.filter(({ kind, committed }) => kind === "command" && committed)
    .map(({ command }) => command)
    .toReversed();

describe("a live group", () => {
  it("elects a leader without waiting for a timeout, and says so", async () => {
    const { clock, group } = fixture();
    expect(group.status()).toMatchObject({ health: "degraded", leader: null, experiment: null });
    await clock.pass(100);
    const status = group.status();
    expect(status).toMatchObject({
      health: "healthy",
      verdict: "3 of 3 nodes agree, node 1 leads term 1, commit 1",
      leader: 1,
      term: 1,
      quorum: 2,
      elections: 1,
    });
    expect(consensusStatusSchema.parse(status)).toEqual(status);
    expect(status.nodes.map(({ role }) => role)).toEqual(["leader", "follower", "follower"]);
    expect(status.nodes.map(({ votedFor }) => votedFor)).toEqual([1, 1, 1]);
    const told = group.events.page(Infinity, 10).map(({ kind }) => kind);
    expect(told).toEqual(expect.arrayContaining(["election", "vote", "leader"]));
  });

  it("agrees on commands in one order, with the same state on every node", async () => {
    const setup = fixture();
    const commands = ["a", "b", '{"c":1}'];
    const places = [];
    for (const command of commands) places.push(await agree(setup, command));
    await setup.clock.pass(500);
    expect(places.map(({ term, attempts }) => [term, attempts])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    expect(new Set(places.map(({ index }) => index)).size).toBe(3);
    for (const node of [1, 2, 3]) expect(commandsIn(setup.group, node)).toEqual(commands);
    const { nodes } = setup.group.status();
    expect(new Set(nodes.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(nodes.map(({ applied }) => applied)).toEqual([3, 3, 3]);
    const { entries } = setup.group.log(1, Number.MAX_SAFE_INTEGER, 500);
    for (const [place, { index, term }] of places.entries()) {
      expect(entries.find((entry) => entry.index === index)).toMatchObject({
        command: commands[place],
        term,
      });
    }
  });

  it("carries many proposals at once, each exactly once", async () => {
    const { clock, group } = fixture();
    const commands = Array.from({ length: 100 }, (_, place) => `command ${place}`);
    const all = Promise.all(
      commands.map((command) => group.propose(command, { timeoutMs: 3_000 })),
    );
    await clock.pass(2_000);
    const places = await all;
    expect(new Set(places.map(({ index }) => index)).size).toBe(100);
    expect(new Set(commandsIn(group, 1))).toEqual(new Set(commands));
    expect(group.status().proposals).toMatchObject({ committed: 100, failed: 0, waiting: 0 });
  });

  it("elects another leader within two seconds when the leader crashes", async () => {
    const setup = fixture();
    await agree(setup, "before");
    setup.group.crash(1);
    const beganMs = setup.clock.nowMs;
    const after = await agree(setup, "after");
    expect(setup.clock.nowMs - beganMs).toBeLessThan(2_000);
    expect(after.leader).not.toBe(1);
    expect(after.term).toBeGreaterThan(1);
    const status = setup.group.status();
    expect(status.health).toBe("degraded");
    expect(status.lastFailoverMs).toBeLessThan(1.5 * electionTimeoutMaxMs);
    expect(status.experiment?.faults).toEqual(["crashed: node 1"]);

    setup.group.restart(1);
    await setup.clock.pass(1_000);
    expect(setup.group.status()).toMatchObject({ health: "healthy", experiment: null });
    expect(setup.group.status().nodes[0]).toMatchObject({ role: "follower", starts: 2 });
    expect(commandsIn(setup.group, 1)).toEqual(["before", "after"]);
  });

  it("goes on with the majority, and brings the minority up to date", async () => {
    const setup = fixture();
    await agree(setup, "before");
    setup.group.partition([[1]]);
    const during = await agree(setup, "during");
    expect(during.leader).not.toBe(1);
    await setup.clock.pass(2_000);
    const { nodes } = setup.group.status();
    // Cut off, the old leader has noticed that it leads nobody.
    expect(nodes[0]).toMatchObject({ reachable: [], commitIndex: expect.any(Number) });
    expect(nodes[0]?.role).not.toBe("leader");
    expect(commandsIn(setup.group, 1)).toEqual(["before"]);
    setup.group.heal();
    await setup.clock.pass(3_000);
    expect(setup.group.status().health).toBe("healthy");
    expect(commandsIn(setup.group, 1)).toEqual(["before", "during"]);
  });

  it("refuses at once without a quorum, and agrees again when healed", async () => {
    const setup = fixture();
    await setup.clock.pass(100);
    setup.group.crash(2);
    setup.group.crash(3);
    await expect(setup.group.propose("x", { timeoutMs: 1_000 })).rejects.toMatchObject({
      reason: "no-quorum",
      message: expect.stringContaining("was not tried"),
    });
    expect(setup.group.status()).toMatchObject({ health: "failed", leader: null });
    setup.group.heal();
    await agree(setup, "y");
    expect(commandsIn(setup.group, 1)).toEqual(["y"]);
  });

  it("says of a command that was under way when the quorum was lost that it may come", async () => {
    const setup = fixture();
    await agree(setup, "first");
    const lost = setup.group.propose("second", { timeoutMs: 1_000 });
    const failure = lost.catch((error: unknown) => error);
    setup.group.crash(2);
    setup.group.crash(3);
    await setup.clock.pass(1_500);
    expect(await failure).toMatchObject({
      reason: "no-quorum",
      message: expect.stringContaining("may still be agreed on later"),
    });
    setup.group.heal();
    await setup.clock.pass(3_000);
    await agree(setup, "third");
    await setup.clock.pass(50);
    const agreed = commandsIn(setup.group, 1);
    // The log may hold it several times; it takes effect once.
    expect(setup.group.status().nodes[0]?.applied).toBe(new Set(agreed).size);
    expect(agreed.at(-1)).toBe("third");
  });

  it.each([1, 2, 3, 4, 5])("takes no command twice on a lossy network (seed %i)", async (seed) => {
    const setup = fixture({ seed, nodes: 5 });
    await setup.clock.pass(100);
    const propose = (name: string) =>
      Array.from({ length: 30 }, (_, place) =>
        setup.group.propose(`${name} ${place}`, { timeoutMs: 10_000 }),
      );
    // Sessions are open by the time that the network turns bad.
    const before = Promise.all(propose("early"));
    await setup.clock.pass(1_000);
    await before;
    setup.group.setFaults({ lossChance: 0.3, delayMeanMs: 20 });
    const commands = Array.from({ length: 30 }, (_, place) => `command ${place}`);
    const settled = Promise.allSettled(propose("command"));
    await setup.clock.pass(2);
    setup.group.crash(setup.group.leader() ?? 1);
    await setup.clock.pass(12_000);
    const outcomes = await settled;
    setup.group.heal();
    await setup.clock.pass(5_000);
    const agreed = commandsIn(setup.group, setup.group.leader() ?? 1);
    // A command may be in the log twice, but takes effect once.
    const distinct = new Set(agreed);
    const applied = setup.group.status().nodes.map((node) => node.applied);
    expect(applied).toEqual([1, 2, 3, 4, 5].map(() => distinct.size));
    const promised = commands.filter((_, place) => outcomes[place]?.status === "fulfilled");
    expect(agreed).toEqual(expect.arrayContaining(promised));
    expect(promised.length).toBeGreaterThan(20);
    // Some had to be sent again, or the test would show nothing.
    expect(setup.group.status().proposals.retries).toBeGreaterThan(0);
  });

  it("cuts its log behind snapshots and keeps a bounded number of events", async () => {
    const setup = fixture();
    const perRound = 500;
    const rounds = Math.ceil((1.2 * snapshotEveryEntries) / perRound);
    for (let round = 0; round < rounds; round++) {
      const commands = Array.from({ length: perRound }, (_, place) => `${round}/${place}`);
      const all = Promise.all(
        commands.map((command) => setup.group.propose(command, { timeoutMs: 3_000 })),
      );
      await setup.clock.pass(1_000);
      await all;
    }
    const { firstIndex, lastIndex } = setup.group.log(1, Number.MAX_SAFE_INTEGER, 1);
    expect(lastIndex).toBeGreaterThan(snapshotEveryEntries + trailingEntries);
    expect(firstIndex).toBeGreaterThan(1);
    expect(lastIndex - firstIndex).toBeLessThan(snapshotEveryEntries + trailingEntries + 100);
    const kept = setup.group.events.page(Infinity, 10_000);
    expect(kept.length).toBe(eventsKeptMax);
    expect(setup.group.events.dropped).toBe(setup.group.events.newest - eventsKeptMax);
    // A node that slept through it is caught up from the snapshot.
    setup.group.crash(3);
    await setup.clock.pass(100);
    setup.group.restart(3);
    await setup.clock.pass(1_000);
    expect(new Set(setup.group.status().nodes.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  it("stops with nothing left to wake and every proposal answered", async () => {
    const { clock, group } = fixture();
    await clock.pass(100);
    group.partition([[1], [2], [3]]);
    group.heal();
    const open = group.propose("x", { timeoutMs: 3_000 });
    const failure = open.catch((error: unknown) => error);
    let heard = 0;
    group.subscribe(() => (heard += 1));
    group.stop();
    expect(await failure).toMatchObject({ reason: "stopped" });
    const before = heard;
    expect(clock.waiting).toBe(0);
    await expect(group.propose("y", { timeoutMs: 100 })).rejects.toMatchObject({
      reason: "stopped",
    });
    expect(heard).toBe(before);
    expect(clock.waiting).toBe(0);
  });

  it("ends a proposal whose caller has gone", async () => {
    const { clock, group } = fixture();
    const controller = new AbortController();
    const open = group.propose("x", { timeoutMs: 3_000, signal: controller.signal });
    controller.abort(new Error("gone"));
    await expect(open).rejects.toThrow("gone");
    await clock.pass(1_000);
    expect(group.status().proposals.waiting).toBe(0);
  });

  it.each([
    ["an unknown node", [[7]]],
    ["a node twice", [[1], [1, 2]]],
    ["all nodes together", [[1, 2, 3]]],
  ])("refuses a partition with %s", (_, groups) => {
    const { group } = fixture();
    expect(() => group.partition(groups)).toThrow(expect.objectContaining({ reason: "partition" }));
  });

  it("refuses to crash what is down, to restart what is up, and unknown nodes", async () => {
    const { clock, group } = fixture();
    await clock.pass(100);
    const state = expect.objectContaining({ reason: "node-state" });
    expect(() => group.restart(1)).toThrow(state);
    group.crash(1);
    expect(() => group.crash(1)).toThrow(state);
    expect(() => group.crash(9)).toThrow(expect.objectContaining({ reason: "node-unknown" }));
  });

  it("is woken seldom while a node is down", async () => {
    const { clock, group } = fixture();
    await clock.pass(100);
    group.crash(3);
    await clock.pass(5_000);
    const before = clock.wakings;
    await clock.pass(10_000);
    expect(group.resting).toBe(false);
    expect((clock.wakings - before) / 10).toBeLessThan(45);
  });

  it("rests when everything is agreed on, and goes on with the same leader", async () => {
    const { clock, group } = fixture();
    await clock.pass(5_000);
    expect(group.status()).toMatchObject({ resting: true, health: "healthy", leader: 1, term: 1 });
    const before = clock.wakings;
    await clock.pass(60_000);
    expect(clock.wakings).toBe(before);
    await agree({ clock, group }, "after a rest");
    expect(group.status()).toMatchObject({ resting: false, leader: 1, term: 1 });
    await clock.pass(5_000);
    expect(group.resting).toBe(true);
    expect(group.nodeIds.map((node) => commandsIn(group, node))).toEqual(
      group.nodeIds.map(() => ["after a rest"]),
    );
  });

  it("is woken by every fault, and rests only when none is left", async () => {
    const { clock, group } = fixture();
    await clock.pass(5_000);
    expect(group.resting).toBe(true);
    group.partition([[1], [2, 3]]);
    await clock.pass(5_000);
    expect(group.status()).toMatchObject({ resting: false });
    expect(group.leader()).not.toBe(1);
    group.heal();
    await clock.pass(5_000);
    expect(group.resting).toBe(true);
    group.crash(group.leader() as number);
    await clock.pass(1_000);
    expect(group.status()).toMatchObject({ resting: false, health: "degraded" });
    expect(group.leader()).not.toBeNull();
  });
});

describe("a group whose disks are mirrored", () => {
  /** Journals as a store outside would keep them. */
  function journals() {
    const kept = new Map<number, RaftRecord[]>();
    const mirror = (id: number) => ({
      records: [...(kept.get(id) ?? [])],
      write(writes: readonly DiskWrite<RaftRecord>[], done: () => void) {
        for (const write of writes) {
          if (write.kind === "replace") kept.set(id, [...write.records]);
          else kept.set(id, [...(kept.get(id) ?? []), write.record]);
        }
        queueMicrotask(done);
      },
    });
    return { kept, mirror };
  }

  it("goes on after all of it was stopped: same log, same state, a later term", async () => {
    const { mirror } = journals();
    const first = fixture({ mirror });
    for (let place = 0; place < 300; place++) await agree(first, `command ${place}`);
    await first.clock.pass(500);
    const before = first.group.status();
    first.group.stop();

    const second = fixture({ mirror, seed: 12 });
    await agree(second, "afterwards");
    await second.clock.pass(500);
    const after = second.group.status();
    expect(after.term).toBeGreaterThan(before.term);
    expect(after.nodes.map(({ applied }) => applied)).toEqual([301, 301, 301]);
    expect(commandsIn(second.group, 2).slice(-2)).toEqual(["command 299", "afterwards"]);
  });

  it.each(["at once", "later"])("stops a node whose store fails %s; others go on", async (how) => {
    const { mirror } = journals();
    const broken = { fails: false };
    const setup = fixture({
      mirror: (id) => {
        const inner = mirror(id);
        return {
          records: inner.records,
          write: (writes, done) => {
            if (!broken.fails || id !== 2) inner.write(writes, done);
            else if (how === "later") queueMicrotask(() => done(new Error("the disk is full")));
            else throw new Error("the disk is full");
          },
        };
      },
    });
    await agree(setup, "a");
    broken.fails = true;
    await agree(setup, "b");
    const { nodes, health } = setup.group.status();
    expect(nodes[1]).toMatchObject({ state: "failed", reason: "the disk is full", role: null });
    expect(health).toBe("degraded");
  });
});
