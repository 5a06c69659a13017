/**
 * A training run on the simulated cluster: virtual time, real gradients. The same plan, data and
 * deeds at the same steps give the same run, to the last bit and microsecond.
 */
import type { NodeId } from "../../../../cluster/process.ts";
import { defaultDisk } from "../../../../cluster/disk.ts";
import { defaultNetwork } from "../../../../cluster/network.ts";
import { Random } from "../../../../cluster/random.ts";
import { Simulation } from "../../../../cluster/simulation.ts";
import { stepsPerEpoch } from "../batches.ts";
import { hashOf, Replica, type Samples } from "../replica.ts";
import { stuckMsMax } from "../limits.ts";
import { TrainingRecord } from "../training-record.ts";
import { AllReduceWorker } from "./all-reduce-worker.ts";
import { Coordinator } from "./coordinator.ts";
import { dirichletSplit } from "./dirichlet.ts";
import { type ClusterNode, IdleNode } from "./member.ts";
import { ParameterServer } from "./parameter-server.ts";
import {
  type Bench,
  type Message,
  type PlaceProfile,
  type SimulationPlan,
  type SpanKind,
  type Stored,
} from "./plan.ts";
import { PushWorker } from "./push-worker.ts";

export type NodeState = "training" | "crashed" | "absent" | "left";

/** Of a pass forwards and back: two products forwards, four back, for each parameter and sample. */
const flopsPerParameter = 6;

interface Traffic {
  messages: number;
  bytes: number;
  retransmissions: number;
  retransmittedBytes: number;
}

export class SimulatedTraining implements Bench {
  readonly plan: SimulationPlan;
  readonly data: Samples;
  readonly server: NodeId;
  readonly perEpoch: number;
  readonly totalSteps: number;
  readonly holdings: readonly Uint32Array[];
  readonly record = new TrainingRecord();
  readonly traffic: Traffic = { messages: 0, bytes: 0, retransmissions: 0, retransmittedBytes: 0 };
  /** Of each node in order, the server's last. */
  readonly states: NodeState[];
  /** How often updates of so many steps' age came: by age. */
  readonly staleness: number[] = [];
  step = 0;
  checkpointStep = 0;
  checkpoints = 0;
  parameters = 0;
  #newest = new Float32Array();
  /** Of the newest steps, milliseconds of virtual time. */
  readonly stepTimes: number[] = [];
  readonly #simulation: Simulation<Message, Stored>;
  readonly #heldBack: Samples;
  readonly #nodes = new Map<NodeId, ClusterNode>();
  readonly #replicas = new Map<NodeId, Replica>();
  readonly #slowdown: number[];
  readonly #random: Random;
  readonly #losses = new Map<number, { sum: number; rows: number }>();
  #epochLoss: number[] = [];
  /** Of the newest epoch that was counted. */
  readonly #epochLosses = new Map<number, number>();
  #epochBeganMs = 0;
  #steppedAtMs = 0;
  #progressAtMs = 0;
  #isDone = false;

  constructor(plan: SimulationPlan, data: Samples, heldBack: Samples) {
    const network = { ...plan.network };
    this.plan =
      plan.strategy === "federated" ? { ...plan, network: { ...network, optimiser: "sgd" } } : plan;
    this.data = data;
    this.#heldBack = heldBack;
    this.#random = new Random(plan.faults.seed ?? plan.seed).fork("training");
    const nodes = plan.workers + plan.spares;
    this.server = nodes + 1;
    this.perEpoch =
      plan.strategy === "federated" ? 1 : stepsPerEpoch(data.labels.length, plan.batchSize);
    this.totalSteps = this.perEpoch * plan.epochs;
    this.#slowdown = Array.from({ length: nodes + 2 }, () => 1);
    this.states = Array.from({ length: nodes + 1 }, (_, index) =>
      index < plan.workers || index === nodes ? "training" : "absent",
    );
    this.holdings =
      plan.strategy === "federated"
        ? dirichletSplit(data.labels, nodes, plan.federated.alpha, new Random(plan.seed))
        : [];
    this.#simulation = this.#createSimulation();
    if (plan.faults.crashEveryMs > 0) this.#scheduleCrash(this.#random.fork("crashes"));
  }

  get nowMs(): number {
    return this.#simulation.nowMs;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Handles events until a step has been made, or so many have been handled; returns how many.
   * @throws Error when a node fails or the run is stuck
   */
  advance(eventsMax: number): number {
    const before = this.step;
    let event = 0;
    for (; event < eventsMax && !this.#isDone && this.step === before; event++) {
      if (!this.#simulation.step()) throw new Error("Nothing is left to happen in the cluster.");
      const [failure] = this.#simulation.failures;
      if (failure !== undefined) throw new Error(`Node ${failure.node}: ${failure.reason}`);
    }
    const stuckMs = this.nowMs - this.#progressAtMs;
    if (!this.#isDone && stuckMs > stuckMsMax) {
      throw new Error(`No step in ${stuckMs / 1_000} s of virtual time: nobody is left to train.`);
    }
    return event;
  }

  run(): void {
    while (!this.#isDone) this.advance(Number.POSITIVE_INFINITY);
  }

  /** Cuts a node's power; it comes back after `restartAfterMs`, if that is not null. */
  crash(node: NodeId, restartAfterMs: number | null): boolean {
    if (this.states[node - 1] !== "training") return false;
    this.#simulation.crash(node);
    this.states[node - 1] = "crashed";
    this.note(`${this.#nameOf(node)} crashes`);
    const crashedMs = this.nowMs;
    if (restartAfterMs === null) return true;
    this.#simulation.schedule(restartAfterMs, `restart ${node}`, () => {
      this.span(node, this.step, "down", crashedMs, this.nowMs);
      this.restart(node);
    });
    return true;
  }

  restart(node: NodeId): boolean {
    if (this.states[node - 1] === "training") return false;
    // A node that left gracefully is still there, idle: a new life begins with its power cut.
    this.#simulation.crash(node);
    this.states[node - 1] = "training";
    this.#simulation.restart(node);
    this.#progressAtMs = this.nowMs;
    this.note(`${this.#nameOf(node)} starts`);
    return true;
  }

  /** The first node that is not training; null when all are. */
  add(): NodeId | null {
    const index = this.states.findIndex((state) => state !== "training");
    return index >= 0 && this.restart(index + 1) ? index + 1 : null;
  }

  remove(node: NodeId): boolean {
    const server = this.#nodes.get(this.server);
    if (this.states[node - 1] !== "training" || node === this.server) return false;
    if (!(server instanceof Coordinator || server instanceof ParameterServer)) return false;
    this.#simulation.scheduleOn(this.server, 0, `dismiss ${node}`, () => server.dismiss(node));
    this.states[node - 1] = "left";
    this.note(`${this.#nameOf(node)} is asked to leave`);
    return true;
  }

  /** From its next step on a worker takes so many times as long. */
  slow(node: NodeId, factor: number): boolean {
    if (node < 1 || node >= this.server) return false;
    this.#slowdown[node] = factor;
    this.note(
      `${this.#nameOf(node)} ${factor > 1 ? `takes ${factor} times as long` : "runs at full speed again"}`,
    );
    return true;
  }

  slowdownOf(node: NodeId): number {
    return this.#slowdown[node] ?? 1;
  }

  dispose(): void {
    for (const replica of this.#replicas.values()) replica.dispose();
    this.#replicas.clear();
  }

  latencyMaxMs(): number {
    return Math.max(...this.plan.places.map(({ latencyMs }) => latencyMs));
  }

  place(node: NodeId): PlaceProfile {
    const place = this.plan.places[node === this.server ? this.plan.places.length - 1 : node - 1];
    if (place === undefined) throw new RangeError(`Node ${node} has no place.`);
    return place;
  }

  computeMs(node: NodeId, rows: number): number {
    const { stragglerChance, stragglerFactor } = this.plan.faults;
    const straggles = this.#random.chance(stragglerChance) ? stragglerFactor : 1;
    const flops = rows * this.parameters * flopsPerParameter;
    return (flops / (this.place(node).gflops * 1e6)) * this.slowdownOf(node) * straggles;
  }

  replica(node: NodeId): Replica {
    this.#replicas.get(node)?.dispose();
    const replica = new Replica(this.plan.network);
    this.parameters = replica.size;
    this.#replicas.set(node, replica);
    return replica;
  }

  sent(node: NodeId, bytes: number, isAgain: boolean, fromMs: number, toMs: number): void {
    this.traffic.messages += 1;
    if (isAgain) {
      this.traffic.retransmissions += 1;
      this.traffic.retransmittedBytes += bytes;
    } else this.traffic.bytes += bytes;
    this.span(node, this.step, "send", fromMs, toMs);
  }

  span(node: NodeId, step: number, kind: SpanKind, fromMs: number, toMs: number): void {
    if (toMs > fromMs) this.record.addSpans([{ worker: node, step, kind, fromMs, toMs }]);
  }

  loss(step: number, sum: number, rows: number): void {
    const losses = this.#losses.get(step) ?? { sum: 0, rows: 0 };
    this.#losses.set(step, { sum: losses.sum + sum, rows: losses.rows + rows });
  }

  stepped(step: number): void {
    this.#progressAtMs = this.nowMs;
    const { sum, rows } = this.#losses.get(step - 1) ?? { sum: 0, rows: 0 };
    this.#losses.delete(step - 1);
    // Steps that a crash undid are done again, and counted once.
    if (step > this.record.lossSteps && rows > 0) {
      this.record.addLoss(sum / rows);
      this.#epochLoss.push(sum / rows);
      this.stepTimes.push(this.nowMs - this.#steppedAtMs);
    }
    this.#steppedAtMs = this.nowMs;
    this.step = step;
    if (step % this.perEpoch === 0 && this.#epochLoss.length > 0) this.#closeEpoch();
    if (
      this.plan.strategy !== "ring" &&
      this.plan.strategy !== "tree" &&
      step === this.totalSteps
    ) {
      this.#finishLater();
    }
  }

  /** Those of the newest epoch that has ended; empty before the first. */
  get newestParameters(): Float32Array {
    return this.#newest;
  }

  epochEnded(node: NodeId, step: number, parameters: Float32Array): void {
    const epoch = step / this.perEpoch;
    const hash = hashOf(parameters);
    const known = this.record.epochs.findIndex((each) => each.epoch === epoch);
    if (known >= 0) {
      const before = this.record.epochs[known]!;
      const hashes = before.hashes.filter(({ worker }) => worker !== node);
      this.record.epochs[known] = {
        ...before,
        hashes: [...hashes, { worker: node, hash }].toSorted((a, b) => a.worker - b.worker),
        workers: Math.max(before.workers, hashes.length + 1),
      };
      return;
    }
    this.#newest = parameters.slice();
    this.record.addEpoch({
      epoch,
      // Known when the step is counted, which may be later.
      loss: this.#epochLosses.get(epoch) ?? Number.NaN,
      accuracy: this.#accuracy(parameters),
      hashes: [{ worker: node, hash }],
      workers: 1,
      ms: this.nowMs - this.#epochBeganMs,
    });
    this.#epochBeganMs = this.nowMs;
  }

  #closeEpoch(): void {
    const losses = this.#epochLoss.splice(0);
    const epoch = this.step / this.perEpoch;
    const loss = losses.reduce((sum, each) => sum + each, 0) / losses.length;
    this.#epochLosses.clear();
    this.#epochLosses.set(epoch, loss);
    const known = this.record.epochs.findIndex((each) => each.epoch === epoch);
    if (known >= 0) this.record.epochs[known] = { ...this.record.epochs[known]!, loss };
  }

  stale(updates: number): void {
    while (this.staleness.length <= updates) this.staleness.push(0);
    this.staleness[updates]! += 1;
  }

  saved(step: number): void {
    this.checkpointStep = step;
    this.checkpoints += 1;
    const isPeers = this.plan.strategy === "ring" || this.plan.strategy === "tree";
    if (isPeers && step === this.totalSteps) this.#isDone = true;
  }

  note(text: string): void {
    this.record.note(this.nowMs, text);
  }

  /** Lets the last parameters reach the workers. */
  #finishLater(): void {
    const { bytesPerMs, latencyMs } = this.place(this.server);
    const wayMs = latencyMs + (4 * this.parameters * this.plan.workers) / bytesPerMs;
    this.#simulation.schedule(4 * wayMs + 100, "the end", () => {
      this.#isDone = true;
    });
  }

  #accuracy(parameters: Float32Array): number {
    let judge = this.#replicas.get(0);
    if (judge === undefined) judge = this.replica(0);
    judge.setParameters(parameters);
    return judge.accuracy(this.#heldBack);
  }

  #createSimulation(): Simulation<Message, Stored> {
    const { plan } = this;
    const latency = (node: NodeId): number => this.place(node).latencyMs;
    const ids = Array.from({ length: this.server }, (_, index) => index + 1);
    const links = ids.flatMap((from) =>
      ids
        .filter((to) => to !== from)
        .map((to) => {
          const ms = Math.max(latency(from), latency(to));
          return { from, to, delay: { minMs: ms, meanMs: ms, maxMs: ms } };
        }),
    );
    const network = { ...defaultNetwork, lossChance: plan.faults.lossChance, links };
    return new Simulation<Message, Stored>(
      {
        seed: plan.faults.seed ?? plan.seed,
        nodes: this.server,
        network,
        disk: defaultDisk,
        clockOffsetMaxMs: 0,
      },
      {
        create: (id) => {
          const node = this.#createNode(id);
          this.#nodes.set(id, node);
          return node;
        },
        describe: (message) => message.kind,
      },
    );
  }

  #createNode(id: NodeId): ClusterNode {
    const isPeers = this.plan.strategy === "ring" || this.plan.strategy === "tree";
    if (id === this.server) return isPeers ? new Coordinator(this) : new ParameterServer(this, id);
    if (this.states[id - 1] === "absent") return new IdleNode(this);
    return isPeers ? new AllReduceWorker(this, id) : new PushWorker(this, id);
  }

  #scheduleCrash(random: Random): void {
    const { crashEveryMs, restartAfterMs, crashServer } = this.plan.faults;
    this.#simulation.schedule(random.exponential(crashEveryMs), "crash", () => {
      const candidates = this.states.flatMap((state, index) =>
        state === "training" && (crashServer || index + 1 < this.server) ? [index + 1] : [],
      );
      if (candidates.length > 0) this.crash(random.pick(candidates), restartAfterMs);
      this.#scheduleCrash(random);
    });
  }

  #nameOf(node: NodeId): string {
    return node === this.server ? "The server" : `Worker ${node}`;
  }
}
