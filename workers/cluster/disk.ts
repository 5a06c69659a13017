/** A node's journal in simulation: buffered writes, slow syncs, and what a crash leaves of them. */
import { checkChances, checkDelay, type Delay, drawDelayUs } from "./delay.ts";
import type { Journal, Storage } from "./process.ts";
import type { Random } from "./random.ts";

export interface DiskOptions {
  /** Time of a sync. */
  readonly sync: Delay;
  /** Chance that a sync takes `slowSync` instead. */
  readonly slowSyncChance: number;
  readonly slowSync: Delay;
  /** Chance, per record that was not yet synced, that a crash loses it. */
  readonly lossChance: number;
  /** Chance, per record that was not yet synced, that a crash tears it. */
  readonly tornChance: number;
}

export const defaultDisk: DiskOptions = {
  sync: { minMs: 0.1, meanMs: 0.3, maxMs: 5 },
  slowSyncChance: 0,
  slowSync: { minMs: 20, meanMs: 60, maxMs: 500 },
  lossChance: 0.5,
  tornChance: 0.2,
};

export type DiskWrite<Stored> =
  | { readonly kind: "append"; readonly record: Stored }
  | { readonly kind: "replace"; readonly records: readonly Stored[] };

/** A real store behind the simulated disk, which holds exactly what is durable on it. */
export interface DiskMirror<Stored> {
  /** What it holds when the simulation begins. */
  readonly records: readonly Stored[];
  /**
   * Makes these durable, all or nothing, after all that were written before, and says so later, never
   * before it returns. If it throws, or says why it failed, the node stops.
   */
  write(writes: readonly DiskWrite<Stored>[], done: (failure?: Error) => void): void;
}

export class Disk<Stored> implements Storage<Stored> {
  readonly #options: DiskOptions;
  readonly #random: Random;
  readonly #startSync: (sync: number, durationUs: number) => void;
  readonly #mirror: DiskMirror<Stored> | null;
  #records: (Stored | null)[] = [];
  #durableCount = 0;
  #pending: DiskWrite<Stored>[] = [];
  /** Of each sync under way, in order: how many pending writes it covers. */
  #syncs: { readonly sync: number; readonly writes: number }[] = [];
  #lastSync = 0;
  /** How many of the pending writes the mirror was given. */
  #mirrored = 0;
  #mirrorFailure: Error | null = null;
  #crashes = 0;

  /** `startSync` must call `finishSync` when the given time has passed, unless the node crashes. */
  constructor(
    options: DiskOptions,
    random: Random,
    startSync: (sync: number, durationUs: number) => void,
    mirror: DiskMirror<Stored> | null = null,
  ) {
    checkChances(options);
    checkDelay("sync", options.sync);
    checkDelay("slowSync", options.slowSync);
    this.#options = options;
    this.#random = random;
    this.#startSync = startSync;
    this.#mirror = mirror;
    if (mirror === null) return;
    // What survives a crash by luck would be on the simulated disk and not in the mirror.
    if (options.lossChance < 1) throw new RangeError("a mirrored disk needs lossChance 1");
    this.#records = [...mirror.records];
    this.#durableCount = this.#records.length;
  }

  read(): Journal<Stored> {
    return { records: [...this.#records], durableCount: this.#durableCount };
  }

  append(record: Stored): void {
    this.#pending.push({ kind: "append", record });
  }

  replace(records: readonly Stored[]): void {
    this.#pending.push({ kind: "replace", records: [...records] });
  }

  sync(): number {
    this.#lastSync += 1;
    this.#syncs.push({ sync: this.#lastSync, writes: this.#pending.length });
    if (this.#mirror !== null) {
      this.#syncMirror(this.#mirror, this.#lastSync);
      return this.#lastSync;
    }
    const slow = this.#random.chance(this.#options.slowSyncChance);
    const delay = slow ? this.#options.slowSync : this.#options.sync;
    this.#startSync(this.#lastSync, drawDelayUs(delay, this.#random));
    return this.#lastSync;
  }

  /** Makes durable what the sync covers. A later sync covers all earlier ones. */
  finishSync(sync: number): void {
    const position = this.#syncs.findIndex((entry) => entry.sync === sync);
    if (position < 0) return;
    if (this.#mirrorFailure !== null) throw this.#mirrorFailure;
    const writes = this.#syncs[position]!.writes;
    for (const write of this.#pending.slice(0, writes)) this.#apply(write);
    this.#mirrored = Math.max(0, this.#mirrored - writes);
    this.#pending = this.#pending.slice(writes);
    this.#durableCount = this.#records.length;
    this.#syncs = this.#syncs
      .slice(position + 1)
      .map((entry) => ({ sync: entry.sync, writes: entry.writes - writes }));
  }

  /** Power is cut: of the writes that no sync had covered, any subset survives, some of it torn. */
  crash(): void {
    let length = this.#records.length;
    for (const write of this.#pending) {
      const lost = this.#random.chance(this.#options.lossChance);
      if (write.kind === "replace") {
        // Later writes went to the new file, which without the rename nobody finds.
        if (lost) break;
        this.#apply(write);
        this.#durableCount = this.#records.length;
      } else if (lost) {
        // A hole, which shows only if something behind it survived.
        this.#records.push(null);
        continue;
      } else {
        this.#records.push(this.#random.chance(this.#options.tornChance) ? null : write.record);
      }
      length = this.#records.length;
    }
    this.#records.length = length;
    this.#pending = [];
    this.#syncs = [];
    // What the mirror is still writing survives by luck, as any write that no sync had covered.
    this.#mirrored = 0;
    this.#crashes += 1;
  }

  /** Spoils one durable record at rest. False when there is none. */
  corrupt(): boolean {
    const durable = Math.min(this.#durableCount, this.#records.length);
    if (durable === 0) return false;
    this.#records[this.#random.below(durable)] = null;
    return true;
  }

  /** Forgets the last durable records although their sync succeeded. False when there are none. */
  loseDurable(): boolean {
    const durable = Math.min(this.#durableCount, this.#records.length);
    if (durable === 0) return false;
    this.#records.length = this.#random.below(durable);
    return true;
  }

  /** The real store takes as long as it takes. */
  #syncMirror(mirror: DiskMirror<Stored>, sync: number): void {
    const writes = this.#pending.slice(this.#mirrored);
    const life = this.#crashes;
    this.#mirrored = this.#pending.length;
    mirror.write(writes, (failure) => {
      if (life !== this.#crashes) return;
      this.#mirrorFailure = failure ?? null;
      this.#startSync(sync, 0);
    });
  }

  #apply(write: DiskWrite<Stored>): void {
    if (write.kind === "append") this.#records.push(write.record);
    else this.#records = [...write.records];
  }
}
