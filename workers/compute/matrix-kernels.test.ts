import fc from "fast-check";
import { expect, it } from "vitest";
import { plainKernels } from "./matrix-kernels.ts";

const size = fc.integer({ min: 1, max: 7 });
// Small integers, so that every order of summation is exact and the oracle may be naive.
const value = fc.integer({ min: -9, max: 9 });

const matrices = fc.record({ rows: size, inner: size, columns: size }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    left: fc.array(fc.array(value, exactly(shape.inner)), exactly(shape.rows)),
    right: fc.array(fc.array(value, exactly(shape.columns)), exactly(shape.inner)),
  }),
);

function exactly(length: number) {
  return { minLength: length, maxLength: length };
}

function product(a: readonly number[][], b: readonly number[][]): number[] {
  return a.flatMap((row) =>
    b[0]!.map((_, column) =>
      row.reduce((sum, entry, index) => sum + entry * b[index]![column]!, 0),
    ),
  );
}

const transposed = (a: readonly number[][]): number[][] =>
  a[0]!.map((_, column) => a.map((row) => row[column]!));
const flat = (a: readonly number[][]): Float32Array => Float32Array.from(a.flat());
const numbers = (a: Float32Array): number[] => Array.from(a, (entry) => entry + 0);

it("each product is what its name says", () => {
  fc.assert(
    fc.property(matrices, ({ shape, left, right }) => {
      const { rows, inner, columns } = shape;
      const plain = new Float32Array(rows * columns).fill(99);
      plainKernels.multiply(flat(left), flat(right), plain, shape);
      expect(numbers(plain)).toEqual(product(left, right).map((entry) => entry + 0));

      const leftTransposed = new Float32Array(rows * columns).fill(99);
      const swapped = { rows: inner, inner: rows, columns };
      plainKernels.multiplyLeftTransposed(
        flat(transposed(left)),
        flat(right),
        leftTransposed,
        swapped,
      );
      expect(numbers(leftTransposed)).toEqual(numbers(plain));

      const rightTransposed = new Float32Array(rows * columns).fill(99);
      const turned = { rows, inner: columns, columns: inner };
      plainKernels.multiplyRightTransposed(
        flat(left),
        flat(transposed(right)),
        rightTransposed,
        turned,
      );
      expect(numbers(rightTransposed)).toEqual(numbers(plain));
    }),
  );
});
