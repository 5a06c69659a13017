/** Products of matrices, which may be strided views: packed SIMD for f32, plain loops for f64. */
import assert from "node:assert/strict";
import { allocate } from "./memory.ts";
import { simd } from "./simd.ts";
import type { Tensor } from "./tensor.ts";

/** The blocks of kernels/product.as, and its tile for edges. */
const scratch = allocate("f32", 128 * 256 + 256 * 512 + 4 * 8);

/** out[rows x columns] = (or, to accumulate, +=) a[rows x inner] b[inner x columns]; out's rows are adjacent values. */
export function product(a: Tensor, b: Tensor, out: Tensor, accumulate = false): void {
  const [rows, inner] = a.shape as readonly [number, number];
  const columns = b.shape[1]!;
  assert(a.rank === 2 && b.shape[0] === inner && a.dtype === b.dtype && a.dtype === out.dtype);
  assert(
    out.shape[0] === rows && out.shape[1] === columns && (out.strides[1] === 1 || columns === 1),
  );
  if (inner === 0 && !accumulate) out.values.fill(0);
  if (rows === 0 || columns === 0 || inner === 0) return;
  const [aRow, aColumn] = a.strides as readonly [number, number];
  const [bRow, bColumn] = b.strides as readonly [number, number];
  const outRow = out.strides[0]!;
  if (a.dtype === "f32") {
    simd.multiply(
      rows,
      columns,
      inner,
      a.address,
      aRow * 4,
      aColumn * 4,
      b.address,
      bRow * 4,
      bColumn * 4,
      out.address,
      outRow * 4,
      accumulate ? 1 : 0,
      scratch.address,
    );
    return;
  }
  const [left, right, to] = [a.storage.values, b.storage.values, out.storage.values];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const place = out.offset + row * outRow + column;
      let sum = accumulate ? to[place]! : 0;
      let from = a.offset + row * aRow;
      let other = b.offset + column * bColumn;
      for (let step = 0; step < inner; step++, from += aColumn, other += bRow) {
        sum += left[from]! * right[other]!;
      }
      to[place] = sum;
    }
  }
}

/** A matrix read with its rows as columns. */
export function transposed(matrix: Tensor): Tensor {
  return matrix.view(matrix.shape.toReversed(), matrix.strides.toReversed());
}
