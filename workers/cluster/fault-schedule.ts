/**
 * Faults by chance, from a seed: the safety phase of a run. Each kind comes at exponentially
 * distributed times and ends by itself. Afterwards the liveness phase repairs everything within a
 * connected majority, which then must finish.
 */
import { checkChances, checkPositive } from "./delay.ts";
import { drawPartition, type PartitionMode, partitionModes } from "./partition.ts";
import type { NodeId } from "./process.ts";
import type { Random } from "./random.ts";
import type { Simulation } from "./simulation.ts";

/** Mean time between two faults of a kind, and mean time until one is repaired. */
interface FaultRate {
  readonly everyMs: number;
  readonly lastsMs: number;
}

export interface FaultOptions {
  readonly crash: FaultRate | null;
  readonly pause: FaultRate | null;
  readonly partition:
    | (FaultRate & {
        readonly modes: readonly PartitionMode[];
        /** Chance that only one direction is cut. */
        readonly asymmetricChance: number;
      })
    | null;
  readonly clog: FaultRate | null;
  /** Clocks that run too fast or too slow by up to `ppmMax`. */
  readonly drift: (FaultRate & { readonly ppmMax: number }) | null;
  /** Clocks that jump by up to `byMaxMs`, forwards or backwards. */
  readonly clockStep: { readonly everyMs: number; readonly byMaxMs: number } | null;
  /**
   * Chance, at each crash of one of the few nodes chosen by the seed, that its disk has also lost or
   * spoiled durable records. As many disks as the algorithm needs always stay whole.
   */
  readonly diskDamageChance: number;
}

export const noFaults: FaultOptions = {
  crash: null,
  pause: null,
  partition: null,
  clog: null,
  drift: null,
  clockStep: null,
  diskDamageChance: 0,
};

/** Every kind of fault, often enough that a minute of virtual time sees dozens. */
export const allFaults: FaultOptions = {
  crash: { everyMs: 1500, lastsMs: 600 },
  pause: { everyMs: 2500, lastsMs: 400 },
  partition: { everyMs: 2000, lastsMs: 900, modes: partitionModes, asymmetricChance: 0.3 },
  clog: { everyMs: 1500, lastsMs: 300 },
  drift: { everyMs: 4000, lastsMs: 3000, ppmMax: 200 },
  clockStep: null,
  diskDamageChance: 0.05,
};

export class FaultSchedule<Message, Stored> {
  readonly #simulation: Simulation<Message, Stored>;
  readonly #options: FaultOptions;
  readonly #targets: readonly NodeId[];
  readonly #random: Random;
  /** The nodes whose disks may be damaged. */
  readonly #fragile: ReadonlySet<NodeId>;
  readonly #damaged = new Set<NodeId>();
  #active = false;

  /**
   * Faults strike the targets only; other nodes, such as clients, live outside the experiment. Disks
   * of at most `fragileMax` targets may be damaged for good, without it of a minority.
   */
  constructor(
    simulation: Simulation<Message, Stored>,
    options: FaultOptions,
    targets: readonly NodeId[],
    fragileMax: number = Math.floor((targets.length - 1) / 2),
  ) {
    this.#simulation = simulation;
    this.#options = options;
    this.#targets = targets;
    this.#random = simulation.random.fork("faults");
    checkChances(options);
    for (const [kind, rate] of Object.entries(options)) {
      if (typeof rate !== "object" || rate === null) continue;
      checkPositive(`everyMs of ${kind}`, rate.everyMs);
    }
    this.#fragile = new Set(this.#random.shuffle(targets).slice(0, Math.max(fragileMax, 0)));
  }

  /** Nodes whose disks have been damaged, which an algorithm may keep out of the cluster for good. */
  get damaged(): ReadonlySet<NodeId> {
    return this.#damaged;
  }

  /** Begins the safety phase. */
  start(): void {
    this.#active = true;
    const { crash, pause, partition, clog, drift, clockStep } = this.#options;
    if (crash !== null) this.#every(crash.everyMs, "crash", () => this.#crash(crash));
    if (pause !== null) this.#every(pause.everyMs, "pause", () => this.#pause(pause));
    if (partition !== null && this.#targets.length > 1) {
      this.#every(partition.everyMs, "partition", () => this.#partition(partition));
    }
    if (clog !== null && this.#targets.length > 1) {
      this.#every(clog.everyMs, "clog", () => this.#clog(clog));
    }
    if (drift !== null) this.#every(drift.everyMs, "drift", () => this.#drift(drift));
    if (clockStep !== null) {
      this.#every(clockStep.everyMs, "clock step", () => this.#clockStep(clockStep.byMaxMs));
    }
  }

  /**
   * Ends the safety phase: no further faults, a reliable network, and every node up whose disk is
   * whole. Nodes with damaged disks stay as they are.
   */
  startLiveness(): void {
    this.#active = false;
    this.#simulation.network.becomeReliable();
    for (const id of this.#targets) {
      this.#simulation.setDrift(id, 0);
      this.#simulation.resume(id);
      this.#simulation.restart(id);
    }
  }

  #every(everyMs: number, label: string, strike: () => void): void {
    this.#simulation.schedule(this.#random.exponential(everyMs), label, () => {
      if (!this.#active) return;
      strike();
      this.#every(everyMs, label, strike);
    });
  }

  /** Undoes a fault after a random time, unless the liveness phase has begun. */
  #repairAfter(meanMs: number, label: string, repair: () => void): void {
    this.#simulation.schedule(this.#random.exponential(meanMs), label, () => {
      if (this.#active) repair();
    });
  }

  #crash(rate: FaultRate): void {
    const simulation = this.#simulation;
    const id = this.#random.pick(this.#targets);
    const state = simulation.node(id).state;
    if (state !== "up" && state !== "paused") return;
    simulation.crash(id);
    simulation.note(`node ${id}`);
    if (this.#fragile.has(id) && this.#random.chance(this.#options.diskDamageChance)) {
      const disk = simulation.node(id).disk;
      const damaged = this.#random.chance(0.5) ? disk.corrupt() : disk.loseDurable();
      if (damaged) {
        this.#damaged.add(id);
        simulation.note("disk damaged");
      }
    }
    this.#repairAfter(rate.lastsMs, `restart ${id}`, () => simulation.restart(id));
  }

  #pause(rate: FaultRate): void {
    const id = this.#random.pick(this.#targets);
    this.#simulation.pause(id);
    this.#simulation.note(`node ${id}`);
    this.#repairAfter(rate.lastsMs, `resume ${id}`, () => this.#simulation.resume(id));
  }

  #partition(options: NonNullable<FaultOptions["partition"]>): void {
    const mode = this.#random.pick(options.modes);
    const side = drawPartition(mode, this.#targets, this.#random);
    const asymmetric = this.#random.chance(options.asymmetricChance);
    const { network } = this.#simulation;
    network.heal();
    for (const inside of side) {
      for (const outside of this.#targets) {
        if (side.includes(outside)) continue;
        network.block(inside, outside);
        if (!asymmetric) network.block(outside, inside);
      }
    }
    this.#simulation.note(`${mode}${asymmetric ? " one way" : ""}: ${side.join(" ")}`);
    this.#repairAfter(options.lastsMs, "heal", () => network.heal());
  }

  #clog(rate: FaultRate): void {
    const [from, to] = this.#random.shuffle(this.#targets);
    if (from === undefined || to === undefined) return;
    this.#simulation.clog(from, to, this.#random.exponential(rate.lastsMs));
    this.#simulation.note(`${from}->${to}`);
  }

  #drift(options: NonNullable<FaultOptions["drift"]>): void {
    const id = this.#random.pick(this.#targets);
    const ppm = Math.round((2 * this.#random.float() - 1) * options.ppmMax);
    this.#simulation.setDrift(id, ppm);
    this.#simulation.note(`node ${id} by ${ppm} ppm`);
    this.#repairAfter(options.lastsMs, `drift of ${id} ends`, () => {
      this.#simulation.setDrift(id, 0);
    });
  }

  #clockStep(byMaxMs: number): void {
    const id = this.#random.pick(this.#targets);
    const byMs = Math.round((2 * this.#random.float() - 1) * byMaxMs);
    this.#simulation.stepClock(id, byMs);
    this.#simulation.note(`node ${id} by ${byMs} ms`);
  }
}
