/** Ways to split nodes into sides, named as TigerBeetle's VOPR names them. */
import type { NodeId } from "./process.ts";
import type { Random } from "./random.ts";

export const partitionModes = ["uniform-size", "uniform-partition", "isolate-single"] as const;
export type PartitionMode = (typeof partitionModes)[number];

/**
 * One side of a split; the other nodes are the other side, and neither is empty.
 * - uniform-size: every size of the side is equally likely, then its members
 * - uniform-partition: each node falls on either side by a fair coin
 * - isolate-single: one node alone
 */
export function drawPartition(
  mode: PartitionMode,
  nodes: readonly NodeId[],
  random: Random,
): readonly NodeId[] {
  if (nodes.length < 2) throw new RangeError("a partition needs at least two nodes");
  if (mode === "isolate-single") return [random.pick(nodes)];
  if (mode === "uniform-size") {
    return random.shuffle(nodes).slice(0, random.between(1, nodes.length - 1));
  }
  for (;;) {
    const side = nodes.filter(() => random.chance(0.5));
    if (side.length > 0 && side.length < nodes.length) return side;
  }
}
