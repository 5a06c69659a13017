import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, mul, relu, sub } from "../autograd/elementwise.ts";
import { expand, permute, reshape, slice } from "../autograd/shape.ts";
import { sum } from "../autograd/reductions.ts";
import { backward } from "../autograd/tape.ts";
import { memoryInUse } from "./memory.ts";
import { broadcastShapes } from "./shape.ts";
import { contiguous, full, scope, tensor, type Tensor } from "./tensor.ts";

const counting = (shape: readonly number[]): Tensor =>
  tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index),
    shape,
  );
const list = (x: Tensor): number[] => Array.from(x.toArray());

describe("views", () => {
  it("share memory and read it in their own order", () => {
    scope(() => {
      const x = counting([2, 3]);
      expect(list(permute(x, [1, 0]))).toEqual([0, 3, 1, 4, 2, 5]);
      expect(list(slice(x, { axis: 1, start: 2, length: 2, step: -2 }))).toEqual([2, 0, 5, 3]);
      expect(list(expand(reshape(x, [2, 1, 3]), [2, 2, 3]))).toEqual([
        0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5,
      ]);
      const turned = permute(x, [1, 0]);
      x.values[1] = 42;
      expect(list(turned)[2]).toBe(42);
      expect(list(reshape(turned, [6]))).toEqual([0, 3, 42, 4, 2, 5]);
    });
  });

  it("are refused where they leave the tensor", () => {
    scope(() => {
      const x = counting([2, 3]);
      expect(() => slice(x, { axis: 1, start: 1, length: 3 })).toThrow("leaves an axis of 3");
      expect(() => reshape(x, [4, -1])).toThrow("6 values do not fit the shape [4, -1]");
      expect(() => permute(x, [0, 0])).toThrow("does not order 2 axes");
      expect(() => broadcastShapes([2, 3], [2])).toThrow("3 against 2");
      expect(() => tensor([1, 2], [3])).toThrow("2 values do not fill the shape [3]");
      expect(() => add(x, full([3], 1, "f64"))).toThrow("Operands are f32 and f64");
    });
  });
});

it("broadcasting reads each operand as if it were repeated", () => {
  const shape = fc.array(fc.constantFrom(1, 2, 3), { maxLength: 4 });
  fc.assert(
    fc.property(
      shape,
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      fc.nat(4),
      (target, squeezed, cut) => {
        scope(() => {
          const a = counting(target);
          const small = target
            .map((size, axis) => (squeezed[axis]! ? 1 : size))
            .slice(Math.min(cut, target.length));
          const b = counting(small);
          const repeated = list(expand(b, target));
          const plain = list(a);
          expect(list(sub(a, b))).toEqual(plain.map((value, index) => value - repeated[index]!));
          expect(list(mul(b, a))).toEqual(plain.map((value, index) => value * repeated[index]!));
        });
      },
    ),
  );
});

describe("memory", () => {
  it("comes back at the end of each scope, over 10,000 steps", () => {
    const weights = counting([32, 16]);
    const step = (): number => scope(() => sum(relu(add(mul(weights, weights), 1))).item());
    step();
    const before = memoryInUse();
    for (let count = 0; count < 10_000; count++) step();
    expect(memoryInUse()).toEqual(before);
    weights.dispose();
    expect(memoryInUse().pieces).toBe(before.pieces - 1);
  });

  it("of a scope's result lives on, and that of the rest does not", () => {
    let lost: Tensor | undefined;
    const kept = scope(() => {
      lost = full([4], 1);
      return reshape(full([4], 3), [2, 2]);
    });
    expect(list(kept)).toEqual([3, 3, 3, 3]);
    expect(() => lost?.values).toThrow("used after its scope ended");
    kept.dispose();
  });

  it("of a graph must be there for its way back", () => {
    const weights = counting([4]);
    weights.requiresGrad = true;
    const loss = scope(() => sum(relu(mul(weights, 2))));
    expect(() => backward(loss)).toThrow("recorded has ended");
  });

  it("comes back when a scope fails", () => {
    const before = memoryInUse();
    expect(() =>
      scope(() => {
        full([100], 1);
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(memoryInUse()).toEqual(before);
  });

  it("is not given back while an array over it is in use", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const arrays = Array.from({ length: 50 }, (_, index) => {
      const turned = contiguous(permute(full([31, 7], index), [1, 0]));
      return index % 2 === 0 ? turned.values : turned.view([7], [1], 31).values;
    });
    for (let round = 0; round < 5; round++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (let index = 0; index < 200; index++) full([31, 7], -1);
    expect(arrays.map((values) => new Set(values))).toEqual(
      arrays.map((_, index) => new Set([index])),
    );
  });

  it("has a limit, with a remedy", () => {
    expect(() => full([400_000_000], 0)).toThrow("use smaller batches");
  });
});
