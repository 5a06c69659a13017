/**
 * A binary tree over the micro-shards of a batch. Gradients are added along it and in no other
 * order, so that their sum has the same bits however the shards are spread over workers: adding
 * floating-point numbers is commutative but not associative.
 */
import assert from "node:assert/strict";

/** The sum that begins at shard `from` is added into the one that begins at shard `into`. */
export interface TreeAdd {
  readonly into: number;
  readonly from: number;
  /** The end of the sum afterwards: shards into .. end - 1. */
  readonly end: number;
}

export interface ShardRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** The shards of a worker: adjacent ones, in numbers that differ by at most one. */
export function shardsOf(rank: number, workers: number, shards: number): ShardRange {
  assert(Number.isInteger(rank) && rank >= 0 && rank < workers && workers <= shards);
  return {
    start: Math.floor((rank * shards) / workers),
    end: Math.floor(((rank + 1) * shards) / workers),
  };
}

/** All additions, children before parents. The left side of a node is the largest power of two. */
export function treeAdds(shards: number): readonly TreeAdd[] {
  const adds: TreeAdd[] = [];
  const visit = (start: number, end: number): void => {
    if (end - start < 2) return;
    const middle = start + 2 ** Math.ceil(Math.log2(end - start) - 1);
    visit(start, middle);
    visit(middle, end);
    adds.push({ into: start, from: middle, end });
  };
  visit(0, shards);
  return adds;
}

export interface ReductionPlan {
  /** What a worker adds up by itself. */
  readonly local: readonly TreeAdd[];
  /** The first shards of the sums that it then holds. */
  readonly held: readonly number[];
}

/** What each worker can add alone, and what is left for all together, in order. */
export function planReduction(
  workers: number,
  shards: number,
): { readonly workers: readonly ReductionPlan[]; readonly shared: readonly TreeAdd[] } {
  const adds = treeAdds(shards);
  const ranges = Array.from({ length: workers }, (_, rank) => shardsOf(rank, workers, shards));
  const plans = ranges.map(({ start, end }) => {
    const local = adds.filter((add) => add.into >= start && add.end <= end);
    const gone = new Set(local.map(({ from }) => from));
    const held = Array.from({ length: end - start }, (_, index) => start + index).filter(
      (shard) => !gone.has(shard),
    );
    return { local, held };
  });
  const done = new Set(plans.flatMap(({ local }) => local));
  return { workers: plans, shared: adds.filter((add) => !done.has(add)) };
}
