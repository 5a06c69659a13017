import fc from "fast-check";
import { expect, it } from "vitest";
import { seededChance } from "../seeded-chance.ts";
import { scope, tensor, type Tensor } from "../tensor/tensor.ts";
import { conv2d, convTranspose2d } from "./convolution.ts";
import { adaptiveAvgPool, avgPool, maxPool } from "./pooling.ts";
import { sum } from "./reductions.ts";
import { mul } from "./elementwise.ts";

/** Small integers, so that every order of summation is exact. */
function integers(shape: readonly number[], seed: number, dtype: "f32" | "f64"): Tensor {
  const chance = seededChance(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Array.from({ length: size }, () => chance.below(9) - 4),
    shape,
    dtype,
  );
}

const options = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  groups: fc.integer({ min: 1, max: 3 }),
  inner: fc.integer({ min: 1, max: 3 }),
  outer: fc.integer({ min: 1, max: 5 }),
  sides: fc.tuple(fc.integer({ min: 6, max: 11 }), fc.integer({ min: 6, max: 11 })),
  kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
  padding: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
  dtype: fc.constantFrom("f32" as const, "f64" as const),
  seed: fc.nat(),
});

it("a convolution by columns is the sum over its windows", () => {
  fc.assert(
    fc.property(options, ({ batch, groups, inner, outer, sides, kernel, dtype, seed, ...rest }) => {
      const { stride, dilation, padding } = rest;
      scope(() => {
        const x = integers([batch, groups * inner, ...sides], seed, dtype);
        const w = integers([groups * outer, inner, ...kernel], seed + 1, dtype);
        const b = integers([groups * outer], seed + 2, dtype);
        const out = conv2d(x, w, b, { stride, dilation, padding, groups });
        const at = (n: number, c: number, y: number, z: number): number =>
          y < 0 || z < 0 || y >= sides[0] || z >= sides[1]
            ? 0
            : x.values[((n * groups * inner + c) * sides[0] + y) * sides[1] + z]!;
        const [, outputs, height, width] = out.shape as readonly [number, number, number, number];
        expect(height).toBe(
          Math.floor(
            (sides[0] + padding[0] + padding[2] - dilation[0] * (kernel[0] - 1) - 1) / stride[0],
          ) + 1,
        );
        const direct = Array.from({ length: out.size }, (_, place) => {
          const column = place % width;
          const row = Math.floor(place / width) % height;
          const output = Math.floor(place / width / height) % outputs;
          const item = Math.floor(place / width / height / outputs);
          const group = Math.floor(output / outer);
          let total = b.values[output]!;
          for (let c = 0; c < inner; c++) {
            for (let ky = 0; ky < kernel[0]; ky++) {
              for (let kx = 0; kx < kernel[1]; kx++) {
                const weight = w.values[((output * inner + c) * kernel[0] + ky) * kernel[1] + kx]!;
                const y = row * stride[0] + ky * dilation[0] - padding[0];
                const z = column * stride[1] + kx * dilation[1] - padding[1];
                total += weight * at(item, group * inner + c, y, z);
              }
            }
          }
          return total;
        });
        expect(Array.from(out.values, (each) => each + 0)).toEqual(direct.map((each) => each + 0));
      });
    }),
  );
});

it("a transposed convolution is the adjoint of the convolution", () => {
  fc.assert(
    fc.property(options, ({ batch, groups, inner, outer, sides, kernel, dtype, seed, ...rest }) => {
      scope(() => {
        const x = integers([batch, groups * inner, ...sides], seed, dtype);
        const w = integers([groups * outer, inner, ...kernel], seed + 1, dtype);
        const { stride, dilation, padding } = rest;
        const forwards = conv2d(x, w, null, { stride, dilation, padding, groups });
        const y = integers(forwards.shape, seed + 3, dtype);
        const size = (axis: 0 | 1): number =>
          (y.shape[2 + axis]! - 1) * stride[axis] +
          dilation[axis] * (kernel[axis] - 1) +
          1 -
          padding[axis] -
          padding[axis === 0 ? 2 : 3];
        const outputPadding = [sides[0] - size(0), sides[1] - size(1)] as const;
        const back = convTranspose2d(y, w, null, {
          stride,
          dilation,
          padding,
          groups,
          outputPadding,
        });
        expect(back.shape).toEqual(x.shape);
        // <conv x, y> = <x, convTranspose y>
        expect(sum(mul(forwards, y)).item()).toBe(sum(mul(x, back)).item());
      });
    }),
  );
});

it("pools as PyTorch's documentation defines them", () => {
  scope(() => {
    const x = tensor(
      Array.from({ length: 16 }, (_, index) => index),
      [1, 1, 4, 4],
    );
    expect(Array.from(maxPool(x, { kernel: [2, 2] }).values)).toEqual([5, 7, 13, 15]);
    expect(Array.from(avgPool(x, { kernel: [2, 2] }).values)).toEqual([2.5, 4.5, 10.5, 12.5]);
    const padding = [
      [1, 1],
      [1, 1],
    ] as const;
    const padded = (countIncludePad: boolean): number[] =>
      Array.from(avgPool(x, { kernel: [2, 2], padding, countIncludePad }).values).slice(0, 4);
    expect(padded(false)).toEqual([0, 1.5, 3, 6]);
    expect(padded(true)).toEqual([0, 0.75, 0.75, 3]);
    expect(Array.from(adaptiveAvgPool(x, [1, 3]).values)).toEqual([6.5, 7.5, 8.5]);
    expect(() => maxPool(x, { kernel: [5, 5] })).toThrow("does not fit");
  });
});
