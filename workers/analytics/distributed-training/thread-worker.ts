/** One worker of data-parallel training: its replica, and its part of every step. */
import assert from "node:assert/strict";
import {
  batchOf,
  epochOrder,
  shardOf,
  stepsPerEpoch,
} from "../core/distributed-training/batches.ts";
import { planReduction, shardsOf } from "../core/distributed-training/reduction-tree.ts";
import { Replica, ShardSums } from "../core/distributed-training/replica.ts";
import { RoundControl } from "./barrier.ts";
import { timelineSteps } from "../core/distributed-training/limits.ts";
import type { OpenOrder, SegmentOrder, SegmentReport, ThreadSpan } from "./thread-messages.ts";

export class ThreadWorker {
  readonly replica: Replica;
  readonly #order: OpenOrder;
  readonly #now: () => number;
  #samples: { readonly epoch: number; readonly order: Uint32Array } | null = null;

  /** @param now milliseconds, with fractions, of a clock that all workers share */
  constructor(order: OpenOrder, now: () => number) {
    this.#order = order;
    this.#now = now;
    this.replica = new Replica(order.plan.network);
  }

  /** @throws RoundGivenUp when the coordinator calls everybody back */
  run(order: SegmentOrder): SegmentReport {
    const began = this.#now();
    if (order.state !== null) this.replica.load(order.state);
    const { rank, workers, fromStep, toStep } = order;
    const { plan, data } = this.#order;
    const { start, end } = shardsOf(rank, workers, plan.shards);
    const sums = new ShardSums(this.replica.size, start, end);
    const losses = new Float64Array((toStep - fromStep) * (end - start));
    const spans: ThreadSpan[] = [];
    try {
      const step = this.#stepper(order, sums, spans);
      for (let at = fromStep; at < toStep; at++) {
        losses.set(step(at), (at - fromStep) * (end - start));
      }
    } finally {
      sums.dispose();
    }
    const ms = this.#now() - began;
    return {
      kind: "segment",
      losses,
      hash: this.replica.hash(),
      state: order.wantsState ? this.replica.state() : null,
      accuracy: order.wantsAccuracy ? this.replica.accuracy(data.heldBack) : null,
      spans,
      ms,
    };
  }

  #stepper(
    order: SegmentOrder,
    sums: ShardSums,
    spans: ThreadSpan[],
  ): (step: number) => Float64Array {
    const { rank, workers, toStep } = order;
    const { plan } = this.#order;
    const { longestMs } = this.#order;
    const { size } = this.replica;
    const control = new RoundControl(workers, order.control);
    const { workers: plans, shared } = planReduction(workers, plan.shards);
    const { local, held } = plans[rank]!;
    const { start, end } = shardsOf(rank, workers, plan.shards);
    const slots = order.slots.map((buffer) =>
      Array.from({ length: plan.shards }, (_, at) => new Float32Array(buffer, at * size * 4, size)),
    );
    const mine = [rank, rank + 1].map((edge) => Math.floor((edge * size) / workers));
    const losses = new Float64Array(end - start);
    let now = this.#now();
    const mark = (step: number, kind: ThreadSpan["kind"]): void => {
      const from = now;
      now = this.#now();
      if (toStep - step <= timelineSteps) spans.push({ step, kind, from, to: now });
    };
    return (step) => {
      now = this.#now();
      control.suffer(rank, 2 * longestMs);
      const batch = this.#batch(step);
      for (let shard = start; shard < end; shard++) {
        const rows = shardOf(batch, shard, plan.shards);
        losses[shard - start] = this.#gradient(rows, batch.length, sums, shard);
      }
      for (const add of local) sums.add(add.into, add.from);
      mark(step, "compute");
      if (workers === 1) {
        control.meet(rank, longestMs);
        this.replica.apply(sums.at(0).values as Float32Array);
        mark(step, "update");
        return losses;
      }
      // The others may still be reading the sum of the last step, which lies in the other set.
      const partials = slots[step % 2]!;
      for (const shard of held) partials[shard]!.set(sums.at(shard).values);
      mark(step, "reduce");
      control.meet(rank, longestMs);
      mark(step, "wait");
      for (const add of shared)
        addSlice(partials[add.into]!, partials[add.from]!, mine[0]!, mine[1]!);
      mark(step, "reduce");
      control.meet(rank, longestMs);
      mark(step, "wait");
      this.replica.apply(partials[0]!);
      mark(step, "update");
      return losses;
    };
  }

  #gradient(rows: Uint32Array, batchRows: number, sums: ShardSums, shard: number): number {
    return this.replica.gradient(this.#order.data.training, rows, batchRows, sums.at(shard));
  }

  #batch(step: number): Uint32Array {
    const { plan, data } = this.#order;
    const samples = data.training.labels.length;
    const perEpoch = stepsPerEpoch(samples, plan.batchSize);
    const epoch = Math.floor(step / perEpoch);
    if (this.#samples?.epoch !== epoch) {
      this.#samples = { epoch, order: epochOrder(samples, plan.seed, epoch) };
    }
    const batch = batchOf(this.#samples.order, plan.batchSize, step % perEpoch);
    assert(batch.length > 0);
    return batch;
  }
}

function addSlice(into: Float32Array, from: Float32Array, start: number, end: number): void {
  for (let at = start; at < end; at++) into[at]! += from[at]!;
}
