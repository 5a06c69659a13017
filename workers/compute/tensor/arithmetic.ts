/** Arithmetic on tensors without a record: what operators and their ways back are made of. */
import {
  axesOf,
  broadcastShapes,
  broadcastStrides,
  sameShape,
  type Shape,
  stridesOf,
} from "./shape.ts";
import { simd } from "./simd.ts";
import { contiguous, empty, full, type Tensor } from "./tensor.ts";
import { walkRows } from "./walk.ts";

/** Kernels for two f32 tensors of the same shape. */
type SimdPair = "add" | "subtract" | "times" | "divide" | "reluBackward";
type SimdSingle = "relu" | "exp" | "sigmoid" | "tanh";

/** One value from each; f32 tensors whose values lie in order go through the kernel, if it is named. */
export function mapPair(
  a: Tensor,
  b: Tensor,
  f: (a: number, b: number) => number,
  kernel?: SimdPair,
): Tensor {
  if (a.dtype !== b.dtype) throw new RangeError(`Operands are ${a.dtype} and ${b.dtype}.`);
  const isSame = sameShape(a.shape, b.shape);
  const shape = isSame ? a.shape : broadcastShapes(a.shape, b.shape);
  const out = empty(shape, a.dtype);
  if (kernel !== undefined && isSame && a.dtype === "f32" && a.isContiguous && b.isContiguous) {
    simd[kernel](a.address, b.address, out.address, out.size * 4);
    return out;
  }
  const [left, right, to] = [a.storage.values, b.storage.values, out.storage.values];
  const strides = [
    broadcastStrides(a.shape, a.strides, shape),
    broadcastStrides(b.shape, b.strides, shape),
  ];
  let at = 0;
  walkRows(shape, strides, [a.offset, b.offset], ([from, other], length, [step, otherStep]) => {
    for (let index = 0; index < length; index++) {
      to[at++] = f(left[from! + index * step!]!, right[other! + index * otherStep!]!);
    }
  });
  return out;
}

export function mapSingle(x: Tensor, f: (x: number) => number, kernel?: SimdSingle): Tensor {
  const source = contiguous(x);
  const out = empty(x.shape, x.dtype);
  if (kernel !== undefined && x.dtype === "f32") {
    simd[kernel](source.address, out.address, out.size * 4);
    return out;
  }
  const from = source.values;
  const to = out.storage.values;
  for (let index = 0; index < from.length; index++) to[index] = f(from[index]!);
  return out;
}

/** One value from the gradient, the input and the output of each. */
export function mapBack(
  gradient: Tensor,
  x: Tensor,
  y: Tensor,
  f: (gradient: number, x: number, y: number) => number,
): Tensor {
  const [g, from, result] = [contiguous(gradient).values, contiguous(x).values, y.values];
  const out = empty(y.shape, y.dtype);
  const to = out.storage.values;
  for (let index = 0; index < to.length; index++)
    to[index] = f(g[index]!, from[index]!, result[index]!);
  return out;
}

export const plus = (a: Tensor, b: Tensor): Tensor => mapPair(a, b, (x, y) => x + y, "add");
export const minus = (a: Tensor, b: Tensor): Tensor => mapPair(a, b, (x, y) => x - y, "subtract");
export const product = (a: Tensor, b: Tensor): Tensor => mapPair(a, b, (x, y) => x * y, "times");
export const quotient = (a: Tensor, b: Tensor): Tensor => mapPair(a, b, (x, y) => x / y, "divide");

export function scaled(x: Tensor, factor: number): Tensor {
  return mapSingle(x, (value) => value * factor);
}

/** target += source, in place; of one shape, the target contiguous. */
export function addInto(target: Tensor, source: Tensor): void {
  const from = contiguous(source);
  if (target.dtype === "f32" && target.storage.values.length === target.size) {
    simd.add(target.address, from.address, target.address, target.size * 4);
    return;
  }
  const [to, values] = [target.values, from.values];
  for (let index = 0; index < to.length; index++) to[index]! += values[index]!;
}

/** The shape with the axes at size 1. */
export function reducedShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/**
 * Sums over axes, which stay with size 1. Sums are kept in f64.
 * @param f what is added for each value; the value itself by default
 */
export function sumOver(
  x: Tensor,
  axes: number | readonly number[] | null,
  f?: (value: number) => number,
): Tensor {
  const own = axesOf(axes, x.rank);
  const shape = reducedShape(x.shape, own);
  if (x.dtype === "f32" && f === undefined && x.isContiguous) {
    const fast = sumBySimd(x, own, shape);
    if (fast !== null) return fast;
  }
  const out = full(shape, 0, x.dtype);
  const sums = x.dtype === "f32" ? new Float64Array(out.size) : out.storage.values;
  const from = x.storage.values;
  const strides = [x.strides, broadcastStrides(shape, stridesOf(shape), x.shape)];
  walkRows(x.shape, strides, [x.offset, 0], ([start, to], length, [step, toStep]) => {
    for (let index = 0; index < length; index++) {
      const value = from[start! + index * step!]!;
      sums[to! + index * toStep!]! += f === undefined ? value : f(value);
    }
  });
  if (x.dtype === "f32") out.storage.values.set(sums);
  return out;
}

/** Over the leading axes, or over everything. */
function sumBySimd(x: Tensor, axes: readonly number[], shape: Shape): Tensor | null {
  if (axes.length === 0 || !axes.every((axis, index) => axis === index) || x.size === 0)
    return null;
  const out = empty(shape, "f32");
  if (axes.length === x.rank) out.storage.values[0] = simd.sum(x.address, x.size);
  else simd.sumRows(x.address, out.address, x.size / out.size, out.size);
  return out;
}

/** Sums a gradient down to the shape that was stretched to it. */
export function sumTo(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const lead = gradient.rank - shape.length;
  const axes = gradient.shape.flatMap((size, axis) =>
    axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : [],
  );
  return inShape(sumOver(gradient, axes), shape);
}

/** A contiguous tensor's values in another shape of the same size. */
export function inShape(x: Tensor, shape: Shape): Tensor {
  const source = contiguous(x);
  return source.view(shape, stridesOf(shape));
}

/** A view that repeats along axes of size 1. */
export function stretched(x: Tensor, shape: Shape): Tensor {
  return x.view(shape, broadcastStrides(x.shape, x.strides, shape));
}

/** The lines of values along one axis of a contiguous tensor: where each begins, and its step. */
export function linesAlong(
  shape: Shape,
  axis: number,
): {
  readonly count: number;
  readonly length: number;
  readonly step: number;
  start(line: number): number;
} {
  const length = shape[axis]!;
  const step = shape.slice(axis + 1).reduce((size, each) => size * each, 1);
  const outer = shape.slice(0, axis).reduce((size, each) => size * each, 1);
  return {
    count: outer * step,
    length,
    step,
    start: (line) => Math.floor(line / step) * step * length + (line % step),
  };
}
