/** Which samples a step learns from, and how its batch is cut: decided by seed, epoch and step alone. */
import assert from "node:assert/strict";
import { seededChance } from "../../../compute/seeded-chance.ts";

/** Odd, so that neighbouring seeds and epochs do not meet. */
const epochStride = 7_919;

/** The samples in the order of this epoch (Fisher and Yates). */
export function epochOrder(samples: number, seed: number, epoch: number): Uint32Array {
  const chance = seededChance((seed + Math.imul(epoch + 1, epochStride)) | 0);
  const order = Uint32Array.from({ length: samples }, (_, index) => index);
  for (let last = samples - 1; last > 0; last--) {
    const other = chance.below(last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}

export function stepsPerEpoch(samples: number, batchSize: number): number {
  assert(samples > 0 && batchSize > 0);
  return Math.ceil(samples / batchSize);
}

/** The samples of one step; the last batch of an epoch may be smaller. */
export function batchOf(order: Uint32Array, batchSize: number, step: number): Uint32Array {
  return order.subarray(step * batchSize, Math.min(order.length, (step + 1) * batchSize));
}

/** One of the equal parts of a batch; empty when there are more shards than samples. */
export function shardOf(batch: Uint32Array, shard: number, shards: number): Uint32Array {
  return batch.subarray(
    Math.floor((shard * batch.length) / shards),
    Math.floor(((shard + 1) * batch.length) / shards),
  );
}
