import { describe, expect, it } from "vitest";
import type { Frame, NodeFrame } from "./engine.worker.ts";
import { layoutRing, nodeSize, otherSide } from "./ring-layout.ts";

const frame = (count: number, cut: Frame["cut"]) => ({
  nodes: Array.from({ length: count }, (_, place) => ({ id: place + 1 }) as NodeFrame),
  cut,
});

/** Every link between two groups, in both directions. */
function between(one: readonly number[], other: readonly number[]): Frame["cut"] {
  return one.flatMap((a) => other.flatMap((b) => [[a, b] as const, [b, a] as const]));
}

describe("who stands on the other side", () => {
  it("is the smaller part of a clean split", () => {
    expect(otherSide(frame(5, between([2], [1, 3, 4, 5])))).toEqual([2]);
    expect(otherSide(frame(5, between([1, 4], [2, 3, 5])))).toEqual([1, 4]);
    expect(otherSide(frame(4, between([1, 2], [3, 4])))).toEqual([3, 4]);
  });

  it("is nobody without a cut, with one direction cut, or with three parts", () => {
    expect(otherSide(frame(5, []))).toEqual([]);
    expect(
      otherSide(
        frame(3, [
          [1, 2],
          [1, 3],
        ]),
      ),
    ).toEqual([]);
    expect(otherSide(frame(3, [...between([1], [2, 3]), ...between([2], [3])]))).toEqual([]);
  });
});

describe("the ring", () => {
  it.each([1, 3, 5, 9, 15])("of %i nodes lets none cover another", (count) => {
    const ids = Array.from({ length: count }, (_, place) => place + 1);
    const half = ids.slice(0, Math.floor(count / 2));
    for (const [away, narrow] of [
      [[], true],
      [[], false],
      [half, true],
      [half, false],
    ] as const) {
      const { positions, dividerX, width } = layoutRing(ids, away, narrow);
      const all = [...positions.values()];
      for (const [place, one] of all.entries()) {
        for (const other of all.slice(place + 1)) {
          const apart =
            Math.abs(one.x - other.x) >= nodeSize.width ||
            Math.abs(one.y - other.y) >= nodeSize.height;
          expect(apart).toBe(true);
        }
        const id = ids[place] ?? 0;
        expect(one.x > dividerX).toBe(away.some((each) => each === id));
        expect(one.x + nodeSize.width / 2).toBeLessThanOrEqual(width);
      }
    }
  });
});
