/**
 * A worker that is given parameters and a part of the samples by a server, and gives back a gradient,
 * or in federated averaging parameters of its own.
 */
import type { NodeId } from "../../../../cluster/process.ts";
import { empty } from "../../../../compute/tensor/tensor.ts";
import { batchOf, epochOrder, shardOf } from "../batches.ts";
import type { Replica } from "../replica.ts";
import { WorkerNode } from "./member.ts";
import type { Bench, Body } from "./plan.ts";

type Work = Extract<Body, { kind: "work" }>;

interface Answer {
  readonly loss: number;
  readonly rows: number;
  /** Samples that were looked at, which may be more than those it has. */
  readonly seen: number;
  readonly values: Float32Array;
}

export class PushWorker extends WorkerNode {
  readonly #replica: Replica;
  #waitingSince = 0;
  #told = 0;
  #generation = 0;
  #newest = -1;

  constructor(bench: Bench, node: NodeId) {
    super(bench);
    this.#replica = bench.replica(node);
  }

  protected override onBody(from: NodeId, body: Body): void {
    if (body.kind === "dismissed") this.dismiss();
    if (body.kind !== "work") return;
    // What comes late of an earlier order of a server that has since moved on is of no use.
    const isOld =
      body.generation < this.#generation ||
      (body.generation === this.#generation && body.step < this.#newest);
    if (isOld) return;
    if (body.generation > this.#generation) this.transport.forget();
    this.generation = body.generation;
    this.#generation = body.generation;
    this.#newest = body.step;
    this.#work(from, body);
  }

  #work(server: NodeId, work: Work): void {
    this.turn += 1;
    const { turn } = this;
    const { id } = this.context;
    if (this.#waitingSince > 0) {
      this.bench.span(id, work.step, "wait", this.#waitingSince, this.now());
    }
    this.#replica.setParameters(work.parameters);
    this.#tellEpoch(work);
    if (work.step >= this.bench.totalSteps) return;
    const { loss, rows, seen, values } = this.#answer(work);
    const tookMs = this.bench.computeMs(id, seen);
    this.bench.span(id, work.step, "compute", this.now(), this.now() + tookMs);
    this.after(tookMs, () => {
      if (turn !== this.turn) return;
      this.#waitingSince = this.now();
      const { generation, step, part } = work;
      this.transport.send(server, values.length * 4, {
        kind: "push",
        generation,
        step,
        part,
        loss,
        rows,
        values,
      });
    });
  }

  #tellEpoch({ step, parameters }: Work): void {
    const { perEpoch, plan } = this.bench;
    if (plan.strategy === "asynchronous" || step % perEpoch !== 0 || step <= this.#told) return;
    this.#told = step;
    this.bench.epochEnded(this.context.id, step, parameters);
  }

  #answer(work: Work): Answer {
    return this.bench.plan.strategy === "federated"
      ? this.#trainLocally(work)
      : this.#gradient(work);
  }

  #gradient({ step, part, parts }: Work): Answer {
    const { plan, data, perEpoch } = this.bench;
    const order = epochOrder(data.labels.length, plan.seed, Math.floor(step / perEpoch));
    const batch = batchOf(order, plan.batchSize, step % perEpoch);
    const samples = shardOf(batch, part, parts);
    const room = empty([this.#replica.size]);
    const loss = this.#replica.gradient(data, samples, batch.length, room);
    const values = room.toArray() as Float32Array;
    room.dispose();
    return { loss, rows: samples.length, seen: samples.length, values };
  }

  /** McMahan et al. 2017, ClientUpdate: passes of plain gradient descent over its own samples. */
  #trainLocally({ step }: Work): Answer {
    const { plan, data, holdings } = this.bench;
    const own = holdings[this.context.id - 1] ?? new Uint32Array();
    const { localEpochs, localBatchSize } = plan.federated;
    const room = empty([this.#replica.size]);
    let [loss, seen] = [0, 0];
    for (let epoch = 0; epoch < localEpochs; epoch++) {
      const order = epochOrder(own.length, plan.seed + this.context.id, step * localEpochs + epoch);
      for (let start = 0; start < own.length; start += localBatchSize) {
        const rows = order.subarray(start, start + localBatchSize).map((at) => own[at]!);
        const sum = this.#replica.gradient(data, rows, rows.length, room);
        this.#replica.apply(room.values as Float32Array);
        // What the first pass meets is how well it began.
        if (epoch === 0) loss += sum;
        seen += rows.length;
      }
    }
    room.dispose();
    return { loss, rows: own.length, seen, values: this.#replica.parameters() };
  }
}
