/** Operators that work on each value by itself, with broadcasting where there are two. */
import {
  erf,
  exp as expOf,
  log as logOf,
  sigmoid as sigmoidOf,
  softplus as softplusOf,
  tanh as tanhOf,
} from "../tensor/elementary.ts";
import {
  mapBack,
  mapPair,
  mapSingle,
  minus,
  plus,
  product,
  quotient,
  scaled,
  sumTo,
} from "../tensor/arithmetic.ts";
import { scalar, Tensor } from "../tensor/tensor.ts";
import { defineOperator } from "./tape.ts";

export type Operand = Tensor | number;

/** A number becomes a tensor of the other's type. */
function both(a: Operand, b: Operand): [Tensor, Tensor] {
  if (a instanceof Tensor) return [a, b instanceof Tensor ? b : scalar(b, a.dtype)];
  if (b instanceof Tensor) return [scalar(a, b.dtype), b];
  return [scalar(a), scalar(b)];
}

/** Two operands, and the gradient with respect to each before it is summed to its shape. */
function pair(
  name: string,
  forward: (a: Tensor, b: Tensor) => Tensor,
  backA: (g: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor,
  backB: (g: Tensor, a: Tensor, b: Tensor, y: Tensor) => Tensor,
): (a: Operand, b: Operand) => Tensor {
  return defineOperator(name, (first: Operand, second: Operand) => {
    const [a, b] = both(first, second);
    const output = forward(a, b);
    return {
      output,
      inputs: [a, b],
      backward: (g) => [
        a.requiresGrad ? sumTo(backA(g, a, b, output), a.shape) : null,
        b.requiresGrad ? sumTo(backB(g, a, b, output), b.shape) : null,
      ],
    };
  });
}

const zeroUnless = (condition: boolean, value: number): number => (condition ? value : 0);

export const add = pair(
  "add",
  plus,
  (g) => g,
  (g) => g,
);
export const sub = pair(
  "sub",
  minus,
  (g) => g,
  (g) => scaled(g, -1),
);
export const mul = pair(
  "mul",
  product,
  (g, _, b) => product(g, b),
  (g, a) => product(g, a),
);
export const div = pair(
  "div",
  quotient,
  (g, _, b) => quotient(g, b),
  (g, _, b, y) => scaled(quotient(product(g, y), b), -1),
);
/** Where both are equal each gets half of the gradient, as in PyTorch. */
export const maximum = pair(
  "maximum",
  (a, b) => mapPair(a, b, Math.max),
  (g, a, b) =>
    product(
      g,
      mapPair(a, b, (x, y) => (x === y ? 0.5 : Number(x > y))),
    ),
  (g, a, b) =>
    product(
      g,
      mapPair(a, b, (x, y) => (x === y ? 0.5 : Number(x < y))),
    ),
);
export const minimum = pair(
  "minimum",
  (a, b) => mapPair(a, b, Math.min),
  (g, a, b) =>
    product(
      g,
      mapPair(a, b, (x, y) => (x === y ? 0.5 : Number(x < y))),
    ),
  (g, a, b) =>
    product(
      g,
      mapPair(a, b, (x, y) => (x === y ? 0.5 : Number(x > y))),
    ),
);

/** A function of one value; its derivative from the input x and the output y. */
function single(
  name: string,
  forward: (x: number) => number,
  derivative: (x: number, y: number) => number,
  kernel?: "exp" | "sigmoid" | "tanh",
): (x: Tensor) => Tensor {
  return defineOperator(name, (x: Tensor) => {
    const output = mapSingle(x, forward, kernel);
    return {
      output,
      inputs: [x],
      backward: (g) => [mapBack(g, x, output, (slope, from, to) => slope * derivative(from, to))],
    };
  });
}

export const neg = single(
  "neg",
  (x) => -x,
  () => -1,
);
export const exp = single("exp", expOf, (_, y) => y, "exp");
export const log = single("log", logOf, (x) => 1 / x);
export const sqrt = single("sqrt", Math.sqrt, (_, y) => 0.5 / y);
export const abs = single("abs", Math.abs, (x) => Math.sign(x));
export const square = single(
  "square",
  (x) => x * x,
  (x) => 2 * x,
);
export const reciprocal = single(
  "reciprocal",
  (x) => 1 / x,
  (_, y) => -y * y,
);
export const tanh = single("tanh", tanhOf, (_, y) => 1 - y * y, "tanh");
export const sigmoid = single("sigmoid", sigmoidOf, (_, y) => y * (1 - y), "sigmoid");
export const softplus = single("softplus", softplusOf, (x) => sigmoidOf(x));
export const silu = single(
  "silu",
  (x) => x * sigmoidOf(x),
  (x) => sigmoidOf(x) * (1 + x * (1 - sigmoidOf(x))),
);
export const mish = single(
  "mish",
  (x) => x * tanhOf(softplusOf(x)),
  (x) => {
    const t = tanhOf(softplusOf(x));
    return t + x * (1 - t * t) * sigmoidOf(x);
  },
);
const rootHalf = Math.SQRT1_2;
export const gelu = single(
  "gelu",
  (x) => 0.5 * x * (1 + erf(x * rootHalf)),
  (x) => 0.5 * (1 + erf(x * rootHalf)) + x * expOf(-0.5 * x * x) * 0.398_942_280_401_432_7,
);
/** Hendrycks and Gimpel 2016: PyTorch's approximate="tanh". */
const geluScale = 0.797_884_560_802_865_4;
export const geluTanh = single(
  "geluTanh",
  (x) => 0.5 * x * (1 + tanhOf(geluScale * (x + 0.044_715 * x * x * x))),
  (x) => {
    const t = tanhOf(geluScale * (x + 0.044_715 * x * x * x));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * geluScale * (1 + 0.134_145 * x * x);
  },
);
export const hardsigmoid = single(
  "hardsigmoid",
  (x) => Math.min(1, Math.max(0, x / 6 + 0.5)),
  (x) => zeroUnless(x > -3 && x < 3, 1 / 6),
);
export const hardswish = single(
  "hardswish",
  (x) => x * Math.min(1, Math.max(0, x / 6 + 0.5)),
  (x) => (x >= 3 ? 1 : zeroUnless(x > -3, x / 3 + 0.5)),
);
/** Klambauer et al. 2017. */
const seluScale = 1.050_700_987_355_480_5;
const seluAlpha = 1.673_263_242_354_377_2;
export const selu = single(
  "selu",
  (x) => seluScale * (x > 0 ? x : seluAlpha * (expOf(x) - 1)),
  (x, y) => (x > 0 ? seluScale : y + seluScale * seluAlpha),
);

export const relu = defineOperator("relu", (x: Tensor) => {
  const output = mapSingle(x, (value) => Math.max(value, 0), "relu");
  return {
    output,
    inputs: [x],
    backward: (g) => [mapPair(g, output, (slope, y) => zeroUnless(y > 0, slope), "reluBackward")],
  };
});

/** A function of one value with parameters. */
function shaped<Parameters extends number[]>(
  name: string,
  forward: (x: number, ...parameters: Parameters) => number,
  derivative: (x: number, ...parameters: Parameters) => number,
): (x: Tensor, ...parameters: Parameters) => Tensor {
  return defineOperator(name, (x: Tensor, ...parameters: Parameters) => {
    const output = mapSingle(x, (value) => forward(value, ...parameters));
    return {
      output,
      inputs: [x],
      backward: (g) => [
        mapBack(g, x, output, (slope, from) => slope * derivative(from, ...parameters)),
      ],
    };
  });
}

export const leakyRelu = shaped(
  "leakyRelu",
  (x, slope: number) => (x > 0 ? x : slope * x),
  (x, slope: number) => (x > 0 ? 1 : slope),
);
export const elu = shaped(
  "elu",
  (x, alpha: number) => (x > 0 ? x : alpha * (expOf(x) - 1)),
  (x, alpha: number) => (x > 0 ? 1 : alpha * expOf(x)),
);
/** Values outside [low, high] take the nearer bound; the upper one wins where they cross. */
export const clamp = shaped(
  "clamp",
  (x, low: number, high: number) => Math.min(Math.max(x, low), high),
  (x, low: number, high: number) => zeroUnless(x >= low && x <= high, 1),
);
export const pow = shaped(
  "pow",
  (x, exponent: number) => power(x, exponent),
  (x, exponent: number) => exponent * power(x, exponent - 1),
);

/** Whole exponents by squaring, others by exp and log. */
function power(x: number, exponent: number): number {
  if (!Number.isInteger(exponent) || Math.abs(exponent) > 1_024) return expOf(exponent * logOf(x));
  let result = 1;
  let factor = x;
  for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2), factor *= factor) {
    if (rest % 2 === 1) result *= factor;
  }
  return exponent < 0 ? 1 / result : result;
}
