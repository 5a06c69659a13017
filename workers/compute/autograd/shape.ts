/** Operators that only move values: views where that is possible. */
import { inShape, sumTo } from "../tensor/arithmetic.ts";
import { axisOf, broadcastStrides, sameShape, sizeOf, type Shape } from "../tensor/shape.ts";
import { empty, full, type Tensor } from "../tensor/tensor.ts";
import { walkRows } from "../tensor/walk.ts";
import { defineOperator } from "./tape.ts";

/**
 * The same values in another shape; one size may be -1, for what is left.
 * @throws RangeError when the sizes do not fit
 */
export const reshape = defineOperator("reshape", (x: Tensor, shape: Shape) => ({
  output: inShape(x, resolveShape(x.size, shape)),
  inputs: [x],
  backward: (g) => [inShape(g, x.shape)],
}));

export function resolveShape(size: number, shape: Shape): number[] {
  const known = shape.filter((each) => each !== -1);
  const rest = size / sizeOf(known);
  const resolved = shape.map((each) => (each === -1 ? rest : each));
  if (
    known.length < shape.length - 1 ||
    resolved.some((each) => !Number.isInteger(each) || each < 0) ||
    sizeOf(resolved) !== size
  ) {
    throw new RangeError(`${size} values do not fit the shape [${shape.join(", ")}].`);
  }
  return resolved;
}

/** @param order which axis of x each axis of the result is */
export const permute = defineOperator("permute", (x: Tensor, order: readonly number[]) => {
  const own = order.map((axis) => axisOf(axis, x.rank));
  if (own.length !== x.rank || new Set(own).size !== x.rank) {
    throw new RangeError(`[${order.join(", ")}] does not order ${x.rank} axes.`);
  }
  const view = (from: Tensor, axes: readonly number[]): Tensor =>
    from.view(
      axes.map((axis) => from.shape[axis]!),
      axes.map((axis) => from.strides[axis]!),
    );
  const inverse = own.map((_, axis) => own.indexOf(axis));
  return { output: view(x, own), inputs: [x], backward: (g) => [view(g, inverse)] };
});

export function transpose(x: Tensor, first: number, second: number): Tensor {
  const order = x.shape.map((_, axis) => axis);
  const [a, b] = [axisOf(first, x.rank), axisOf(second, x.rank)];
  order[a] = b;
  order[b] = a;
  return permute(x, order);
}

/** A view in which axes of size 1 repeat. */
export const expand = defineOperator("expand", (x: Tensor, shape: Shape) => {
  const lead = shape.length - x.rank;
  const fits =
    lead >= 0 && x.shape.every((size, axis) => size === 1 || size === shape[axis + lead]);
  if (!fits) {
    throw new RangeError(`[${x.shape.join(", ")}] does not stretch to [${shape.join(", ")}].`);
  }
  return {
    output: x.view(shape, broadcastStrides(x.shape, x.strides, shape)),
    inputs: [x],
    backward: (g) => [sumTo(g, x.shape)],
  };
});

export interface SliceRange {
  readonly axis: number;
  /** The first index, from 0. */
  readonly start: number;
  readonly length: number;
  /** Negative steps go backwards. */
  readonly step?: number;
}

/** A view of a part of one axis. */
export const slice = defineOperator(
  "slice",
  (x: Tensor, { axis, start, length, step = 1 }: SliceRange) => {
    const own = axisOf(axis, x.rank);
    const last = start + (length - 1) * step;
    const size = x.shape[own]!;
    if (length > 0 && !(start >= 0 && start < size && last >= 0 && last < size)) {
      throw new RangeError(`A slice from ${start} to ${last} leaves an axis of ${size}.`);
    }
    const part = (from: Tensor): Tensor =>
      from.view(
        from.shape.with(own, length),
        from.strides.with(own, from.strides[own]! * step),
        length === 0 ? from.offset : from.offset + start * from.strides[own]!,
      );
    return {
      output: part(x),
      inputs: [x],
      backward: (g) => {
        const out = full(x.shape, 0, x.dtype);
        copyInto(part(out), g);
        return [out];
      },
    };
  },
);

/** One index of an axis, which goes away. */
export function select(x: Tensor, axis: number, index: number): Tensor {
  const own = axisOf(axis, x.rank);
  const part = slice(x, { axis: own, start: index, length: 1 });
  return reshape(part, x.shape.toSpliced(own, 1));
}

/** Joined along an axis. */
export const concat = defineOperator("concat", (parts: readonly Tensor[], axis: number) => {
  const [first] = parts;
  if (first === undefined) throw new RangeError("Nothing to join.");
  const own = axisOf(axis, first.rank);
  for (const { shape, dtype } of parts) {
    if (
      !sameShape(shape.toSpliced(own, 1), first.shape.toSpliced(own, 1)) ||
      dtype !== first.dtype ||
      shape.length !== first.rank
    ) {
      throw new RangeError(
        `Shapes [${first.shape.join(", ")}] and [${shape.join(", ")}] do not join.`,
      );
    }
  }
  const size = parts.reduce((total, { shape }) => total + shape[own]!, 0);
  const output = empty(first.shape.with(own, size), first.dtype);
  const place = (whole: Tensor, start: number, length: number): Tensor =>
    whole.view(
      whole.shape.with(own, length),
      whole.strides,
      whole.offset + start * whole.strides[own]!,
    );
  const starts: number[] = [];
  let at = 0;
  for (const part of parts) {
    starts.push(at);
    copyInto(place(output, at, part.shape[own]!), part);
    at += part.shape[own]!;
  }
  return {
    output,
    inputs: parts,
    backward: (g) => parts.map((part, index) => place(g, starts[index]!, part.shape[own]!)),
  };
});

/** Side by side along a new axis. */
export function stack(parts: readonly Tensor[], axis: number): Tensor {
  const rank = (parts[0]?.rank ?? 0) + 1;
  const own = axisOf(axis, rank);
  return concat(
    parts.map((part) => reshape(part, part.shape.toSpliced(own, 0, 1))),
    own,
  );
}

/** Constants around the values: for each axis how many before and after. */
export const pad = defineOperator(
  "pad",
  (x: Tensor, around: readonly (readonly [number, number])[], value: number = 0) => {
    const shape = x.shape.map((size, axis) => size + around[axis]![0] + around[axis]![1]);
    const output = full(shape, value, x.dtype);
    const middle = (whole: Tensor): Tensor =>
      whole.view(
        x.shape,
        whole.strides,
        around.reduce((at, [before], axis) => at + before * whole.strides[axis]!, whole.offset),
      );
    copyInto(middle(output), x);
    return { output, inputs: [x], backward: (g) => [middle(g)] };
  },
);

/** Writes one tensor's values over those of a view of the same shape. */
function copyInto(target: Tensor, source: Tensor): void {
  const [to, from] = [target.storage.values, source.storage.values];
  const strides = [target.strides, source.strides];
  walkRows(
    target.shape,
    strides,
    [target.offset, source.offset],
    ([at, place], length, [step, other]) => {
      for (let index = 0; index < length; index++)
        to[at! + index * step!] = from[place! + index * other!]!;
    },
  );
}

/** Axes from `start` to `end` (-1 for the last) become one. */
export function flatten(x: Tensor, start = 1, end = -1): Tensor {
  const [first, last] = [axisOf(start, x.rank), axisOf(end, x.rank)];
  const middle = sizeOf(x.shape.slice(first, last + 1));
  return reshape(x, [...x.shape.slice(0, first), middle, ...x.shape.slice(last + 1)]);
}
