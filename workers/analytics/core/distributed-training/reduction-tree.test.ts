/** The tree: one order of additions, whoever carries them out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planReduction, shardsOf, treeAdds } from "./reduction-tree.ts";

const sizes = fc
  .integer({ min: 1, max: 24 })
  .chain((shards) => fc.tuple(fc.constant(shards), fc.integer({ min: 1, max: shards })));

describe("the reduction tree", () => {
  it("adds eight shards in pairs, pairs of pairs, and halves", () => {
    const text = treeAdds(8).map(({ into, from }) => `${into}+${from}`);
    expect(text).toEqual(["0+1", "2+3", "0+2", "4+5", "6+7", "4+6", "0+4"]);
  });

  it("gives the same bits however the shards are spread", () => {
    const values = fc.array(fc.float({ noNaN: true, min: -1e6, max: 1e6 }), {
      minLength: 24,
      maxLength: 24,
    });
    fc.assert(
      fc.property(sizes, values, ([shards, workers], drawn) => {
        const alone = Float32Array.from(drawn);
        for (const { into, from } of treeAdds(shards)) alone[into]! += alone[from]!;
        const together = Float32Array.from(drawn);
        const plan = planReduction(workers, shards);
        for (const { local } of plan.workers) {
          for (const { into, from } of local) together[into]! += together[from]!;
        }
        // What a worker does not hold is not there for the others.
        const held = new Set(plan.workers.flatMap((each) => each.held));
        for (let shard = 0; shard < shards; shard++) {
          if (!held.has(shard)) together[shard] = Number.NaN;
        }
        for (const { into, from } of plan.shared) together[into]! += together[from]!;
        expect(together[0]).toBe(alone[0]);
      }),
    );
  });

  it("gives every shard to one worker, in numbers that differ by at most one", () => {
    fc.assert(
      fc.property(sizes, ([shards, workers]) => {
        const ranges = Array.from({ length: workers }, (_, rank) =>
          shardsOf(rank, workers, shards),
        );
        const given = ranges.flatMap(({ start, end }) =>
          Array.from({ length: end - start }, (_, index) => start + index),
        );
        expect(given).toEqual(Array.from({ length: shards }, (_, index) => index));
        const counts = ranges.map(({ start, end }) => end - start);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
