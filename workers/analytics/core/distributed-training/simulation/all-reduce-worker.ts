/** A worker that sums its gradients with its peers, without a server between them. */
import assert from "node:assert/strict";
import type { NodeId } from "../../../../cluster/process.ts";
import type { Tensor } from "../../../../compute/tensor/tensor.ts";
import { batchOf, epochOrder, shardOf } from "../batches.ts";
import { planReduction, shardsOf } from "../reduction-tree.ts";
import { type Replica, type ReplicaState, ShardSums } from "../replica.ts";
import { type Collective, type Piece, RingAllReduce, TreeAllReduce } from "./collectives.ts";
import { WorkerNode } from "./member.ts";
import { type Bench, type Body, controlBytes, stateBytes } from "./plan.ts";

type World = Extract<Body, { kind: "world" }>;

export class AllReduceWorker extends WorkerNode {
  readonly #replica: Replica;
  readonly #initial: ReplicaState;
  #world: World | null = null;
  #step = 0;
  #collective: Collective | null = null;
  /** Of this step or a later one, before the sum was begun here. */
  #early: Extract<Body, { kind: "piece" }>[] = [];
  #waitingSince = 0;

  constructor(bench: Bench, node: NodeId) {
    super(bench);
    this.#replica = bench.replica(node);
    this.#initial = this.#replica.state();
  }

  protected override onBody(_from: NodeId, body: Body): void {
    if (body.kind === "world" && body.generation > this.generation) this.#enter(body);
    else if (body.kind === "dismissed") this.dismiss();
    else if (body.kind === "piece" && body.generation >= this.generation) this.#take(body);
    else if (body.kind === "continue" && body.generation === this.generation) {
      if (body.step !== this.#step) return;
      this.#waited();
      this.#begin();
    }
  }

  #enter(world: World): void {
    this.transport.forget();
    this.generation = world.generation;
    this.turn += 1;
    this.#world = world;
    this.#step = world.step;
    this.#collective = null;
    this.#early = this.#early.filter(({ generation }) => generation >= world.generation);
    this.#replica.load(world.state ?? this.#initial);
    this.#begin();
  }

  #begin(): void {
    const world = this.#world;
    if (world === null || this.#step >= this.bench.totalSteps) return;
    const rank = world.members.indexOf(this.context.id);
    assert(rank >= 0);
    const { plan } = this.bench;
    const batch = this.#batch();
    const parts = plan.strategy === "tree" ? plan.shards : world.members.length;
    const { start, end } =
      plan.strategy === "tree"
        ? shardsOf(rank, world.members.length, plan.shards)
        : { start: rank, end: rank + 1 };
    const sums = new ShardSums(this.#replica.size, start, end);
    let [loss, rows] = [0, 0];
    for (let shard = start; shard < end; shard++) {
      const samples = shardOf(batch, shard, parts);
      loss += this.#replica.gradient(this.bench.data, samples, batch.length, sums.at(shard));
      rows += samples.length;
    }
    this.bench.loss(this.#step, loss, rows);
    const collective = this.#sumOf(sums, rank, world);
    sums.dispose();
    const tookMs = this.bench.computeMs(this.context.id, rows);
    this.bench.span(this.context.id, this.#step, "compute", this.now(), this.now() + tookMs);
    const { turn } = this;
    this.after(tookMs, () => {
      if (turn !== this.turn) return;
      this.#waitingSince = this.now();
      this.#collective = collective;
      collective.begin();
      const early = this.#early.filter(({ step }) => step === this.#step);
      this.#early = this.#early.filter(({ step }) => step > this.#step);
      for (const { piece } of early) collective.receive(piece);
      this.#maybeFinish();
    });
  }

  #batch(): Uint32Array {
    const { plan, data, perEpoch } = this.bench;
    const order = epochOrder(data.labels.length, plan.seed, Math.floor(this.#step / perEpoch));
    return batchOf(order, plan.batchSize, this.#step % perEpoch);
  }

  #sumOf(sums: ShardSums, rank: number, { members }: World): Collective {
    const send = (to: number, piece: Piece): void => this.#send(members[to]!, piece);
    const copyOf = (values: Tensor): Float32Array => values.toArray() as Float32Array;
    if (this.bench.plan.strategy === "ring") {
      return new RingAllReduce(rank, members.length, copyOf(sums.at(rank)), send);
    }
    const { shards } = this.bench.plan;
    const { local, held } = planReduction(members.length, shards).workers[rank]!;
    for (const { into, from } of local) sums.add(into, from);
    const own = new Map(held.map((shard) => [shard, copyOf(sums.at(shard))]));
    return new TreeAllReduce(rank, members.length, shards, own, send);
  }

  #send(to: NodeId, piece: Piece): void {
    const { generation } = this;
    const bytes = piece.values.length * 4;
    this.transport.send(to, bytes, { kind: "piece", generation, step: this.#step, piece });
  }

  #take(body: Extract<Body, { kind: "piece" }>): void {
    const isNow = body.generation === this.generation && body.step === this.#step;
    if (!isNow || this.#collective === null) {
      const isPast = body.generation === this.generation && body.step < this.#step;
      if (!isPast) this.#early.push(body);
      return;
    }
    this.#collective.receive(body.piece);
    this.#maybeFinish();
  }

  #maybeFinish(): void {
    const result = this.#collective?.result ?? null;
    if (result === null) return;
    this.#waited();
    this.#collective = null;
    this.#replica.apply(result);
    const { plan, perEpoch, totalSteps } = this.bench;
    const rank = this.#world!.members.indexOf(this.context.id);
    this.#step += 1;
    if (rank === 0) this.bench.stepped(this.#step);
    if (this.#step % perEpoch === 0) {
      this.bench.epochEnded(this.context.id, this.#step, this.#replica.parameters());
    }
    const isCheckpoint = this.#step === totalSteps || this.#step % plan.checkpointEverySteps === 0;
    if (!isCheckpoint) {
      this.#begin();
      return;
    }
    this.#waitingSince = this.now();
    const state = rank === 0 ? this.#replica.state() : null;
    this.transport.send(this.bench.server, rank === 0 ? stateBytes(state) : controlBytes, {
      kind: "arrived",
      generation: this.generation,
      step: this.#step,
      state,
    });
  }

  #waited(): void {
    this.bench.span(this.context.id, this.#step, "wait", this.#waitingSince, this.now());
  }
}
