import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededChance } from "../seeded-chance.ts";
import { product, transposed } from "./product.ts";
import { copy, empty, scope, tensor, type Tensor } from "./tensor.ts";

/** By the definition, in double precision. */
function naive(a: Tensor, b: Tensor): number[] {
  const [rows, inner] = a.shape as readonly [number, number];
  const columns = b.shape[1]!;
  const [left, right] = [copy(a).values, copy(b).values];
  return Array.from({ length: rows * columns }, (_, at) => {
    let sum = 0;
    for (let step = 0; step < inner; step++) {
      sum +=
        left[Math.floor(at / columns) * inner + step]! * right[step * columns + (at % columns)]!;
    }
    return sum;
  });
}

/** Small integers: every order of summation is exact. */
function integers(rows: number, columns: number, isTransposed: boolean, seed: number): Tensor {
  const chance = seededChance(seed);
  const values = Array.from({ length: rows * columns }, () => chance.below(19) - 9);
  return isTransposed
    ? transposed(tensor(values, [columns, rows]))
    : tensor(values, [rows, columns]);
}

const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(128, 131, 256, 257));

describe("the packed product of f32", () => {
  it("is the sum of products for every size, also of transposed views", () => {
    fc.assert(
      fc.property(
        size,
        size,
        size,
        fc.boolean(),
        fc.boolean(),
        fc.nat(),
        (rows, inner, columns, turnA, turnB, seed) => {
          scope(() => {
            const a = integers(rows, inner, turnA, seed);
            const b = integers(inner, columns, turnB, seed + 1);
            const out = empty([rows, columns]);
            product(a, b, out);
            const expected = naive(a, b);
            expect(Array.from(out.values)).toEqual(expected);
            product(a, b, out, true);
            expect(Array.from(out.values)).toEqual(expected.map((each) => each * 2));
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("crosses its blocks of columns, and writes nothing beside its output", () => {
    scope(() => {
      const a = integers(3, 300, false, 1);
      const b = integers(300, 1030, false, 2);
      const whole = tensor(new Float32Array(5 * 1030).fill(7), [5, 1030]);
      product(a, b, whole.view([3, 1030], [1030, 1], 1030));
      expect(Array.from(whole.values.subarray(1030, 4 * 1030))).toEqual(naive(a, b));
      expect(new Set(whole.values.subarray(0, 1030))).toEqual(new Set([7]));
      expect(new Set(whole.values.subarray(4 * 1030))).toEqual(new Set([7]));
    });
  });
});
