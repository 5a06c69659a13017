/** Operators on each value, and reductions. */
import * as f from "../autograd/elementwise.ts";
import { argmax } from "../autograd/indexing.ts";
import { amax, amin, mean, sum } from "../autograd/reductions.ts";
import { reshape, slice } from "../autograd/shape.ts";
import { logSoftmax, softmax } from "../autograd/softmax.ts";
import { mapPair, mapSingle } from "../tensor/arithmetic.ts";
import { axisOf } from "../tensor/shape.ts";
import { copy, full, type Tensor } from "../tensor/tensor.ts";
import { cast, elementTypeOf, isFloat, wholeProduct, wrap } from "./element-types.ts";
import type { Call, OperatorTable, Value } from "./operator.ts";

const single =
  (operator: (x: Tensor) => Tensor) =>
  (call: Call): Value[] =>
    call.like(operator(call.tensor(0)));

/** Whole numbers wrap around, as in C. */
const pair =
  (operator: (a: Tensor, b: Tensor) => Tensor, whole: (a: number, b: number) => number) =>
  (call: Call): Value[] => {
    const { type } = call.input(0);
    if (call.input(1).type !== type) throw new RangeError("The operands' types differ.");
    const [a, b] = [call.tensor(0), call.tensor(1)];
    if (isFloat(type)) return call.like(operator(a, b));
    const result = (x: number, y: number): number =>
      whole === times ? wholeProduct(x, y, type) : wrap(whole(x, y), type);
    return call.like(mapPair(a, b, result));
  };

const times = (a: number, b: number): number => a * b;

function divideWhole(a: number, b: number): number {
  if (b === 0) throw new RangeError("A whole number is divided by 0.");
  return Math.trunc(a / b);
}

function clip(call: Call): Value[] {
  const bound = (index: number, attribute: string, otherwise: number): number =>
    call.optionalTensor(index)?.item() ?? call.number(attribute, otherwise);
  const [low, high] = [bound(1, "min", -Infinity), bound(2, "max", Infinity)];
  return call.like(f.clamp(call.tensor(0), low, high));
}

function power(call: Call): Value[] {
  const exponent = call.tensor(1);
  if (exponent.size !== 1) throw new RangeError("Exponents that differ are not supported.");
  return call.like(f.pow(call.tensor(0), exponent.item()));
}

/** Inference: nothing is dropped. */
function dropout(call: Call): Value[] {
  const x = call.tensor(0);
  if ((call.optionalTensor(2)?.item() ?? 0) !== 0)
    throw new RangeError("Training is not supported.");
  return [...call.like(x), { tensor: full(x.shape, 1, "i32"), type: "bool" }];
}

const reduce =
  (operator: (x: Tensor, options: { axes: number[]; keepDim: boolean }) => Tensor) =>
  (call: Call): Value[] => {
    const x = call.tensor(0);
    const axes = call.wholes(1, "axes") ?? [];
    if (axes.length === 0 && call.number("noop_with_empty_axes", 0) === 1) return call.like(x);
    return call.like(operator(x, { axes, keepDim: call.number("keepdims", 1) === 1 }));
  };

function argMax(call: Call): Value[] {
  const x = call.tensor(0);
  const axis = axisOf(call.number("axis", 0), x.rank);
  const size = x.shape[axis]!;
  const isLast = call.number("select_last_index", 0) === 1;
  const source = isLast ? slice(x, { axis, start: size - 1, length: size, step: -1 }) : x;
  const places = mapSingle(argmax(source, axis), (place) => (isLast ? size - 1 - place : place));
  const shape = call.number("keepdims", 1) === 1 ? x.shape.with(axis, 1) : places.shape;
  return [{ tensor: reshape(copy(places, "f64"), shape), type: "int64" }];
}

/** Before operator set 13 the axes from `axis` on counted as one. */
const alongAxis =
  (operator: (x: Tensor, axis: number) => Tensor) =>
  (call: Call): Value[] => {
    const x = call.tensor(0);
    if (call.opset >= 13) return call.like(operator(x, call.number("axis", -1)));
    const axis = axisOf(call.number("axis", 1), x.rank);
    const rows = x.shape.slice(0, axis).reduce((size, each) => size * each, 1);
    return call.like(reshape(operator(reshape(x, [rows, -1]), 1), x.shape));
  };

function castTo(call: Call): Value[] {
  const type = elementTypeOf(call.number("to", 0));
  return [{ tensor: cast(call.tensor(0), type), type }];
}

export const simpleOperators: OperatorTable = {
  Abs: single(f.abs),
  Add: pair(f.add, (a, b) => a + b),
  ArgMax: argMax,
  Cast: castTo,
  Clip: clip,
  Div: pair(f.div, divideWhole),
  Dropout: dropout,
  Elu: (call) => call.like(f.elu(call.tensor(0), call.number("alpha", 1))),
  Exp: single(f.exp),
  Gelu: (call) =>
    call.like((call.text("approximate", "none") === "tanh" ? f.geluTanh : f.gelu)(call.tensor(0))),
  HardSigmoid: (call) => {
    const line = f.add(f.mul(call.tensor(0), call.number("alpha", 0.2)), call.number("beta", 0.5));
    return call.like(f.clamp(line, 0, 1));
  },
  HardSwish: single(f.hardswish),
  Identity: single((x) => x),
  LeakyRelu: (call) => call.like(f.leakyRelu(call.tensor(0), call.number("alpha", 0.01))),
  Log: single(f.log),
  LogSoftmax: alongAxis(logSoftmax),
  Max: pair(f.maximum, Math.max),
  Min: pair(f.minimum, Math.min),
  Mish: single(f.mish),
  Mul: pair(f.mul, times),
  Neg: single(f.neg),
  Pow: power,
  Reciprocal: single(f.reciprocal),
  ReduceMax: reduce(amax),
  ReduceMean: reduce(mean),
  ReduceMin: reduce(amin),
  ReduceSum: reduce(sum),
  ReduceSumSquare: reduce((x, options) => sum(f.square(x), options)),
  Relu: single(f.relu),
  Selu: single(f.selu),
  Sigmoid: single(f.sigmoid),
  Softmax: alongAxis(softmax),
  Softplus: single(f.softplus),
  Sqrt: single(f.sqrt),
  Sub: pair(f.sub, (a, b) => a - b),
  Tanh: single(f.tanh),
};
