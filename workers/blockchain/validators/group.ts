/**
 * The validators of the ledger: a consensus group in real time, with its faults at hand, in which each
 * node carries the agreed entries out on a ledger of its own.
 */
import { defaultDisk, type DiskMirror } from "../../cluster/disk.ts";
import { LiveCluster, type LiveClock } from "../../cluster/live.ts";
import { defaultNetwork } from "../../cluster/network.ts";
import type { NodeId } from "../../cluster/process.ts";
import { Simulation } from "../../cluster/simulation.ts";
import { GroupError } from "../../consensus/live/group-error.ts";
import {
  describeSides,
  GroupFaults,
  immediate,
  type LinkFaults,
  linkOf,
} from "../../consensus/live/group-faults.ts";
import type { LedgerEntry } from "../engine/entry.ts";
import { type ConsensusName, orderingBy, type Ordering } from "./consensus.ts";
import { ValidatorEvents } from "./events.ts";
import { leaderOf } from "./leader.ts";
import { Lane } from "./lane.ts";
import type { LedgerPlace, Ledgers, StoredEntry } from "./ledger.ts";
import { validatorLimits } from "./limits.ts";
import { mayRest } from "./rest.ts";
import { Validator } from "./validator.ts";

export interface ValidatorOptions {
  readonly consensus: ConsensusName;
  readonly validators: number;
  /** Decides every draw of chance of the group. */
  readonly seed: number;
  readonly clock: LiveClock;
  /** Milliseconds since the Unix epoch, for events. */
  readonly now: () => number;
  /** The sequence that this history of the consensus begins after; 0 for a new chain. */
  readonly base: number;
  readonly ledgers: Ledgers;
  /** What each node's journal is kept in; without it a stopped group is gone. */
  readonly mirror?: (id: NodeId) => DiskMirror<unknown>;
}

type AgreedListener = (stored: StoredEntry) => void;
type AppliedListener = (id: NodeId, place: LedgerPlace) => void;

const instant = { minMs: 0, meanMs: 0, maxMs: 0 };

export class ValidatorGroup {
  readonly ids: readonly NodeId[];
  readonly ordering: Ordering;
  readonly events: ValidatorEvents;
  readonly faults: GroupFaults;
  readonly simulation: Simulation<unknown, unknown>;
  /** The present or last life of each. */
  readonly lives = new Map<NodeId, Validator>();
  /** How far each validator's ledger is, or was when it was last open. */
  readonly places = new Map<NodeId, LedgerPlace>();
  /** Why a validator does not carry entries out any more. */
  readonly failures = new Map<NodeId, string>();
  elections = 0;
  lastFailoverMs: number | null = null;
  /** Whether somebody waits for an agreement; the group does not rest then. */
  awaited: () => boolean = () => false;
  readonly #options: ValidatorOptions;
  readonly #cluster: LiveCluster<unknown, unknown>;
  readonly #lane: Lane;
  readonly #agreedListeners = new Set<AgreedListener>();
  readonly #appliedListeners = new Set<AppliedListener>();
  readonly #changeListeners = new Set<() => void>();
  #leader: NodeId | null = null;
  #leaderLostAtMs: number | null = null;
  #changedAtMs = 0;
  #parsed: { readonly command: string; readonly entry: LedgerEntry } | null = null;
  #failuresTold = 0;

  /** @throws RangeError as `orderingBy` */
  constructor(options: ValidatorOptions) {
    this.#options = options;
    this.ids = Array.from({ length: options.validators }, (_, place) => place + 1);
    this.ordering = orderingBy(options.consensus, this.ids);
    this.events = new ValidatorEvents(options.now);
    this.#lane = new Lane({
      ledgers: options.ledgers,
      validators: () => this.#running(),
      reachable: (id) => this.reachable(id),
      onApplied: (id, place) => {
        this.places.set(id, place);
        for (const listener of this.#appliedListeners) listener(id, place);
      },
      onFailure: (id, error) => this.#onFailure(id, error),
      onIdle: () => this.#changed(),
      after: (ms, act) => options.clock.wake(ms, act),
    });
    this.simulation = new Simulation<unknown, unknown>(
      {
        seed: options.seed,
        nodes: options.validators,
        network: { ...defaultNetwork, ...linkOf(immediate), fifo: true },
        // Whatever was not synced is lost in a crash: the disk holds no more than its mirror.
        disk: { ...defaultDisk, sync: instant, lossChance: 1, tornChance: 0 },
        clockOffsetMaxMs: 0,
      },
      {
        create: (id) => this.#createLife(id),
        describe: (message) => this.ordering.describe(message),
        afterEvent: () => this.#afterEvent(),
        mirror: (id) => this.#mirrorOf(id),
      },
    );
    this.faults = new GroupFaults(this.ids, this.simulation.network, options.now, immediate);
    this.#cluster = new LiveCluster(this.simulation, options.clock, {
      mayRest: () => !this.awaited() && mayRest(this, this.#changedAtMs),
    });
  }

  get running(): boolean {
    return this.#cluster.running;
  }

  get resting(): boolean {
    return this.#cluster.resting;
  }

  start(): void {
    this.#cluster.start();
    this.#act(() => undefined);
    const { firstElection } = this.ordering;
    const [first] = this.ids;
    if (firstElection === null || first === undefined) return;
    this.#act((simulation) =>
      simulation.scheduleOn(first, 0, "first election", (context) => {
        const manager = this.lives.get(first)?.manager;
        manager?.onMessage(context, first, firstElection(manager.status().term));
      }),
    );
  }

  /** Ends every timer, and resolves when no ledger is being written any more. */
  async stop(): Promise<void> {
    this.#cluster.stop();
    for (const life of this.lives.values()) life.queue.length = 0;
    await this.#lane.settled();
    this.#changed();
  }

  /** Hears of each entry that a validator knows to be agreed on: from each validator, in its order. */
  onAgreed(listener: AgreedListener): () => void {
    this.#agreedListeners.add(listener);
    return () => this.#agreedListeners.delete(listener);
  }

  /** Hears of each entry that a validator carried out. */
  onApplied(listener: AppliedListener): () => void {
    this.#appliedListeners.add(listener);
    return () => this.#appliedListeners.delete(listener);
  }

  /** Hears of every visible change. */
  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /**
   * Puts an entry before the group. Whether and when it is agreed on only its application tells;
   * without that it may be proposed again, since an entry takes effect once.
   * @returns whether anybody took it
   */
  propose(entry: LedgerEntry): boolean {
    const command = JSON.stringify(entry);
    const leader = this.#leader;
    const targets = this.ordering.leaderProposes
      ? this.ids.filter((id) => id === leader)
      : this.ids.filter((id) => this.isUp(id));
    let taken = false;
    this.#act((simulation) => {
      for (const id of targets) {
        simulation.scheduleOn(id, 0, "propose", (context) => {
          taken =
            (this.lives.get(id)?.manager.propose(context, command).accepted ?? false) || taken;
        });
      }
    });
    return taken;
  }

  /** @throws GroupError node-unknown, node-state */
  crash(id: NodeId): void {
    this.#expectState(id, "up", "crash");
    this.#act((simulation) => simulation.crash(id));
    this.#forget(id);
    this.events.add("crash", `Validator ${id} has lost its power.`, id);
    this.#follow();
  }

  /** @throws GroupError node-unknown, node-state */
  restart(id: NodeId): void {
    this.#expectState(id, "crashed", "restart");
    this.events.add("restart", `Validator ${id} starts from its disk.`, id);
    this.failures.delete(id);
    this.#act((simulation) => simulation.restart(id));
    this.#follow();
  }

  /**
   * Cuts the links between these groups; validators that none of them names form one more.
   * @throws GroupError partition when one is unknown or named twice, or nothing would be cut
   */
  partition(groups: readonly (readonly NodeId[])[]): void {
    const sides = this.faults.partition(groups);
    this.#act(() => undefined);
    this.events.add("partition", `The network is cut: ${describeSides(sides)}.`);
    this.#follow();
  }

  setLinks(links: LinkFaults): void {
    this.faults.setLinks(links);
    this.#act(() => undefined);
    const loss = Math.round(100 * links.lossChance);
    this.events.add("faults", `The network loses ${loss} % and delays by ${links.delayMeanMs} ms.`);
    this.#changed();
  }

  /** Ends every fault. */
  heal(): void {
    this.faults.heal();
    this.events.add("heal", "The network is whole; crashed validators start again.");
    this.#act((simulation) => {
      for (const id of this.crashed) {
        this.failures.delete(id);
        simulation.restart(id);
      }
    });
    this.#follow();
  }

  get crashed(): readonly NodeId[] {
    return [...this.lives.keys()].filter((id) => this.simulation.node(id).state === "crashed");
  }

  isUp(id: NodeId): boolean {
    return this.simulation.node(id).state === "up";
  }

  /** How many agreed entries the validator that lags most has yet to carry out. */
  get lag(): number {
    return Math.max(0, ...this.#running().map(({ lag }) => lag));
  }

  /** Validators that it exchanges messages with. */
  reachable(id: NodeId): readonly NodeId[] {
    if (!this.isUp(id)) return [];
    return this.ids.filter(
      (other) => other !== id && this.isUp(other) && this.faults.connects(id, other),
    );
  }

  get quorumReached(): boolean {
    const { quorum } = this.ordering;
    return this.ids.some((id) => this.isUp(id) && this.reachable(id).length + 1 >= quorum);
  }

  /** Who leads the highest term with a quorum in reach. */
  get leader(): NodeId | null {
    return this.#leader;
  }

  #running(): readonly Validator[] {
    if (!this.running) return [];
    return this.ids.flatMap((id) => (this.isUp(id) ? (this.lives.get(id) ?? []) : []));
  }

  #createLife(id: NodeId): Validator {
    const life = new Validator(id, this.ordering, this.#options.base, {
      parse: (command) => this.#parse(command),
      flush: () => this.#options.ledgers.flush(id),
      onWork: () => this.#lane.wake(),
      onAgreed: (stored) => {
        for (const listener of this.#agreedListeners) listener(stored);
      },
    });
    this.lives.set(id, life);
    void this.#openLedger(life);
    return life;
  }

  /** The validators are given the same commands, one soon after the other. */
  #parse(command: string): LedgerEntry {
    if (this.#parsed?.command !== command) {
      this.#parsed = { command, entry: JSON.parse(command) as LedgerEntry };
    }
    return this.#parsed.entry;
  }

  /** A life before this one may still be writing its last entry. */
  async #openLedger(life: Validator): Promise<void> {
    await this.#lane.settled();
    if (this.lives.get(life.id) !== life) return;
    try {
      const place = await this.#options.ledgers.open(life.id);
      if (this.lives.get(life.id) !== life || !this.isUp(life.id)) return;
      life.place = place;
      this.places.set(life.id, place);
      this.#lane.wake();
    } catch (error) {
      this.#onFailure(life.id, error as Error);
    }
  }

  #forget(id: NodeId): void {
    const life = this.lives.get(id);
    if (life === undefined) return;
    life.queue.length = 0;
    life.place = null;
  }

  /** A ledger that cannot be written takes no further part; the others go on. */
  #onFailure(id: NodeId, error: Error): void {
    this.failures.set(id, error.message);
    this.events.add("failure", `Validator ${id} has stopped: ${error.message}`, id);
    if (this.isUp(id) && this.running) this.#act((simulation) => simulation.crash(id));
    this.#forget(id);
    this.#follow();
    if (error.name !== "StateDamaged") return;
    // Its next life begins an empty ledger, which the others fill.
    this.#options.clock.wake(validatorLimits.refillAfterMs, () => {
      if (this.running && !this.isUp(id)) this.restart(id);
    });
  }

  #mirrorOf(id: NodeId): DiskMirror<unknown> | null {
    const mirror = this.#options.mirror?.(id);
    if (mirror === undefined) return null;
    return {
      records: mirror.records,
      write: (writes, done) => mirror.write(writes, (failure) => this.#act(() => done(failure))),
    };
  }

  #afterEvent(): void {
    const { failures } = this.simulation;
    for (; this.#failuresTold < failures.length; this.#failuresTold++) {
      const failure = failures[this.#failuresTold];
      if (failure === undefined) break;
      this.failures.set(failure.node, failure.reason);
      this.events.add(
        "failure",
        `Validator ${failure.node} has stopped: ${failure.reason}`,
        failure.node,
      );
      this.#forget(failure.node);
    }
    if (leaderOf(this) !== this.#leader) this.#follow();
  }

  /** Notes who leads now, and how long nobody did. */
  #follow(): void {
    const leader = leaderOf(this);
    const { nowMs } = this.simulation;
    if (leader !== this.#leader) {
      if (leader === null) this.#leaderLostAtMs = nowMs;
      else {
        this.elections += 1;
        const term = this.lives.get(leader)?.manager.status().term ?? 0;
        this.events.add("leader", `Validator ${leader} leads term ${term}.`, leader);
        if (this.#leaderLostAtMs !== null) this.lastFailoverMs = nowMs - this.#leaderLostAtMs;
        this.#leaderLostAtMs = null;
      }
      this.#leader = leader;
    }
    this.#lane.wake();
    this.#changed();
  }

  #changed(): void {
    this.#changedAtMs = this.simulation.nowMs;
    for (const listener of this.#changeListeners) listener();
  }

  #act(run: (simulation: Simulation<unknown, unknown>) => void): void {
    this.#cluster.act(run);
  }

  #expectState(id: NodeId, state: "up" | "crashed", verb: string): void {
    if (!this.ids.includes(id)) {
      const text = `There is no validator ${id}; they are ${this.ids.join(", ")}.`;
      throw new GroupError("node-unknown", text);
    }
    const present = this.simulation.node(id).state;
    if (present === state) return;
    throw new GroupError("node-state", `Validator ${id} is ${present}: it cannot ${verb}.`);
  }
}
