/** Matrix products: batched with broadcasting, and the dense layer's. */
import { inShape, sumOver, sumTo } from "../tensor/arithmetic.ts";
import { product, transposed } from "../tensor/product.ts";
import { broadcastShapes, broadcastStrides, type Shape, sizeOf } from "../tensor/shape.ts";
import { simd } from "../tensor/simd.ts";
import { contiguous, empty, type Tensor } from "../tensor/tensor.ts";
import { walkRows } from "../tensor/walk.ts";
import { reshape } from "./shape.ts";
import { defineOperator } from "./tape.ts";

/** As numpy's and PyTorch's matmul: vectors count as one row or column, leading axes are stretched. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.rank === 0 || b.rank === 0) throw new RangeError("matmul() needs vectors or matrices.");
  if (a.rank === 1) {
    const out = matmul(reshape(a, [1, a.shape[0]!]), b);
    return reshape(out, out.shape.toSpliced(out.rank - (b.rank === 1 ? 1 : 2), 1));
  }
  if (b.rank === 1) {
    const out = matmul(a, reshape(b, [b.shape[0]!, 1]));
    return reshape(out, out.shape.slice(0, -1));
  }
  return batched(a, b);
}

const batched = defineOperator("matmul", (a: Tensor, b: Tensor) => {
  const inner = a.shape.at(-1)!;
  if (inner !== b.shape.at(-2)) {
    throw new RangeError(
      `Matrices of [${a.shape.join(", ")}] and [${b.shape.join(", ")}] do not go together.`,
    );
  }
  return {
    output: multiplyAll(a, b),
    inputs: [a, b],
    backward: (g) => [
      a.requiresGrad ? sumTo(multiplyAll(g, swapped(b)), a.shape) : null,
      b.requiresGrad ? sumTo(multiplyAll(swapped(a), g), b.shape) : null,
    ],
  };
});

function swapped(x: Tensor): Tensor {
  const swap = (list: Shape): number[] => [...list.slice(0, -2), list.at(-1)!, list.at(-2)!];
  return x.view(swap(x.shape), swap(x.strides));
}

function multiplyAll(a: Tensor, b: Tensor): Tensor {
  const lead = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [rows, columns] = [a.shape.at(-2)!, b.shape.at(-1)!];
  const out = empty([...lead, rows, columns], a.dtype);
  const strides = [a, b].map((x) =>
    broadcastStrides(x.shape.slice(0, -2), x.strides.slice(0, -2), lead),
  );
  const matrix = (x: Tensor, at: number): Tensor =>
    x.view(x.shape.slice(-2), x.strides.slice(-2), at);
  let place = 0;
  walkRows(lead, strides, [a.offset, b.offset], ([left, right], length, [step, other]) => {
    for (let index = 0; index < length; index++, place += rows * columns) {
      product(
        matrix(a, left! + index * step!),
        matrix(b, right! + index * other!),
        matrix(out, place),
      );
    }
  });
  return out;
}

/** x W^T + b. Rows of x are its last axis; W is [outputs, inputs], b [outputs] or null. */
export const linear = defineOperator("linear", (x: Tensor, weight: Tensor, bias: Tensor | null) => {
  const [outputs, inputs] = weight.shape as readonly [number, number];
  if (weight.rank !== 2 || x.shape.at(-1) !== inputs) {
    throw new RangeError(`A layer of ${inputs} inputs is given [${x.shape.join(", ")}].`);
  }
  const rows = sizeOf(x.shape.slice(0, -1));
  const flat = inShape(x, [rows, inputs]);
  const flatOut = empty([rows, outputs], x.dtype);
  product(flat, transposed(weight), flatOut);
  if (bias !== null) addToRows(flatOut, bias);
  return {
    output: inShape(flatOut, [...x.shape.slice(0, -1), outputs]),
    inputs: bias === null ? [x, weight] : [x, weight, bias],
    backward: (g) => {
      const slopes = inShape(g, [rows, outputs]);
      let toX: Tensor | null = null;
      if (x.requiresGrad) {
        const flatX = empty([rows, inputs], x.dtype);
        product(slopes, weight, flatX);
        toX = inShape(flatX, x.shape);
      }
      const toWeight = empty(weight.shape, weight.dtype);
      product(transposed(slopes), flat, toWeight);
      const toBias = bias === null ? null : inShape(sumOver(slopes, 0), bias.shape);
      return [toX, toWeight, toBias];
    },
  };
});

function addToRows(matrix: Tensor, row: Tensor): void {
  const [rows, columns] = matrix.shape as readonly [number, number];
  const source = contiguous(row);
  if (matrix.dtype === "f32") {
    simd.addRow(matrix.address, source.address, matrix.address, rows, columns);
    return;
  }
  const [to, from] = [matrix.values, source.values];
  for (let at = 0; at < to.length; at++) to[at]! += from[at % columns]!;
}
