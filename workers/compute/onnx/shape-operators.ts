/** Operators that move values. */
import { gather, take } from "../autograd/indexing.ts";
import { concat, expand, permute, reshape, slice } from "../autograd/shape.ts";
import { axesOf, axisOf, broadcastShapes, sizeOf } from "../tensor/shape.ts";
import { copy, tensor, type Tensor } from "../tensor/tensor.ts";
import { dtypeOf } from "./element-types.ts";
import type { Call, OperatorTable, Value } from "./operator.ts";

const wholes = (values: readonly number[]): Value[] => [
  { tensor: tensor(values, [values.length], "f64"), type: "int64" },
];

/** Indices as the engine's operators take them. */
const indices = (x: Tensor): Tensor => copy(x, "i32");

function needed(list: readonly number[] | null, what: string): readonly number[] {
  if (list === null) throw new RangeError(`${what} are missing.`);
  return list;
}

function reshapeTo(call: Call): Value[] {
  const x = call.tensor(0);
  const wanted = needed(call.wholes(1, "shape"), "The sizes");
  const keepsZero = call.number("allowzero", 0) === 1;
  const shape = wanted.map((size, axis) =>
    size === 0 && !keepsZero ? (x.shape[axis] ?? 0) : size,
  );
  return call.like(reshape(x, shape));
}

function flattenFrom(call: Call): Value[] {
  const x = call.tensor(0);
  const axis = call.number("axis", 1);
  const at = axis < 0 ? axis + x.rank : axis;
  if (at < 0 || at > x.rank) throw new RangeError(`There is no axis ${axis}.`);
  return call.like(reshape(x, [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))]));
}

function squeeze(call: Call): Value[] {
  const x = call.tensor(0);
  const list = call.wholes(1, "axes");
  const axes =
    list === null
      ? x.shape.flatMap((size, axis) => (size === 1 ? [axis] : []))
      : axesOf(list, x.rank);
  if (axes.some((axis) => x.shape[axis] !== 1))
    throw new RangeError("An axis to drop is not of 1.");
  return call.like(
    reshape(
      x,
      x.shape.filter((_, axis) => !axes.includes(axis)),
    ),
  );
}

function unsqueeze(call: Call): Value[] {
  const x = call.tensor(0);
  const list = needed(call.wholes(1, "axes"), "The axes");
  const shape = [...x.shape];
  for (const axis of axesOf(list, x.rank + list.length)) shape.splice(axis, 0, 1);
  return call.like(reshape(x, shape));
}

function sliceAll(call: Call): Value[] {
  let x = call.tensor(0);
  const starts = needed(call.wholes(1, "starts"), "Starts");
  const ends = needed(call.wholes(2, "ends"), "Ends");
  const axes = call.wholes(3, "axes") ?? starts.map((_, axis) => axis);
  const steps = call.wholes(4) ?? starts.map(() => 1);
  starts.forEach((from, index) => {
    const axis = axisOf(axes[index] ?? Number.NaN, x.rank);
    const step = steps[index] ?? 1;
    if (step === 0) throw new RangeError("A step of 0.");
    const size = x.shape[axis]!;
    const least = step > 0 ? 0 : -1;
    const bound = (at: number, low: number, high: number): number =>
      Math.min(Math.max(at < 0 ? at + size : at, low), high);
    const start = bound(from, 0, step > 0 ? size : size - 1);
    const end = bound(ends[index] ?? 0, least, step > 0 ? size : size - 1);
    const length = Math.max(0, Math.ceil((end - start) / step));
    x = slice(x, { axis, start, length, step });
  });
  return call.like(x);
}

function gatherNd(call: Call): Value[] {
  const x = call.tensor(0);
  const places = indices(call.tensor(1));
  if (call.number("batch_dims", 0) !== 0) throw new RangeError("batch_dims are not supported.");
  const depth = places.shape.at(-1) ?? 0;
  const lead = x.shape.slice(0, depth);
  const { values } = places;
  const flat = Array.from({ length: values.length / depth }, (_, row) =>
    lead.reduce((at, size, axis) => {
      const index = values[row * depth + axis]!;
      const place = index < 0 ? index + size : index;
      if (!(place >= 0 && place < size)) throw new RangeError(`Index ${index} of ${size}.`);
      return at * size + place;
    }, 0),
  );
  const rows = reshape(x, [sizeOf(lead), ...x.shape.slice(depth)]);
  const taken = take(rows, 0, tensor(flat, [flat.length], "i32"));
  return call.like(reshape(taken, [...places.shape.slice(0, -1), ...x.shape.slice(depth)]));
}

function constant(call: Call): Value[] {
  const own = call.constant("value");
  if (own === null) throw new RangeError("Only constants of a tensor are supported.");
  return [{ tensor: tensor(own.values, own.shape, dtypeOf(own.type)), type: own.type }];
}

export const shapeOperators: OperatorTable = {
  Concat: (call) =>
    call.like(
      concat(
        call.inputs.map((each) => each.tensor),
        call.number("axis", 0),
      ),
    ),
  Constant: constant,
  Expand: (call) => {
    const x = call.tensor(0);
    return call.like(expand(x, broadcastShapes(x.shape, needed(call.wholes(1), "The sizes"))));
  },
  Flatten: flattenFrom,
  Gather: (call) =>
    call.like(take(call.tensor(0), call.number("axis", 0), indices(call.tensor(1)))),
  GatherElements: (call) =>
    call.like(gather(call.tensor(0), call.number("axis", 0), indices(call.tensor(1)))),
  GatherND: gatherNd,
  Reshape: reshapeTo,
  Shape: (call) => wholes(call.tensor(0).shape),
  Slice: sliceAll,
  Squeeze: squeeze,
  Transpose: (call) => {
    const x = call.tensor(0);
    const reversed = x.shape.map((_, axis) => x.rank - 1 - axis);
    return call.like(permute(x, call.numbers("perm", reversed)));
  },
  Unsqueeze: unsqueeze,
};
