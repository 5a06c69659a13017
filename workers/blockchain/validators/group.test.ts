import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DiskWrite } from "../../cluster/disk.ts";
import type { LiveClock } from "../../cluster/live.ts";
import type { Applied, LedgerEntry } from "../engine/entry.ts";
import { ValidatorGroup, type ValidatorOptions } from "./group.ts";
import type { LedgerPlace, LedgerResult, Ledgers, LedgerWork, StoredEntry } from "./ledger.ts";
import { validatorLimits } from "./limits.ts";
import { Orderer } from "./orderer.ts";

/** A clock that the test moves. */
class ManualClock implements LiveClock {
  nowMs = 0;
  #wakes: { readonly atMs: number; readonly run: () => void }[] = [];

  monotonicMs(): number {
    return this.nowMs;
  }

  wake(delayMs: number, run: () => void): () => void {
    const wake = { atMs: this.nowMs + Math.max(1, Math.ceil(delayMs)), run };
    this.#wakes.push(wake);
    return () => {
      this.#wakes = this.#wakes.filter((other) => other !== wake);
    };
  }

  get waiting(): number {
    return this.#wakes.length;
  }

  async pass(byMs: number): Promise<void> {
    const endMs = this.nowMs + byMs;
    for (;;) {
      await settle();
      const due = this.#wakes
        .filter(({ atMs }) => atMs <= endMs)
        .toSorted((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#wakes = this.#wakes.filter((other) => other !== due);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.run();
    }
    this.nowMs = endMs;
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A disk with a hash chain of entries on it: what they are does not matter to the validators. */
class Disk {
  readonly entries: StoredEntry[] = [];
  readonly ids = new Set<string>();
  hash = "genesis";
  broken = false;
}

function placeOf({ entries, ids, hash }: Disk): LedgerPlace {
  const sequence = entries.at(-1)?.sequence ?? 0;
  return { sequence, height: ids.size, headHash: hash, stateRoot: hash };
}

class ChainedHashes implements Ledgers {
  readonly disks: Map<number, Disk>;

  constructor(disks: Map<number, Disk>) {
    this.disks = disks;
  }

  async open(validator: number): Promise<LedgerPlace> {
    return placeOf(this.#disk(validator));
  }

  async apply(work: readonly LedgerWork[]): Promise<readonly LedgerResult[]> {
    const results: LedgerResult[] = [];
    for (const { sequence, text, validators } of work) {
      for (const validator of validators) {
        await Promise.resolve();
        const disk = this.#disk(validator);
        if (disk.broken) {
          const failure = { name: "Error", message: "the disk is full" };
          results.push({ sequence, validator, place: null, failure });
          continue;
        }
        append(disk, sequence, JSON.parse(text) as LedgerEntry);
        results.push({ sequence, validator, place: placeOf(disk), failure: null });
      }
    }
    return results;
  }

  async entriesAfter(validator: number, after: number, limit: number) {
    const { entries } = this.#disk(validator);
    return entries.filter(({ sequence }) => sequence > after).slice(0, limit);
  }

  flush(): void {
    // It has no disk to flush.
  }

  #disk(validator: number): Disk {
    const known = this.disks.get(validator) ?? new Disk();
    this.disks.set(validator, known);
    return known;
  }
}

function append(disk: Disk, sequence: number, entry: LedgerEntry): void {
  const last = placeOf(disk).sequence;
  // A crash while it was applied: the next life comes with it again.
  if (sequence <= last) return;
  disk.entries.push({ sequence, entry });
  if (disk.ids.has(entry.id)) return;
  disk.ids.add(entry.id);
  disk.hash = createHash("sha256")
    .update(disk.hash + entry.id)
    .digest("hex");
}

const entry = (id: string): LedgerEntry => ({ kind: "operation", id, operations: [] });

function fixture(options: Partial<ValidatorOptions> = {}, old?: Map<number, Disk>) {
  const clock = new ManualClock();
  const disks = old ?? new Map<number, Disk>();
  const group = new ValidatorGroup({
    consensus: "raft",
    validators: 3,
    seed: 7,
    clock,
    now: () => clock.nowMs,
    base: 0,
    ledgers: new ChainedHashes(disks),
    ...options,
  });
  const first: string[] = [];
  const known = new Set([...disks.values()].flatMap(({ ids }) => [...ids]));
  const carriedOut = Math.max(
    0,
    ...[...disks.values()].map(({ entries }) => entries.at(-1)?.sequence ?? 0),
  );
  const orderer = new Orderer(group, carriedOut, {
    clock,
    nextBlock: () => null,
    async carryOut(sequence, { id }) {
      await Promise.resolve();
      const isNew = !first.includes(id) && !known.has(id);
      if (isNew) first.push(id);
      return {
        sequence,
        version: first.length,
        outcome: isNew ? { kind: "state" } : { kind: "nothing", why: "carried out before" },
        refused: [],
        changes: { accounts: new Map(), slots: new Map(), codes: new Map() },
      };
    },
    onFailure(error) {
      throw error;
    },
  });
  group.start();
  return { clock, group, orderer, disks, first };
}

type Fixture = ReturnType<typeof fixture>;

/** Submits, and lets time pass until the answer is there. */
async function agree(
  { clock, orderer }: Fixture,
  id: string,
  timeoutMs = 10_000,
): Promise<Applied> {
  const outcome: { result?: Applied; error?: Error } = {};
  void orderer.submit(entry(id), timeoutMs).then(
    (result) => (outcome.result = result),
    (error: Error) => (outcome.error = error),
  );
  for (let step = 0; step < 1_200 && Object.keys(outcome).length === 0; step++)
    await clock.pass(10);
  if (outcome.result === undefined) throw outcome.error ?? new Error("no answer");
  return outcome.result;
}

const heads = ({ disks }: Fixture) => [...disks.values()].map(({ hash }) => hash);
const idsOn = ({ disks }: Fixture, id: number) => [...(disks.get(id)?.ids ?? [])];

describe.each([
  { consensus: "raft" as const, validators: 3 },
  { consensus: "raft" as const, validators: 4 },
  { consensus: "pbft" as const, validators: 4 },
  { consensus: "pbft" as const, validators: 7 },
])("$validators validators ordered by $consensus", (options) => {
  it("carry the same entries out in the same order", async () => {
    const run = fixture(options);
    for (const id of ["a", "b", "c"]) await agree(run, id);
    await run.clock.pass(1_000);
    expect(run.first).toEqual(["a", "b", "c"]);
    for (const id of run.group.ids) expect(idsOn(run, id)).toEqual(["a", "b", "c"]);
    expect(new Set(heads(run)).size).toBe(1);
  });

  it("go on when the leader crashes, and bring it up to date when it is back", async () => {
    const run = fixture(options);
    await agree(run, "a");
    // Carried out, too.
    await run.clock.pass(validatorLimits.carryOutTogetherMs);
    const leader = run.group.leader as number;
    run.group.crash(leader);
    await agree(run, "b");
    expect(run.group.leader).not.toBe(leader);
    expect(idsOn(run, leader)).toEqual(["a"]);
    run.group.restart(leader);
    await run.clock.pass(3_000);
    expect(idsOn(run, leader)).toEqual(["a", "b"]);
  });

  it("bring one up to date that was away for longer than the log reaches", async () => {
    const run = fixture(options);
    await agree(run, "first");
    await run.clock.pass(100);
    const away = run.group.ids.at(-1) as number;
    run.group.crash(away);
    const count = options.consensus === "raft" ? validatorLimits.snapshotEveryEntries + 200 : 200;
    const answers: Promise<Applied>[] = [];
    for (let i = 0; i < count; i++) {
      answers.push(run.orderer.submit(entry(`entry ${i}`), 1e9));
      if (i % 500 === 499) await run.clock.pass(600);
    }
    await run.clock.pass(10_000);
    await Promise.all(answers);
    expect(idsOn(run, away)).toHaveLength(1);
    run.group.restart(away);
    await run.clock.pass(10_000);
    expect(idsOn(run, away)).toHaveLength(count + 1);
    expect(new Set(heads(run)).size).toBe(1);
  }, 60_000);

  it("agree on nothing without a quorum, and on what waited when it is back", async () => {
    const run = fixture(options);
    await agree(run, "a");
    const half = run.group.ids.slice(0, Math.ceil(run.group.ids.length / 2) - 1);
    run.group.partition([
      half,
      ...run.group.ids.filter((id) => !half.includes(id)).map((id) => [id]),
    ]);
    await expect(agree(run, "b", 1_500)).rejects.toMatchObject({ reason: "undecided" });
    await expect(agree(run, "c", 1_000)).rejects.toMatchObject({ reason: "no quorum" });
    expect(run.group.quorumReached).toBe(false);
    run.group.heal();
    await agree(run, "d");
    await run.clock.pass(2_000);
    expect(run.first).toEqual(["a", "b", "d"]);
    expect(new Set(heads(run)).size).toBe(1);
  });

  it("rest when all is done, and wake for an entry", async () => {
    const run = fixture(options);
    await agree(run, "a");
    await run.clock.pass(5_000);
    expect(run.group.resting).toBe(true);
    expect(run.clock.waiting).toBe(0);
    await run.clock.pass(60_000);
    await agree(run, "b");
    expect(run.first).toEqual(["a", "b"]);
  });
});

describe("the validators", () => {
  it("refuse sizes that the algorithm cannot work with", () => {
    expect(() => fixture({ consensus: "pbft", validators: 3 })).toThrow(/PBFT .* 4 to 7/);
    expect(() => fixture({ validators: 2 })).toThrow(/3 to 7/);
    expect(() => fixture({ validators: 8 })).toThrow(/3 to 7/);
  });

  it("go on without one whose ledger cannot be written", async () => {
    const run = fixture();
    await agree(run, "a");
    await run.clock.pass(500);
    (run.disks.get(3) as Disk).broken = true;
    await agree(run, "b");
    await run.clock.pass(500);
    expect(run.group.failures.get(3)).toBe("the disk is full");
    expect(run.group.isUp(3)).toBe(false);
    (run.disks.get(3) as Disk).broken = false;
    run.group.restart(3);
    await run.clock.pass(3_000);
    expect(idsOn(run, 3)).toEqual(["a", "b"]);
  });

  it("begin another history after the one before, those behind first brought up to date", async () => {
    const before = fixture();
    for (const id of ["a", "b"]) await agree(before, id);
    before.group.crash(3);
    await agree(before, "c");
    await before.clock.pass(500);
    await before.group.stop();
    const base = before.orderer.sequence;
    const after = fixture({ consensus: "pbft", validators: 4, base }, before.disks);
    await agree(after, "d");
    await after.clock.pass(2_000);
    for (const id of after.group.ids) expect(idsOn(after, id)).toEqual(["a", "b", "c", "d"]);
  });

  it("go on from their journals after all of them were stopped", async () => {
    const kept = new Map<number, unknown[]>();
    const mirror = (id: number) => ({
      records: [...(kept.get(id) ?? [])],
      write(writes: readonly DiskWrite<unknown>[], done: () => void) {
        for (const write of writes) {
          if (write.kind === "replace") kept.set(id, [...write.records]);
          else kept.set(id, [...(kept.get(id) ?? []), write.record]);
        }
        queueMicrotask(done);
      },
    });
    const before = fixture({ mirror });
    for (const id of ["a", "b", "c"]) await agree(before, id);
    await before.group.stop();
    // One ledger is gone: it comes again from the others, wherever the log begins.
    before.disks.delete(2);
    const after = fixture({ mirror }, before.disks);
    await agree(after, "d");
    await after.clock.pass(3_000);
    for (const id of after.group.ids) expect(idsOn(after, id)).toEqual(["a", "b", "c", "d"]);
  });

  it("lose and double nothing that was answered, whatever breaks", async () => {
    const fault = fc.oneof(
      fc.record({ kind: fc.constant("crash" as const), id: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant("restart" as const), id: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant("cut" as const), id: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant("heal" as const), id: fc.constant(0) }),
      fc.record({ kind: fc.constant("loss" as const), id: fc.integer({ min: 0, max: 30 }) }),
      fc.record({ kind: fc.constant("entry" as const), id: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant("pass" as const), id: fc.integer({ min: 1, max: 400 }) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.constantFrom("raft" as const, "pbft" as const),
        fc.array(fault, { maxLength: 60 }),
        async (seed, consensus, faults) => {
          const run = fixture({ seed, consensus, validators: 5 });
          const answered: string[] = [];
          let count = 0;
          for (const { kind, id } of faults) {
            try {
              if (kind === "crash") run.group.crash(id);
              else if (kind === "restart") run.group.restart(id);
              else if (kind === "cut") run.group.partition([[id]]);
              else if (kind === "heal") run.group.heal();
              else if (kind === "loss")
                run.group.setLinks({ lossChance: id / 100, delayMeanMs: 2 });
            } catch {
              // Not possible just now.
            }
            if (kind === "pass") await run.clock.pass(id);
            if (kind !== "entry") continue;
            for (let each = 0; each < id; each++) {
              const name = `entry ${(count += 1)}`;
              void run.orderer.submit(entry(name), 1e9).then(() => answered.push(name));
            }
            await run.clock.pass(5);
          }
          run.group.heal();
          await run.clock.pass(15_000);
          const all = Array.from({ length: count }, (_, place) => `entry ${place + 1}`);
          expect(answered).toEqual(all);
          expect(run.first).toEqual(all);
          for (const id of run.group.ids) expect(idsOn(run, id)).toEqual(all);
          expect(new Set(heads(run)).size).toBe(1);
          await run.group.stop();
        },
      ),
      { numRuns: 100 },
    );
  }, 120_000);
});
