/** One run of a document: the simulated cluster, its clients and checkers, and what was done to it. */
import {
  allFaults,
  type FaultOptions,
  FaultSchedule,
  noFaults,
} from "../../cluster/fault-schedule.ts";
import { defaultDisk } from "../../cluster/disk.ts";
import type { NodeId, Process } from "../../cluster/process.ts";
import { Simulation } from "../../cluster/simulation.ts";
import type { Algorithm } from "../algorithms.ts";
import type { ConsensusManager, Invariant } from "../consensus-manager.ts";
import { LyingServer } from "../lying-server.ts";
import { defaultRun } from "../run-options.ts";
import { Client } from "../service/client.ts";
import { KeyValueStore } from "../service/key-value.ts";
import { Replica } from "../service/replica.ts";
import { operations } from "../workload.ts";
import { applyIntervention, type Grip } from "./apply.ts";
import { readable } from "./commands.ts";
import { describeIntervention, type Intervention, type RunDocument } from "./document.ts";
import { floodEventsMax, floodMessagesMax, floodWindowMs, runLengthMaxMs } from "./limits.ts";
import { PlaygroundRecorder } from "./recorder.ts";
import { clipped, reasonOf } from "./text.ts";
import { Trace } from "./trace.ts";

type Manager = ConsensusManager<unknown, unknown>;

export interface Problem {
  readonly event: number;
  readonly atMs: number;
  readonly kind: "invariant" | "process" | "flood" | "budget";
  readonly message: string;
}

export interface InvariantState {
  readonly name: string;
  /** null while it holds. */
  readonly violated: {
    readonly event: number;
    readonly atMs: number;
    readonly message: string;
  } | null;
}

/** Disks stay whole: what a damaged disk costs is for an intervention to show. */
const presets: Record<RunDocument["faults"]["preset"], FaultOptions> = {
  none: noFaults,
  crashes: { ...noFaults, crash: allFaults.crash, pause: allFaults.pause },
  partitions: { ...noFaults, partition: allFaults.partition, clog: allFaults.clog },
  storm: { ...allFaults, diskDamageChance: 0 },
};

export interface RunOptions {
  /** Told the number and the words of each event before it is handled. */
  readonly onEvent?: ((number: number, text: string) => void) | undefined;
  /** Stops before this event: the one that a process never came back from. */
  readonly stopBefore?: { readonly event: number; readonly reason: string } | undefined;
}

export class PlaygroundRun {
  readonly document: RunDocument;
  readonly algorithm: Algorithm;
  readonly simulation: Simulation<unknown, unknown>;
  readonly trace: Trace;
  readonly recorder: PlaygroundRecorder;
  readonly servers: readonly NodeId[];
  /** The instance of the present life of each honest server. */
  readonly group = new Map<NodeId, Manager>();
  /** What each liar believes itself, for screens. */
  readonly liars = new Map<NodeId, Manager>();
  /** Servers that were turned, with how they lie. */
  readonly lying = new Map<NodeId, string>();
  readonly clients: Client<unknown, unknown>[] = [];
  readonly problems: Problem[] = [];
  readonly #options: RunOptions;
  readonly #replicas = new Map<NodeId, Replica<unknown, unknown>>();
  readonly #invariants: readonly Invariant<Manager>[];
  readonly #violations = new Map<string, InvariantState["violated"]>();
  #failuresSeen = 0;
  #leaders = new Map<number, NodeId>();
  #commitIndex = 0;
  #floodFrom = { atMs: 0, events: 0, messages: 0 };
  #stopped = false;

  constructor(document: RunDocument, algorithm: Algorithm, options: RunOptions = {}) {
    this.document = document;
    this.algorithm = algorithm;
    this.#options = options;
    this.servers = Array.from({ length: document.nodes }, (_, place) => place + 1);
    this.trace = new Trace(algorithm, document.nodes);
    this.recorder = new PlaygroundRecorder(() => this.simulation.nowMs);
    this.#invariants = this.#freshInvariants();
    this.simulation = this.#createSimulation();
    const faults = new FaultSchedule(
      this.simulation,
      presets[document.faults.preset],
      this.servers,
    );
    if (document.faults.preset !== "none") {
      faults.start();
      this.simulation.schedule(document.faults.untilMs, "end of the faults", () => {
        faults.startLiveness();
        this.#mark("fault", "end of the faults by chance");
      });
    }
    for (const intervention of document.interventions) {
      const label = describeIntervention(intervention);
      this.simulation.schedule(intervention.atMs, label, () => this.#intervene(intervention));
    }
  }

  get nowMs(): number {
    return this.simulation.nowMs;
  }

  /** Number of the last event handled. */
  get event(): number {
    return this.simulation.counts.events;
  }

  /** No further event will be handled. */
  get stopped(): boolean {
    return this.#stopped;
  }

  get invariants(): readonly InvariantState[] {
    return this.#invariants.map(({ name }) => ({
      name,
      violated: this.#violations.get(name) ?? null,
    }));
  }

  /** Every client has done all it had to do. */
  get finished(): boolean {
    return (
      this.clients.length === this.document.clients && this.clients.every((one) => one.finished)
    );
  }

  /** Handles everything up to a time; `done` may end it earlier. */
  advanceTo(timeMs: number, done: () => boolean = () => false): void {
    if (this.#isStopped()) return;
    const until = Math.min(timeMs, runLengthMaxMs);
    this.simulation.runUntil(until, () => done() || this.#isStopped());
  }

  /** Handles events up to this number. */
  advanceToEvent(event: number): void {
    while (this.event < event && !this.#isStopped() && this.simulation.step());
  }

  #isStopped(): boolean {
    if (this.#stopped) return true;
    const stop = this.#options.stopBefore;
    if (stop !== undefined && this.event >= stop.event - 1) {
      this.#stop("budget", stop.reason, stop.event);
    }
    return this.#stopped;
  }

  #stop(kind: Problem["kind"], message: string, event = this.event): void {
    this.#stopped = true;
    this.#report(kind, message, event);
  }

  #report(kind: Problem["kind"], message: string, event = this.event): void {
    this.problems.push({ event, atMs: this.nowMs, kind, message });
    this.#mark("failure", message);
  }

  #mark(kind: Trace["marks"][number]["kind"], text: string): void {
    this.trace.mark({ atMs: this.nowMs, event: this.event, kind, text });
  }

  #freshInvariants(): readonly Invariant<Manager>[] {
    try {
      return this.algorithm.create(1, this.servers).invariants();
    } catch {
      // The same constructor fails again in the run, where the event is seen.
      return [];
    }
  }

  #createSimulation(): Simulation<unknown, unknown> {
    const { document, trace } = this;
    const { lossChance, tornChance, syncMs } = document.disk;
    const { minMs, meanMs, maxMs, ...network } = document.network;
    const sync = { minMs: syncMs / 2, meanMs: syncMs, maxMs: syncMs * 10 };
    return new Simulation<unknown, unknown>(
      {
        seed: document.seed,
        nodes: document.nodes + document.clients,
        network: { ...network, delay: { minMs, meanMs, maxMs } },
        disk: { ...defaultDisk, sync, lossChance, tornChance },
        clockOffsetMaxMs: document.clockOffsetMaxMs,
      },
      {
        create: (id) => this.#create(id),
        describe: (message) => trace.describe(message),
        beforeEvent: (event) => {
          trace.beforeEvent(event);
          this.#options.onEvent?.(this.event, `${event.kind} at node ${event.node}`);
        },
        onSend: (...sent) => trace.onSend(this.nowMs, ...sent),
        onArrival: (number, outcome) => trace.onArrival(this.nowMs, number, outcome),
        log: (line) => trace.line(this.event, line),
        afterEvent: (node) => this.#afterEvent(node),
      },
    );
  }

  #create(id: NodeId): Process<unknown, unknown> {
    const { algorithm, servers } = this;
    if (id > servers.length) return this.#createClient(id);
    const isClient = (from: NodeId): boolean => from > servers.length;
    const lie = algorithm.byzantine[this.lying.get(id) ?? ""];
    if (lie !== undefined) {
      const liar = new LyingServer<unknown, unknown>(
        id,
        (service) => lie.create(id, servers, service),
        isClient,
      );
      this.liars.set(id, liar.manager);
      return liar;
    }
    const replica = new Replica<unknown, unknown>(
      new KeyValueStore(),
      (service) => algorithm.create(id, servers, service),
      { signed: this.#isSigned, isClient },
    );
    this.#replicas.set(id, replica);
    this.group.set(id, replica.manager);
    for (const invariant of this.#invariants) invariant.watch?.(id, replica.manager);
    return replica;
  }

  /** What the algorithm calls the number that rises with each new leader. */
  get termName(): string {
    return this.algorithm.termName ?? "term";
  }

  /** Where nodes may lie, clients sign what they ask. */
  get #isSigned(): boolean {
    return this.algorithm.faultModel === "byzantine";
  }

  #createClient(id: NodeId): Client<unknown, unknown> {
    const { load, seed, nodes } = this.document;
    const { keys, operations: operationsPerClient } = load;
    const client = new Client<unknown, unknown>(id, {
      servers: this.servers,
      timeoutMs: load.timeoutMs,
      pauseMs: load.pauseMs,
      next: operations(id, { ...defaultRun, seed, keys, operationsPerClient }),
      observer: this.recorder,
      liarsMax: this.#isSigned ? this.algorithm.tolerates(nodes) : null,
    });
    this.clients.push(client);
    return client;
  }

  #afterEvent(node: NodeId): void {
    this.#watchFailures();
    this.#watchFlood();
    if (node === 0 || node > this.document.nodes) return;
    const manager = this.group.get(node);
    if (manager === undefined || this.simulation.node(node).state !== "up") return;
    try {
      this.#watchProgress(node, manager);
      for (const invariant of this.#invariants) this.#check(invariant, node);
    } catch (error) {
      this.#report("process", `node ${node} cannot be looked at: ${reasonOf(error)}`);
      this.group.delete(node);
    }
  }

  #check(invariant: Invariant<Manager>, node: NodeId): void {
    if (this.#violations.has(invariant.name)) return;
    const found = invariant.check(this.group, node);
    if (found === null) return;
    const message = clipped(readable(found));
    const { event, nowMs: atMs } = this;
    this.#violations.set(invariant.name, { event, atMs, message });
    this.#report("invariant", `${invariant.name}: ${message}`);
  }

  #watchProgress(node: NodeId, manager: Manager): void {
    const { role, term, leader, commitIndex } = manager.status();
    if (leader === node && this.#leaders.get(term) !== node) {
      this.#leaders.set(term, node);
      this.#mark("leader", `node ${node} is ${role} of ${this.termName} ${term}`);
    }
    if (commitIndex > this.#commitIndex) {
      this.#commitIndex = commitIndex;
      this.#mark("commit", `entry ${commitIndex} is committed on node ${node}`);
    }
  }

  #watchFailures(): void {
    const { failures } = this.simulation;
    for (; this.#failuresSeen < failures.length; this.#failuresSeen++) {
      const { node, reason } = failures[this.#failuresSeen]!;
      this.#report("process", `node ${node} is stopped: ${reason}`);
    }
  }

  #watchFlood(): void {
    const { events, messagesSent } = this.simulation.counts;
    const from = this.#floodFrom;
    if (this.nowMs - from.atMs >= floodWindowMs) {
      this.#floodFrom = { atMs: this.nowMs, events, messages: messagesSent };
    } else if (events - from.events > floodEventsMax) {
      this.#stop("flood", `more than ${floodEventsMax} events within ${floodWindowMs} ms`);
    } else if (messagesSent - from.messages > floodMessagesMax) {
      this.#stop("flood", `more than ${floodMessagesMax} messages within ${floodWindowMs} ms`);
    }
  }

  #intervene(intervention: Intervention): void {
    this.#mark("intervention", describeIntervention(intervention));
    if (intervention.kind === "byzantine") this.#turn(intervention.node, intervention.behaviour);
    else applyIntervention(intervention, this.#grip);
  }

  /** A new life with the old disk and another mind. */
  #turn(id: NodeId, behaviour: string): void {
    this.simulation.crash(id);
    this.lying.set(id, behaviour);
    this.group.delete(id);
    this.#replicas.delete(id);
    this.simulation.restart(id);
  }

  get #grip(): Grip {
    const { simulation, trace, servers } = this;
    const { nodes, clients } = this.document;
    const signer = this.#isSigned ? nodes + 1 : null;
    const canSign = signer === null || clients > 0;
    return { simulation, trace, servers, replicas: this.#replicas, signer, canSign };
  }
}
