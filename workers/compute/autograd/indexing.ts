/** Operators that take values by their places. Indices are i32 tensors. */
import { mapPair, sumTo } from "../tensor/arithmetic.ts";
import type { Chance } from "../chance.ts";
import { axisOf, broadcastShapes, broadcastStrides, sizeOf, stridesOf } from "../tensor/shape.ts";
import { contiguous, empty, full, type Tensor } from "../tensor/tensor.ts";
import { walkRows } from "../tensor/walk.ts";
import { defineOperator } from "./tape.ts";

/** @throws RangeError for an index outside; negative ones count from the end */
function placeOf(index: number, size: number): number {
  const place = index < 0 ? index + size : index;
  if (!(place >= 0 && place < size)) throw new RangeError(`Index ${index} of ${size}.`);
  return place;
}

/** The slices of x along an axis that the indices name, with the indices' shape in the axis' place. */
export const take = defineOperator("take", (x: Tensor, axis: number, indices: Tensor) => {
  const own = axisOf(axis, x.rank);
  const size = x.shape[own]!;
  const inner = sizeOf(x.shape.slice(own + 1));
  const outer = sizeOf(x.shape.slice(0, own));
  const places = Array.from(contiguous(indices).values, (index) => placeOf(index, size));
  const shape = [...x.shape.slice(0, own), ...indices.shape, ...x.shape.slice(own + 1)];
  const output = empty(shape, x.dtype);
  const [from, to] = [contiguous(x).values, output.storage.values];
  const visit = (move: (whole: number, part: number) => void): void => {
    for (let group = 0, part = 0; group < outer; group++) {
      for (const place of places) {
        const start = (group * size + place) * inner;
        for (let at = start; at < start + inner; at++) move(at, part++);
      }
    }
  };
  visit((whole, part) => (to[part] = from[whole]!));
  return {
    output,
    inputs: [x],
    backward: (g) => {
      const out = full(x.shape, 0, x.dtype);
      const [target, slopes] = [out.storage.values, g.values];
      visit((whole, part) => (target[whole]! += slopes[part]!));
      return [out];
    },
  };
});

/** Rows of a table. */
export function embedding(ids: Tensor, weight: Tensor): Tensor {
  return take(weight, 0, ids);
}

/** torch.gather: out[i][j] = x[index[i][j]][j] along axis 0, and so on. */
export const gather = defineOperator("gather", (x: Tensor, axis: number, indices: Tensor) => {
  const own = axisOf(axis, x.rank);
  const ids = contiguous(indices).values;
  const strides = stridesOf(x.shape);
  const places = new Int32Array(ids.length);
  const others = strides.with(own, 0);
  walkRows(
    indices.shape,
    [stridesOf(indices.shape), others],
    [0, 0],
    ([at, base], length, [step, baseStep]) => {
      for (let index = 0; index < length; index++) {
        const from = at! + index * step!;
        places[from] =
          base! + index * baseStep! + placeOf(ids[from]!, x.shape[own]!) * strides[own]!;
      }
    },
  );
  const output = empty(indices.shape, x.dtype);
  const [from, to] = [contiguous(x).values, output.storage.values];
  places.forEach((place, at) => (to[at] = from[place]!));
  return {
    output,
    inputs: [x],
    backward: (g) => {
      const out = full(x.shape, 0, x.dtype);
      const [target, slopes] = [out.storage.values, g.values];
      places.forEach((place, at) => (target[place]! += slopes[at]!));
      return [out];
    },
  };
});

/** a where the condition (i32) is not 0, b elsewhere; all three are stretched to one shape. */
export const where = defineOperator("where", (condition: Tensor, a: Tensor, b: Tensor) => {
  const shape = broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape));
  const mask = full(shape, 0, a.dtype);
  const strides = broadcastStrides(condition.shape, condition.strides, shape);
  const [flags, to] = [condition.storage.values, mask.storage.values];
  let at = 0;
  walkRows(shape, [strides], [condition.offset], ([start], length, [step]) => {
    for (let index = 0; index < length; index++)
      to[at++] = flags[start! + index * step!] === 0 ? 0 : 1;
  });
  const chosen = mapPair(mask, a, (flag, value) => (flag === 1 ? value : 0));
  const others = mapPair(mask, b, (flag, value) => (flag === 1 ? 0 : value));
  return {
    output: mapPair(chosen, others, (x, y) => x + y, "add"),
    inputs: [a, b],
    backward: (g) => [
      sumTo(
        mapPair(mask, g, (flag, slope) => (flag === 1 ? slope : 0)),
        a.shape,
      ),
      sumTo(
        mapPair(mask, g, (flag, slope) => (flag === 1 ? 0 : slope)),
        b.shape,
      ),
    ],
  };
});

/** Srivastava et al. 2014: each value is 0 with this probability, the others are scaled up. */
export const dropout = defineOperator(
  "dropout",
  (x: Tensor, probability: number, chance: Chance) => {
    const mask = empty(x.shape, x.dtype);
    const { values } = mask.storage;
    const scale = probability === 1 ? 0 : 1 / (1 - probability);
    for (let at = 0; at < values.length; at++)
      values[at] = chance.float() < probability ? 0 : scale;
    return {
      output: mapPair(x, mask, (value, factor) => value * factor, "times"),
      inputs: [x],
      backward: (g) => [mapPair(g, mask, (slope, factor) => slope * factor, "times")],
    };
  },
);

/** The place of the largest value along an axis, the first of equals, as i32 without the axis. */
export function argmax(x: Tensor, axis: number): Tensor {
  const own = axisOf(axis, x.rank);
  const size = x.shape[own]!;
  const step = sizeOf(x.shape.slice(own + 1));
  const out = empty(x.shape.toSpliced(own, 1), "i32");
  const { values } = contiguous(x);
  const to = out.storage.values;
  for (let line = 0; line < to.length; line++) {
    const start = Math.floor(line / step) * step * size + (line % step);
    let best = 0;
    for (let index = 1; index < size; index++) {
      if (values[start + index * step]! > values[start + best * step]!) best = index;
    }
    to[line] = best;
  }
  return out;
}
