/**
 * One seeded run of a replicated key-value service on any algorithm: clients work while faults strike,
 * the algorithm's invariants are checked after every event, then everything is repaired and every
 * client must finish. It can be run to its end or stepped through event by event.
 */
import { FaultSchedule } from "../cluster/fault-schedule.ts";
import type { NodeId, Process } from "../cluster/process.ts";
import { Simulation } from "../cluster/simulation.ts";
import type { SimulationCounts, SimulationHost } from "../cluster/simulation-host.ts";
import type { Algorithm } from "./algorithms.ts";
import { LyingServer } from "./lying-server.ts";
import { HistoryRecorder, type KeyValueHistory } from "./checker/recorder.ts";
import type { ConsensusManager, Invariant, Service } from "./consensus-manager.ts";
import { checkRunOptions, type RunOptions } from "./run-options.ts";
import { Client } from "./service/client.ts";
import { KeyValueStore } from "./service/key-value.ts";
import {
  describeClientMessage,
  isClientAnswer,
  isClientRequest,
  type ReplicaMessage,
} from "./service/messages.ts";
import { Replica } from "./service/replica.ts";
import { operations } from "./workload.ts";

export interface RunResult {
  readonly seed: number;
  /** null: every invariant held, and every client finished. */
  readonly failure: {
    readonly kind: "invariant" | "process" | "liveness";
    /** The number of the event that showed it. */
    readonly event: number;
    readonly message: string;
  } | null;
  readonly history: KeyValueHistory;
  readonly counts: SimulationCounts;
  readonly virtualMs: number;
  /** The highest term reached and the last index committed, by nodes that do not lie. */
  readonly term: number;
  readonly commitIndex: number;
}

/** Who watches a run; what is absent costs nothing. */
export type RunObserver<Message, Stored> = Partial<
  Pick<
    SimulationHost<ReplicaMessage<Message>, Stored>,
    "log" | "onSend" | "onArrival" | "afterEvent"
  >
>;

export class ConsensusRun<
  Message,
  Stored,
  Manager extends ConsensusManager<Message, Stored> = ConsensusManager<Message, Stored>,
> {
  readonly algorithm: Algorithm<Message, Stored, Manager>;
  readonly simulation: Simulation<ReplicaMessage<Message>, Stored>;
  readonly faults: FaultSchedule<ReplicaMessage<Message>, Stored>;
  readonly options: RunOptions;
  /** The servers, whether they lie or not. */
  readonly members: readonly NodeId[];
  /** The instance of the present life of each server that does not lie. */
  readonly group = new Map<NodeId, Manager>();
  /** The same of each server that lies: what it believes itself, for screens. */
  readonly liars = new Map<NodeId, ConsensusManager<Message, Stored>>();
  readonly clients: Client<Message, Stored>[] = [];
  readonly recorder = new HistoryRecorder();
  readonly #replicas = new Map<NodeId, Replica<Message, Stored, Manager>>();
  readonly #invariants: readonly Invariant<ConsensusManager<Message, Stored>>[];
  readonly #observer: RunObserver<Message, Stored>;
  #phase: "new" | "safety" | "liveness" | "over" = "new";
  #violation: RunResult["failure"] = null;

  constructor(
    options: RunOptions,
    algorithm: Algorithm<Message, Stored, Manager>,
    observer: RunObserver<Message, Stored> = {},
  ) {
    checkRunOptions(options, algorithm);
    this.options = options;
    this.algorithm = algorithm;
    this.members = Array.from({ length: options.nodes }, (_, place) => place + 1);
    this.#invariants = algorithm.create(1, this.members).invariants();
    this.#observer = observer;
    const { log, onSend, onArrival } = observer;
    this.simulation = new Simulation<ReplicaMessage<Message>, Stored>(
      { ...options, nodes: options.nodes + options.clients },
      {
        create: (id) => this.#create(id),
        describe: (message) => this.describe(message),
        afterEvent: (node) => this.#afterEvent(node),
        ...(log === undefined ? {} : { log }),
        ...(onSend === undefined ? {} : { onSend }),
        ...(onArrival === undefined ? {} : { onArrival }),
      },
    );
    const liars = Object.keys(options.byzantine).length;
    const fragileMax = algorithm.tolerates(options.nodes) - liars;
    this.faults = new FaultSchedule(this.simulation, options.faults, this.members, fragileMax);
  }

  /** What went wrong so far; the first of it. */
  get violation(): RunResult["failure"] {
    return this.#violation;
  }

  get phase(): "new" | "safety" | "liveness" | "over" {
    return this.#phase;
  }

  /** Both phases, to the end or to the first violation. */
  run(): RunResult {
    while (this.step());
    return this.result();
  }

  /** Handles one event. False when the run is over, by its end or by a violation. */
  step(): boolean {
    if (this.#phase === "over") return false;
    if (this.#phase === "new") this.#start();
    const { simulation, options } = this;
    const nextMs = simulation.nextEventMs;
    if (nextMs === null || nextMs > options.safetyMs + options.livenessMs) {
      this.#end();
      return false;
    }
    simulation.step();
    if (simulation.counts.events >= options.eventsMax) {
      this.#report("process", `the run takes more than ${options.eventsMax} events`);
    }
    const isDone = this.#phase === "liveness" && this.#isFinished() && this.#behind().length === 0;
    if (this.#violation !== null || isDone) this.#end();
    return true;
  }

  result(): RunResult {
    const statuses = [...this.group.values()].map((manager) => manager.status());
    return {
      seed: this.options.seed,
      failure: this.#violation,
      history: this.recorder.history,
      counts: this.simulation.counts,
      virtualMs: this.simulation.nowMs,
      term: Math.max(0, ...statuses.map(({ term }) => term)),
      commitIndex: Math.max(0, ...statuses.map(({ commitIndex }) => commitIndex)),
    };
  }

  /** One line for a log, of any message of the run. */
  describe(message: ReplicaMessage<Message>): string {
    const isOfClient = isClientRequest(message) || isClientAnswer(message);
    return isOfClient ? describeClientMessage(message) : this.algorithm.describe(message);
  }

  /** The message's type, as labelled on an arrow. */
  kindOf(message: ReplicaMessage<Message>): string {
    const isOfClient = isClientRequest(message) || isClientAnswer(message);
    return isOfClient ? message.kind.replace("-", " ") : this.algorithm.kindOf(message);
  }

  /** To be extended by runs that do more to their group while faults strike. */
  protected startSafety(): void {
    this.faults.start();
  }

  protected startLiveness(): void {
    this.faults.startLiveness();
  }

  #start(): void {
    this.#phase = "safety";
    this.startSafety();
    if (this.options.safetyMs === Infinity) return;
    this.simulation.schedule(this.options.safetyMs, "liveness phase", () => {
      this.#phase = "liveness";
      this.startLiveness();
    });
  }

  #end(): void {
    if (this.#violation === null) this.#judgeEnd();
    this.#phase = "over";
  }

  #isFinished(): boolean {
    return this.clients.every((client) => client.finished);
  }

  /** Healthy members that have not committed as much as the others. */
  #behind(): readonly NodeId[] {
    let furthest: Manager | null = null;
    let most = -1;
    for (const manager of this.group.values()) {
      const { commitIndex } = manager.status();
      if (commitIndex > most) {
        most = commitIndex;
        furthest = manager;
      }
    }
    if (furthest === null) return this.members;
    const { voters, outgoing, learners } = furthest.membership();
    return [...new Set([...voters, ...outgoing, ...learners])].filter((id) => {
      if (this.#isLiar(id) || this.faults.damaged.has(id)) return false;
      return this.group.get(id)?.status().commitIndex !== most;
    });
  }

  /** After the liveness phase all clients are served, and all servers that keep up are equal. */
  #judgeEnd(): void {
    const open = this.clients.filter((client) => !client.finished).map(({ id }) => id);
    if (open.length > 0) {
      this.#report("liveness", `clients ${open.join(", ")} have not finished`);
      return;
    }
    const behind = this.#behind();
    if (behind.length > 0) {
      this.#report("liveness", `servers ${behind.join(", ")} have not caught up`);
      return;
    }
    const states = new Map<number, string>();
    for (const [id, replica] of this.#replicas) {
      const { commitIndex, halted } = replica.manager.status();
      if (halted !== null) continue;
      const state = replica.stateText();
      if ((states.get(commitIndex) ?? state) !== state) {
        this.#report("invariant", `the state of server ${id} at ${commitIndex} differs`);
      }
      states.set(commitIndex, state);
    }
  }

  #isLiar(id: NodeId): boolean {
    return this.options.byzantine[id] !== undefined;
  }

  #create(id: NodeId): Process<ReplicaMessage<Message>, Stored> {
    if (id > this.options.nodes) return this.#createClient(id);
    const { algorithm, members, options } = this;
    const behaviour = algorithm.byzantine[options.byzantine[id] ?? ""];
    const isClient = (from: NodeId): boolean => from > options.nodes;
    if (behaviour !== undefined) {
      const create = (service: Service) => behaviour.create(id, members, service);
      const liar = new LyingServer<Message, Stored>(id, create, isClient);
      this.liars.set(id, liar.manager);
      return liar;
    }
    const replica = new Replica<Message, Stored, Manager>(
      new KeyValueStore(),
      (service) => algorithm.create(id, members, service),
      {
        deduplicate: options.deduplicate,
        signed: algorithm.faultModel === "byzantine",
        isClient,
      },
    );
    this.#replicas.set(id, replica);
    this.group.set(id, replica.manager);
    for (const invariant of this.#invariants) invariant.watch?.(id, replica.manager);
    return replica;
  }

  #createClient(id: NodeId): Client<Message, Stored> {
    const { algorithm, options, members } = this;
    const client = new Client<Message, Stored>(id, {
      servers: members,
      timeoutMs: options.requestTimeoutMs,
      pauseMs: options.pauseMs,
      next: operations(id, options),
      observer: this.recorder,
      liarsMax: algorithm.faultModel === "byzantine" ? algorithm.tolerates(options.nodes) : null,
    });
    this.clients.push(client);
    return client;
  }

  #afterEvent(node: NodeId): void {
    this.#check(node);
    this.#observer.afterEvent?.(node);
  }

  #check(node: NodeId): void {
    const failure = this.simulation.failures.find((failed) => !this.#isLiar(failed.node));
    if (failure !== undefined) {
      this.#report("process", `node ${failure.node} stopped: ${failure.reason}`);
      return;
    }
    if (!this.group.has(node)) return;
    for (const invariant of this.#invariants) {
      const message = invariant.check(this.group, node);
      if (message !== null) this.#report("invariant", `${invariant.name}: ${message}`);
    }
  }

  #report(kind: NonNullable<RunResult["failure"]>["kind"], message: string): void {
    this.#violation ??= { kind, event: this.simulation.counts.events, message };
  }
}
