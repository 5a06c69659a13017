/**
 * A server that holds the parameters. Synchronous: it waits for the gradients of all workers, or of
 * all but the slowest `backups` (Chen et al. 2016). Asynchronous: it takes each as it comes, and holds
 * back workers that are too far ahead of the slowest (stale synchronous parallel, Ho et al. 2013).
 * Federated: it averages the parameters of some clients, weighted by their samples (McMahan et al.
 * 2017).
 */
import assert from "node:assert/strict";
import type { NodeId } from "../../../../cluster/process.ts";
import { seededChance } from "../../../../compute/seeded-chance.ts";
import { treeAdds } from "../reduction-tree.ts";
import type { Replica, ReplicaState } from "../replica.ts";
import { ClusterNode } from "./member.ts";
import { Membership } from "./membership.ts";
import { type Bench, beatMs, type Body, controlBytes, silenceMs, type Stored } from "./plan.ts";

type Push = Extract<Body, { kind: "push" }>;

export class ParameterServer extends ClusterNode {
  readonly #replica: Replica;
  readonly #initial: ReplicaState;
  readonly #membership = new Membership();
  #members: readonly NodeId[] = [];
  #generation = 0;
  #step = 0;
  /** Of this step, by part: those of whom an answer is wanted. */
  #asked: readonly NodeId[] = [];
  readonly #answers = new Map<number, Push>();
  /** Asynchronous: parts handed out and taken back so far, and where each worker is. */
  #handedOut = 0;
  #updates = 0;
  readonly #clocks = new Map<NodeId, number>();
  readonly #versions = new Map<NodeId, number>();
  readonly #heldBack = new Set<NodeId>();
  readonly #writing = new Map<number, Stored>();
  #startedMs = 0;

  constructor(bench: Bench, node: NodeId) {
    super(bench);
    this.#replica = bench.replica(node);
    this.#initial = this.#replica.state();
  }

  /** The worker is given nothing more to do. */
  dismiss(node: NodeId): void {
    this.#membership.dismiss(node);
    this.transport.send(node, controlBytes, { kind: "dismissed" });
  }

  protected override start(): void {
    const saved = this.context.storage.read().records.findLast((record) => record !== null) ?? null;
    this.#generation = saved?.generation ?? 0;
    this.#step = saved?.step ?? 0;
    this.#replica.load(saved?.state ?? this.#initial);
    this.#updates = this.#step * this.bench.plan.workers;
    this.#handedOut = this.#updates;
    this.#startedMs = this.now();
    this.after(beatMs, () => this.#look());
  }

  protected override onBeat(from: NodeId, life: number, generation: number): void {
    const what = this.#membership.beat(from, life, generation, this.now());
    if (what === "new" && this.#members.length > 0) this.#change(`Worker ${from} has come`, from);
  }

  protected override onBody(from: NodeId, body: Body): void {
    if (body.kind !== "push" || body.generation !== this.#generation) return;
    if (this.bench.plan.strategy === "asynchronous") {
      this.#takeAtOnce(from, body);
      return;
    }
    if (body.step !== this.#step || this.#asked[body.part] !== from) return;
    this.#answers.set(body.part, body);
    this.#maybeStep();
  }

  protected override onDurable(sync: number): void {
    const record = this.#writing.get(sync);
    this.#writing.delete(sync);
    if (record !== undefined) this.bench.saved(record.step);
  }

  #look(): void {
    this.after(beatMs, () => this.#look());
    const alive = this.#membership.alive(this.now());
    if (this.#members.length === 0) {
      const isWhole = alive.length >= this.bench.plan.workers;
      if (alive.length > 0 && (isWhole || this.now() - this.#startedMs > silenceMs)) {
        this.#change("Workers have come", null);
      }
      return;
    }
    const lost = this.#members.filter((node) => !alive.includes(node));
    if (lost.length > 0) this.#change(`Worker ${lost.join(", ")} is gone`, null);
  }

  #change(why: string, newcomer: NodeId | null): void {
    const before = this.#members;
    this.#members = this.#membership.alive(this.now());
    this.bench.note(`${why}: ${this.#members.length} workers go on from step ${this.#step}`);
    if (this.bench.plan.strategy === "asynchronous" && before.length > 0) {
      for (const node of before) if (!this.#members.includes(node)) this.#clocks.delete(node);
      // A worker that is back has forgotten what it was doing, and begins where the slowest is.
      if (newcomer !== null) this.#welcome(newcomer);
      this.#letGo();
      return;
    }
    this.#generation = Math.max(this.#generation, this.#membership.generationMax) + 1;
    this.transport.forget();
    if (this.bench.plan.strategy === "asynchronous") {
      for (const node of this.#members) this.#welcome(node);
    } else this.#ask();
  }

  /** Hands out the parts of a step. */
  #ask(): void {
    this.#answers.clear();
    const { strategy, federated, seed } = this.bench.plan;
    this.#asked = this.#members;
    if (strategy === "federated") {
      const chance = seededChance(seed + 31 * (this.#step + 1));
      const count = Math.max(1, Math.round(federated.fraction * this.#members.length));
      this.#asked = this.#members
        .map((node) => ({ node, key: chance.float() }))
        .toSorted((a, b) => a.key - b.key)
        .slice(0, count)
        .map(({ node }) => node)
        .toSorted((a, b) => a - b);
    }
    const parameters = this.#replica.parameters();
    const isOver = this.#step >= this.bench.totalSteps;
    const receivers = isOver ? this.#members : this.#asked;
    receivers.forEach((node, part) => this.#send(node, part, receivers.length, parameters));
  }

  #send(
    node: NodeId,
    part: number,
    parts: number,
    parameters: Float32Array,
    step = this.#step,
  ): void {
    const generation = this.#generation;
    this.transport.send(node, parameters.length * 4, {
      kind: "work",
      generation,
      step,
      part,
      parts,
      parameters,
    });
  }

  #maybeStep(): void {
    const { strategy, backups } = this.bench.plan;
    const spared = strategy === "parameter-server" ? Math.min(backups, this.#asked.length - 1) : 0;
    if (this.#answers.size < this.#asked.length - spared) return;
    const answers = [...this.#answers.values()].toSorted((a, b) => a.part - b.part);
    for (const { loss, rows } of answers) this.bench.loss(this.#step, loss, rows);
    if (strategy === "federated") this.#replica.setParameters(weightedMean(answers));
    else this.#replica.apply(this.#wholeGradient(answers));
    this.#stepped();
    this.#ask();
  }

  /** Added along the tree over the parts, and scaled to a whole batch when some are missing. */
  #wholeGradient(answers: readonly Push[]): Float32Array {
    const sums = answers.map(({ values }) => values.slice());
    for (const { into, from } of treeAdds(sums.length)) {
      const [sum, other] = [sums[into]!, sums[from]!];
      for (let at = 0; at < sum.length; at++) sum[at]! += other[at]!;
    }
    const [gradient] = sums;
    assert(gradient !== undefined);
    const { plan, data, perEpoch } = this.bench;
    const batch = Math.min(
      plan.batchSize,
      data.labels.length - (this.#step % perEpoch) * plan.batchSize,
    );
    const rows = answers.reduce((sum, each) => sum + each.rows, 0);
    if (rows !== batch) {
      for (let at = 0; at < gradient.length; at++) gradient[at]! *= batch / rows;
    }
    return gradient;
  }

  #stepped(): void {
    this.#step += 1;
    this.bench.stepped(this.#step);
    const { checkpointEverySteps, strategy } = this.bench.plan;
    if (strategy === "asynchronous" && this.#step % this.bench.perEpoch === 0) {
      this.bench.epochEnded(this.context.id, this.#step, this.#replica.parameters());
    }
    if (this.#step !== this.bench.totalSteps && this.#step % checkpointEverySteps !== 0) return;
    const record = {
      generation: this.#generation,
      step: this.#step,
      state: this.#replica.state(),
    };
    this.context.storage.replace([record]);
    this.#writing.set(this.context.storage.sync(), record);
  }

  #welcome(node: NodeId): void {
    const others = [...this.#clocks].filter(([other]) => other !== node);
    this.#clocks.set(node, Math.min(...others.map(([, clock]) => clock), Number.MAX_SAFE_INTEGER));
    if (others.length === 0) this.#clocks.set(node, this.#step);
    this.#handOut(node);
  }

  #handOut(node: NodeId): void {
    const { workers } = this.bench.plan;
    const total = this.bench.totalSteps * workers;
    if (this.#updates >= total) return;
    // Parts that died with their workers are done by others, some of them twice.
    if (this.#handedOut >= total) this.#handedOut = this.#updates;
    const step = Math.floor(this.#handedOut / workers);
    this.#versions.set(node, this.#updates);
    this.#send(node, this.#handedOut % workers, workers, this.#replica.parameters(), step);
    this.#handedOut += 1;
  }

  #takeAtOnce(from: NodeId, { step, loss, rows, values }: Push): void {
    if (!this.#members.includes(from) || this.#step >= this.bench.totalSteps) return;
    this.bench.loss(step, loss, rows);
    this.bench.stale(this.#updates - (this.#versions.get(from) ?? this.#updates));
    this.#replica.apply(values);
    this.#updates += 1;
    this.#clocks.set(from, (this.#clocks.get(from) ?? 0) + 1);
    if (this.#updates % this.bench.plan.workers === 0) this.#stepped();
    this.#heldBack.add(from);
    this.#letGo();
  }

  /** Gives work to those who are not too far ahead. */
  #letGo(): void {
    const { stalenessMax } = this.bench.plan;
    const slowest = Math.min(...this.#clocks.values());
    for (const node of this.#heldBack) {
      const ahead = (this.#clocks.get(node) ?? slowest) - slowest;
      if (stalenessMax !== null && ahead > stalenessMax) continue;
      this.#heldBack.delete(node);
      if (this.#members.includes(node)) this.#handOut(node);
    }
  }
}

function weightedMean(answers: readonly Push[]): Float32Array {
  const total = answers.reduce((sum, { rows }) => sum + rows, 0);
  const mean = new Float64Array(answers[0]!.values.length);
  for (const { values, rows } of answers) {
    for (let at = 0; at < mean.length; at++) mean[at]! += (values[at]! * rows) / total;
  }
  return Float32Array.from(mean);
}
