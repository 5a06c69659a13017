/** Operators that bring many values down to few. */
import {
  inShape,
  product,
  reducedShape,
  scaled,
  stretched,
  sumOver,
} from "../tensor/arithmetic.ts";
import { axesOf, broadcastStrides, stridesOf } from "../tensor/shape.ts";
import { copy, full, type Tensor } from "../tensor/tensor.ts";
import { walkRows } from "../tensor/walk.ts";
import { defineOperator } from "./tape.ts";

export interface Reduction {
  /** All by default. */
  readonly axes?: number | readonly number[];
  /** Reduced axes stay with size 1. */
  readonly keepDim?: boolean;
}

const without = (shape: readonly number[], axes: readonly number[]): number[] =>
  shape.filter((_, axis) => !axes.includes(axis));

function additive(name: string, divides: boolean): (x: Tensor, options?: Reduction) => Tensor {
  return defineOperator(name, (x: Tensor, { axes = [], keepDim = false }: Reduction = {}) => {
    const own = axesOf(Array.isArray(axes) && axes.length === 0 ? null : axes, x.rank);
    const kept = reducedShape(x.shape, own);
    const sums = sumOver(x, own);
    const share = divides ? sums.size / x.size : 1;
    const output = inShape(
      divides ? scaled(sums, share) : sums,
      keepDim ? kept : without(x.shape, own),
    );
    return {
      output,
      inputs: [x],
      backward: (g) => [stretched(inShape(divides ? scaled(g, share) : g, kept), x.shape)],
    };
  });
}

export const sum = additive("sum", false);
export const mean = additive("mean", true);

/** Mean of the squared distances from the mean; with `correction` 1 divided by one less (Bessel). */
export const variance = defineOperator(
  "variance",
  (
    x: Tensor,
    {
      axes = [],
      keepDim = false,
      correction = 1,
    }: Reduction & { readonly correction?: number } = {},
  ) => {
    const own = axesOf(Array.isArray(axes) && axes.length === 0 ? null : axes, x.rank);
    const kept = reducedShape(x.shape, own);
    const sums = sumOver(x, own);
    const count = x.size / sums.size;
    const centred = copy(x);
    const means = stretched(scaled(sums, 1 / count), x.shape);
    subtractInto(centred, means);
    const squares = scaled(
      sumOver(centred, own, (value) => value * value),
      1 / (count - correction),
    );
    return {
      output: inShape(squares, keepDim ? kept : without(x.shape, own)),
      inputs: [x],
      backward: (g) => {
        const slopes = stretched(inShape(scaled(g, 2 / (count - correction)), kept), x.shape);
        return [product(centred, slopes)];
      },
    };
  },
);

function subtractInto(target: Tensor, source: Tensor): void {
  const [to, from] = [target.values, source.storage.values];
  let at = 0;
  walkRows(target.shape, [source.strides], [source.offset], ([start], length, [step]) => {
    for (let index = 0; index < length; index++) to[at++]! -= from[start! + index * step!]!;
  });
}

/** The largest (or smallest) value; the first of equals gets the gradient. */
function extreme(name: string, wins: (a: number, b: number) => boolean) {
  return defineOperator(name, (x: Tensor, { axes = [], keepDim = false }: Reduction = {}) => {
    const own = axesOf(Array.isArray(axes) && axes.length === 0 ? null : axes, x.rank);
    const kept = reducedShape(x.shape, own);
    const best = full(kept, Number.NaN, x.dtype);
    const places = new Int32Array(best.size).fill(-1);
    const [from, to] = [x.storage.values, best.storage.values];
    const toStrides = broadcastStrides(kept, stridesOf(kept), x.shape);
    const strides = [x.strides, toStrides, stridesOf(x.shape)];
    walkRows(
      x.shape,
      strides,
      [x.offset, 0, 0],
      ([start, out, flat], length, [step, outStep, flatStep]) => {
        for (let index = 0; index < length; index++) {
          const value = from[start! + index * step!]!;
          const place = out! + index * outStep!;
          if (places[place] === -1 || wins(value, to[place]!)) {
            to[place] = value;
            places[place] = flat! + index * flatStep!;
          }
        }
      },
    );
    return {
      output: inShape(best, keepDim ? kept : without(x.shape, own)),
      inputs: [x],
      backward: (g) => {
        const out = full(x.shape, 0, x.dtype);
        const [slopes, target] = [g.values, out.storage.values];
        places.forEach((place, index) => (target[place]! += slopes[index]!));
        return [out];
      },
    };
  });
}

export const amax = extreme("amax", (a, b) => a > b || a !== a);
export const amin = extreme("amin", (a, b) => a < b || a !== a);
