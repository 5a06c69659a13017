/**
 * One seeded run of a replicated key-value service on Raft: clients work while faults strike, Raft's
 * invariants are checked after every event, then everything is repaired and every client must finish.
 */
import { defaultDisk, type DiskOptions } from "../cluster/disk.ts";
import { type FaultOptions, FaultSchedule, noFaults } from "../cluster/fault-schedule.ts";
import { defaultNetwork, type NetworkOptions } from "../cluster/network.ts";
import type { NodeId } from "../cluster/process.ts";
import { Random } from "../cluster/random.ts";
import { Simulation } from "../cluster/simulation.ts";
import type { SimulationCounts } from "../cluster/simulation-host.ts";
import { type KeyValueHistory, HistoryRecorder } from "./checker/recorder.ts";
import type { ConsensusManager, Invariant } from "./consensus-manager.ts";
import { Operator } from "./operator.ts";
import { members } from "./raft/configuration.ts";
import { raftOptions } from "./raft/options.ts";
import type { Raft } from "./raft/raft.ts";
import type { RaftMessage, RaftOptions, RaftRecord } from "./raft/types.ts";
import { Client } from "./service/client.ts";
import { type KeyValueOperation, KeyValueStore } from "./service/key-value.ts";
import { describeServiceMessage, ReplicatedServer, type ServiceMessage } from "./service/server.ts";

export interface RaftRunOptions {
  readonly seed: number;
  readonly servers: number;
  readonly clients: number;
  readonly operationsPerClient: number;
  /** Mean pause of a client between two operations. */
  readonly pauseMs: number;
  /** How long a client waits for one server before it asks another. */
  readonly requestTimeoutMs: number;
  readonly keys: number;
  /** Virtual time with faults. */
  readonly safetyMs: number;
  /** Virtual time in which a healthy majority must finish. */
  readonly livenessMs: number;
  readonly network: NetworkOptions;
  readonly disk: DiskOptions;
  readonly faults: FaultOptions;
  readonly clockOffsetMaxMs: number;
  readonly raft: Partial<RaftOptions>;
  /** Servers that vote at first; the others wait to be added. */
  readonly votersAtFirst: number | null;
  /** Mean time between changes of membership, during the safety phase. */
  readonly reconfigureEveryMs: number | null;
  /** Mean time between transfers of leadership, during the safety phase. */
  readonly transferEveryMs: number | null;
  /** False: commands that clients repeat are carried out again. */
  readonly deduplicate: boolean;
}

export const defaultRun: RaftRunOptions = {
  seed: 1,
  servers: 5,
  clients: 3,
  operationsPerClient: 60,
  pauseMs: 120,
  requestTimeoutMs: 400,
  keys: 3,
  safetyMs: 10_000,
  livenessMs: 20_000,
  network: defaultNetwork,
  disk: defaultDisk,
  faults: noFaults,
  clockOffsetMaxMs: 100,
  raft: {},
  votersAtFirst: null,
  reconfigureEveryMs: null,
  transferEveryMs: null,
  deduplicate: true,
};

export interface RaftRunResult {
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
  /** The highest term reached and the last index committed. */
  readonly term: number;
  readonly commitIndex: number;
}

export class RaftRun {
  readonly simulation: Simulation<ServiceMessage, RaftRecord>;
  readonly faults: FaultSchedule<ServiceMessage, RaftRecord>;
  readonly options: RaftRunOptions;
  readonly servers: readonly NodeId[];
  /** The Raft instance of the present life of each server. */
  readonly group = new Map<NodeId, Raft>();
  readonly #machines = new Map<NodeId, ReplicatedServer>();
  readonly clients: Client[] = [];
  readonly recorder = new HistoryRecorder();
  readonly #invariants: readonly Invariant<ConsensusManager<RaftMessage, RaftRecord>>[];
  #violation: RaftRunResult["failure"] = null;

  constructor(options: RaftRunOptions, log?: (line: string) => void) {
    this.options = options;
    this.servers = Array.from({ length: options.servers }, (_, place) => place + 1);
    const voters = this.servers.slice(0, options.votersAtFirst ?? options.servers);
    const raft = raftOptions(voters, options.raft);
    this.#invariants = new ReplicatedServer(1, raft, new KeyValueStore()).raft.invariants();
    this.simulation = new Simulation<ServiceMessage, RaftRecord>(
      {
        seed: options.seed,
        nodes: options.servers + options.clients,
        network: options.network,
        disk: options.disk,
        clockOffsetMaxMs: options.clockOffsetMaxMs,
      },
      {
        create: (id) =>
          id <= options.servers ? this.#createServer(id, raft) : this.#createClient(id),
        describe: describeServiceMessage,
        afterEvent: (node) => this.#check(node),
        ...(log === undefined ? {} : { log }),
      },
    );
    this.faults = new FaultSchedule(this.simulation, options.faults, this.servers);
  }

  /** Both phases, to the end or to the first violation. */
  run(): RaftRunResult {
    const { simulation, options } = this;
    this.faults.start();
    const operator = new Operator(this.simulation, this.group);
    operator.start(options);
    simulation.runUntil(options.safetyMs, () => this.#violation !== null);
    if (this.#violation === null) {
      simulation.schedule(0, "liveness phase", () => {
        operator.stop();
        this.faults.startLiveness();
      });
      const done = (): boolean =>
        this.#violation !== null || (this.#finished() && this.#unequalServers().length === 0);
      // The phase itself is an event, so at least that one is handled.
      simulation.step();
      simulation.runUntil(options.safetyMs + options.livenessMs, done);
      this.#judgeEnd();
    }
    return this.result();
  }

  result(): RaftRunResult {
    const states = [...this.group.values()].map(({ state }) => state);
    return {
      seed: this.options.seed,
      failure: this.#violation,
      history: this.recorder.history,
      counts: this.simulation.counts,
      virtualMs: this.simulation.nowMs,
      term: Math.max(...states.map(({ term }) => term)),
      commitIndex: Math.max(...states.map(({ commitIndex }) => commitIndex)),
    };
  }

  #finished(): boolean {
    return this.clients.every((client) => client.finished);
  }

  /** Who should have caught up with the leader by now and has not. */
  #unequalServers(): readonly NodeId[] {
    const leaders = [...this.group.values()].filter(({ state }) => state.role === "leader");
    const leader = leaders.toSorted((a, b) => b.state.term - a.state.term)[0]?.state;
    if (leader === undefined) return this.servers;
    return members(leader.configuration).filter((id) => {
      if (this.faults.damaged.has(id)) return false;
      return this.group.get(id)?.state.appliedIndex !== leader.log.lastIndex;
    });
  }

  /** After the liveness phase all clients are served, and all servers that keep up are equal. */
  #judgeEnd(): void {
    if (this.#violation !== null) return;
    const open = this.clients.filter((client) => !client.finished).map(({ id }) => id);
    if (open.length > 0) {
      this.#report("liveness", `clients ${open.join(", ")} have not finished`);
      return;
    }
    const unequal = this.#unequalServers();
    if (unequal.length > 0) {
      this.#report("liveness", `servers ${unequal.join(", ")} have not caught up`);
      return;
    }
    const states = new Map<number, string>();
    for (const [id, server] of this.#machines) {
      const { appliedIndex, halted } = server.raft.state;
      if (halted !== null) continue;
      const state = server.stateText();
      if ((states.get(appliedIndex) ?? state) !== state) {
        this.#report("invariant", `the state of server ${id} at ${appliedIndex} differs`);
      }
      states.set(appliedIndex, state);
    }
  }

  #createServer(id: NodeId, raft: RaftOptions): ReplicatedServer {
    const { deduplicate } = this.options;
    const server = new ReplicatedServer(id, raft, new KeyValueStore(), { deduplicate });
    this.#machines.set(id, server);
    this.group.set(id, server.raft);
    for (const invariant of this.#invariants) invariant.watch?.(id, server.raft);
    return server;
  }

  #createClient(id: NodeId): Client {
    const client = new Client(id, {
      servers: this.servers,
      timeoutMs: this.options.requestTimeoutMs,
      pauseMs: this.options.pauseMs,
      next: operations(id, this.options),
      observer: this.recorder,
    });
    this.clients.push(client);
    return client;
  }

  #check(node: NodeId): void {
    const { failures } = this.simulation;
    const failure = failures[0];
    if (failure !== undefined) {
      this.#report("process", `node ${failure.node} stopped: ${failure.reason}`);
      return;
    }
    if (node === 0 || node > this.options.servers) return;
    for (const invariant of this.#invariants) {
      const message = invariant.check(this.group, node);
      if (message !== null) this.#report("invariant", `${invariant.name}: ${message}`);
    }
  }

  #report(kind: NonNullable<RaftRunResult["failure"]>["kind"], message: string): void {
    this.#violation ??= { kind, event: this.simulation.counts.events, message };
  }
}

/** Operations by chance, each written value different from all others. */
function operations(client: NodeId, options: RaftRunOptions): () => KeyValueOperation | null {
  const random = new Random(options.seed).fork(`operations of ${client}`);
  let made = 0;
  let lastWritten: string | null = null;
  return () => {
    if (made >= options.operationsPerClient) return null;
    made += 1;
    const key = `k${random.below(options.keys)}`;
    const value = `${client}.${made}`;
    const kind = random.below(10);
    if (kind < 4) return { op: "get", key };
    const expected = lastWritten;
    lastWritten = value;
    if (kind < 7) return { op: "put", key, value };
    if (kind < 9) return { op: "append", key, value: `+${value}` };
    return { op: "cas", key, expected, value };
  };
}
