/**
 * A Raft group in real time, with its faults at hand. Commands are proposed by a client with
 * sessions, so that each takes effect once, whatever is lost or repeated on the way.
 */
import { defaultDisk, type DiskMirror } from "../../cluster/disk.ts";
import { LiveCluster, type LiveClock } from "../../cluster/live.ts";
import type { NodeId } from "../../cluster/process.ts";
import { Simulation } from "../../cluster/simulation.ts";
import type { ConsensusStatus } from "../contract.ts";
import { majoritySize } from "../quorum/quorum.ts";
import type { Raft } from "../raft/raft.ts";
import { raftOptions } from "../raft/options.ts";
import type { RaftRecord } from "../raft/types.ts";
import {
  describeServiceMessage,
  ReplicatedServer,
  type ServiceContext,
  type ServiceMessage,
} from "../service/server.ts";
import type { Place } from "../service/state-machine.ts";
import { AgreedCommands } from "./agreed-commands.ts";
import { GroupClient, type Request } from "./group-client.ts";
import { GroupError } from "./group-error.ts";
import { describeSides, groupNetwork, GroupFaults, type LinkFaults } from "./group-faults.ts";
import { GroupEvents } from "./group-events.ts";
import { durableIndex, groupStatus } from "./group-status.ts";
import {
  electionTimeoutMaxMs,
  electionTimeoutMinMs,
  heartbeatMs,
  idlePatienceMs,
  snapshotEveryEntries,
  trailingEntries,
} from "./limits.ts";
import { logPage } from "./log-view.ts";
import { mayRest } from "./rest.ts";
import { undecided, whyLate, whyNot } from "./refusals.ts";

export interface GroupOptions {
  /** Decides every draw of chance of the group. */
  readonly seed: number;
  readonly nodes: number;
  readonly clock: LiveClock;
  /** Milliseconds since the Unix epoch, for events. */
  readonly now: () => number;
  readonly storage: ConsensusStatus["storage"];
  /** What each node's disk is kept in; without it a stopped group is gone. */
  readonly mirror?: (id: NodeId) => DiskMirror<RaftRecord>;
}

export interface Agreed extends Place {
  readonly leader: NodeId | null;
  readonly committedAfterMs: number;
  readonly attempts: number;
}

export interface Member {
  readonly server: ReplicatedServer;
  readonly machine: AgreedCommands;
}

/** Time for every node to begin before one of them is asked to lead. */
const firstElectionAfterMs = 5;

export class ConsensusGroup {
  readonly nodeIds: readonly NodeId[];
  readonly quorum: number;
  readonly options: GroupOptions;
  readonly simulation: Simulation<ServiceMessage, RaftRecord>;
  readonly events: GroupEvents;
  readonly client: GroupClient;
  /** The present or last life of each node. */
  readonly members = new Map<NodeId, Member>();
  readonly proposals = { committed: 0, failed: 0, retries: 0, lastMs: null as number | null };
  readonly faults: GroupFaults;
  lastFailoverMs: number | null = null;
  readonly #cluster: LiveCluster<ServiceMessage, RaftRecord>;
  readonly #clientId: NodeId;
  readonly #open = new Set<(error: GroupError) => void>();
  readonly #listeners = new Set<() => void>();
  #leader: NodeId | null = null;
  #leaderLostAtMs: number | null = null;
  #failuresTold = 0;
  #changedAtMs = 0;

  constructor(options: GroupOptions) {
    const { nodes, clock } = options;
    if (nodes !== 3 && nodes !== 5) throw new RangeError(`a group has 3 or 5 nodes, not ${nodes}`);
    this.options = options;
    this.nodeIds = Array.from({ length: nodes }, (_, place) => place + 1);
    this.quorum = majoritySize(nodes);
    this.#clientId = nodes + 1;
    this.events = new GroupEvents(options.now);
    this.client = new GroupClient(this.nodeIds);
    this.simulation = new Simulation<ServiceMessage, RaftRecord>(
      {
        seed: options.seed,
        nodes: nodes + 1,
        network: groupNetwork(this.nodeIds, this.#clientId),
        // Whatever was not synced is lost in a crash: the disk holds no more than its mirror.
        disk: { ...defaultDisk, lossChance: 1, tornChance: 0 },
        clockOffsetMaxMs: 0,
      },
      {
        create: (id) => (id === this.#clientId ? this.client : this.#createServer(id)),
        describe: describeServiceMessage,
        afterEvent: (id) => this.#afterEvent(id),
        mirror: (id) => (id === this.#clientId ? null : this.#mirrorOf(id)),
      },
    );
    this.faults = new GroupFaults(this.nodeIds, this.simulation.network, options.now);
    this.#cluster = new LiveCluster(this.simulation, clock, {
      patienceMs: () => (this.client.waiting > 0 ? 0 : idlePatienceMs),
      mayRest: () => mayRest(this, this.#changedAtMs),
    });
  }

  get running(): boolean {
    return this.#cluster.running;
  }

  /** Whether its time stands still until somebody proposes or breaks something (decision 11). */
  get resting(): boolean {
    return this.#cluster.resting;
  }

  start(): void {
    const { simulation } = this;
    simulation.scheduleOn(this.#clientId, firstElectionAfterMs, "first election", (context) => {
      // Nobody leads yet, so there is no election timeout to wait for.
      const first = this.nodeIds[0] ?? 1;
      const term = this.members.get(first)?.server.raft.state.term ?? 0;
      context.send(first, { kind: "timeout-now", term });
    });
    this.#cluster.start();
    // The lives of all nodes begin before anyone asks for them.
    this.#act(() => undefined);
  }

  /** Ends every timer; open proposals are rejected. It does not start again. */
  stop(): void {
    this.#cluster.stop();
    for (const reject of this.#open) {
      reject(new GroupError("stopped", "The consensus group was stopped."));
    }
    this.#changed();
    this.#listeners.clear();
  }

  /** Hears of every visible change, often several times a millisecond. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Resolves when the command is committed.
   * @throws GroupError no-quorum at once and untried when too few nodes reach each other; no-quorum,
   *   no-leader or undecided at the deadline, when it may still take effect later, once; busy, stopped
   */
  propose(
    command: string,
    {
      signal,
      timeoutMs,
    }: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
  ): Promise<Agreed> {
    const refusal = whyNot(this);
    if (refusal !== null) {
      this.proposals.failed += 1;
      return Promise.reject(refusal);
    }
    const { clock } = this.options;
    const beganMs = clock.monotonicMs();
    return new Promise((resolve, reject) => {
      const finish = () => {
        callOff();
        this.#open.delete(fail);
        signal?.removeEventListener("abort", abort);
        this.proposals.retries += Math.max(0, request.attempts - 1);
      };
      const fail = (error: Error) => {
        finish();
        this.proposals.failed += 1;
        this.#onClient("abandon", (context) => this.client.abandon(context, request));
        reject(error);
      };
      const abort = () => fail(signal?.reason as Error);
      const request: Request = {
        command,
        attempts: 0,
        settle: (place) => {
          if (place === null) return fail(undecided("its session was forgotten"));
          finish();
          const committedAfterMs = clock.monotonicMs() - beganMs;
          this.proposals.committed += 1;
          this.proposals.lastMs = committedAfterMs;
          const { attempts } = request;
          resolve({ ...place, leader: this.leader(), committedAfterMs, attempts });
        },
      };
      const callOff = clock.wake(timeoutMs, () => fail(whyLate(this, timeoutMs)));
      this.#open.add(fail);
      if (signal?.aborted === true) return abort();
      signal?.addEventListener("abort", abort, { once: true });
      this.#onClient("propose", (context) => this.client.submit(context, request));
    });
  }

  status(): ConsensusStatus {
    return groupStatus(this);
  }

  /** @throws GroupError node-unknown */
  log(node: NodeId | undefined, before: number, limit: number) {
    const id = node ?? this.leader() ?? this.#upToDate();
    const { state } = this.#member(id).server.raft;
    const lastIndex = durableIndex(this, id, state);
    const { firstIndex } = state.log;
    const { commitIndex } = state;
    return {
      node: id,
      firstIndex,
      lastIndex,
      commitIndex,
      ...logPage(state, lastIndex, before, limit),
    };
  }

  /** @throws GroupError node-unknown, node-state */
  crash(id: NodeId): void {
    this.#expectState(id, "up", "crash");
    this.#act((simulation) => simulation.crash(id));
    this.events.add("crash", `Node ${id} has lost its power.`, { node: id });
    this.#follow();
  }

  /** @throws GroupError node-unknown, node-state */
  restart(id: NodeId): void {
    this.#expectState(id, "crashed", "restart");
    this.events.add("restart", `Node ${id} starts from its disk.`, { node: id });
    this.#act((simulation) => simulation.restart(id));
  }

  /**
   * Cuts the links between these groups; nodes that none of them names form one more.
   * @throws GroupError partition when a node is unknown or named twice, or nothing would be cut
   */
  partition(groups: readonly (readonly NodeId[])[]): void {
    const sides = this.faults.partition(groups);
    this.#act(() => undefined);
    this.events.add("partition", `The network is cut: ${describeSides(sides)}.`);
    this.#follow();
  }

  setFaults(links: LinkFaults): void {
    this.faults.setLinks(links);
    this.#act(() => undefined);
    const { lossChance, delayMeanMs } = links;
    const loss = Math.round(100 * lossChance);
    this.events.add("faults", `The network loses ${loss} % and delays by ${delayMeanMs} ms.`);
    this.#changed();
  }

  /** Ends every fault. */
  heal(): void {
    this.faults.heal();
    this.events.add("heal", "The network is whole; crashed nodes start again.");
    this.#act((simulation) => {
      for (const id of this.crashed) simulation.restart(id);
    });
    this.#follow();
  }

  get crashed(): readonly NodeId[] {
    // Before its first life a node is not yet broken.
    return [...this.members.keys()].filter((id) => this.simulation.node(id).state === "crashed");
  }

  isUp(id: NodeId): boolean {
    return this.simulation.node(id).state === "up";
  }

  /** Nodes that it exchanges messages with. */
  reachable(id: NodeId): readonly NodeId[] {
    if (!this.isUp(id)) return [];
    return this.nodeIds.filter(
      (other) => other !== id && this.isUp(other) && this.faults.connects(id, other),
    );
  }

  get quorumReached(): boolean {
    return this.nodeIds.some((id) => this.isUp(id) && this.reachable(id).length + 1 >= this.quorum);
  }

  /** Who leads the highest term with a majority in reach. */
  leader(): NodeId | null {
    let best: Raft | null = null;
    for (const id of this.nodeIds) {
      const raft = this.members.get(id)?.server.raft;
      if (raft === undefined || raft.state.role !== "leader" || !this.isUp(id)) continue;
      if (this.reachable(id).length + 1 < this.quorum) continue;
      if (best === null || raft.state.term > best.state.term) best = raft;
    }
    return best?.state.id ?? null;
  }

  /** What its store says comes from outside, and is an event of the group like any other. */
  #mirrorOf(id: NodeId): DiskMirror<RaftRecord> | null {
    const mirror = this.options.mirror?.(id);
    if (mirror === undefined) return null;
    return {
      records: mirror.records,
      write: (writes, done) => mirror.write(writes, (failure) => this.#act(() => done(failure))),
    };
  }

  #createServer(id: NodeId): ReplicatedServer {
    const machine = new AgreedCommands();
    const timing = { electionTimeoutMinMs, electionTimeoutMaxMs, heartbeatMs };
    const options = raftOptions(this.nodeIds, {
      ...timing,
      trailingEntries,
      appendsInFlightMax: 2,
    });
    const server = new ReplicatedServer(id, { ...options, snapshotEveryEntries }, machine);
    this.members.set(id, { server, machine });
    return server;
  }

  #afterEvent(id: NodeId): void {
    const { failures } = this.simulation;
    for (; this.#failuresTold < failures.length; this.#failuresTold++) {
      const failure = failures[this.#failuresTold];
      if (failure === undefined) break;
      const text = `Node ${failure.node} was stopped: ${failure.reason}`;
      this.events.add("failure", text, { node: failure.node });
    }
    const member = this.members.get(id);
    if (member !== undefined && this.events.observe(member.server.raft)) this.#follow();
  }

  /** Notes who leads now, and how long nobody did. */
  #follow(): void {
    const leader = this.leader();
    const nowMs = this.simulation.nowMs;
    if (leader === null && this.#leader !== null) this.#leaderLostAtMs = nowMs;
    if (leader !== null && this.#leaderLostAtMs !== null) {
      this.lastFailoverMs = nowMs - this.#leaderLostAtMs;
      this.#leaderLostAtMs = null;
    }
    this.#leader = leader;
    this.#changed();
  }

  #changed(): void {
    this.#changedAtMs = this.simulation.nowMs;
    for (const listener of this.#listeners) listener();
  }

  #act(run: (simulation: Simulation<ServiceMessage, RaftRecord>) => void): void {
    this.#cluster.act(run);
  }

  #onClient(label: string, run: (context: ServiceContext) => void): void {
    this.#act((simulation) => simulation.scheduleOn(this.#clientId, 0, label, run));
  }

  #member(id: NodeId): Member {
    const member = this.members.get(id);
    if (member !== undefined) return member;
    throw new GroupError(
      "node-unknown",
      `There is no node ${id}; they are ${this.nodeIds.join(", ")}.`,
    );
  }

  #expectState(id: NodeId, state: "up" | "crashed", verb: string): void {
    this.#member(id);
    const present = this.simulation.node(id).state;
    if (present === state) return;
    throw new GroupError("node-state", `Node ${id} is ${present}: it cannot ${verb}.`);
  }

  #upToDate(): NodeId {
    const byLength = this.nodeIds.toSorted((a, b) => this.#lastIndex(b) - this.#lastIndex(a));
    return byLength[0] ?? 1;
  }

  #lastIndex(id: NodeId): number {
    return this.members.get(id)?.server.raft.state.log.lastIndex ?? 0;
  }
}
