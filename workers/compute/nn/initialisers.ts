/** Initial values. Fans are counted as in PyTorch: axis 1 times the kernel comes in, axis 0 goes out. */
import type { Chance } from "../chance.ts";
import { log } from "../tensor/elementary.ts";
import type { DType } from "../tensor/memory.ts";
import { type Shape, sizeOf } from "../tensor/shape.ts";
import { empty, type Tensor } from "../tensor/tensor.ts";

function filled(shape: Shape, dtype: DType, next: () => number): Tensor {
  const out = empty(shape, dtype);
  const { values } = out;
  for (let index = 0; index < values.length; index++) values[index] = next();
  return out;
}

/** Uniform in [-bound, bound). */
export function uniform(shape: Shape, bound: number, chance: Chance, dtype: DType = "f32"): Tensor {
  return filled(shape, dtype, () => (chance.float() * 2 - 1) * bound);
}

/** Marsaglia's polar method. */
export function normal(
  shape: Shape,
  deviation: number,
  chance: Chance,
  dtype: DType = "f32",
): Tensor {
  return filled(shape, dtype, () => {
    for (;;) {
      const x = chance.float() * 2 - 1;
      const square = x * x + (chance.float() * 2 - 1) ** 2;
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * log(square)) / square) * deviation;
    }
  });
}

export function fansOf(shape: Shape): { readonly fanIn: number; readonly fanOut: number } {
  const kernel = sizeOf(shape.slice(2));
  return { fanIn: (shape[1] ?? 1) * kernel, fanOut: (shape[0] ?? 1) * kernel };
}

/** Glorot and Bengio 2010. */
export function xavierUniform(shape: Shape, chance: Chance, dtype: DType = "f32"): Tensor {
  const { fanIn, fanOut } = fansOf(shape);
  return uniform(shape, Math.sqrt(6 / (fanIn + fanOut)), chance, dtype);
}

export function xavierNormal(shape: Shape, chance: Chance, dtype: DType = "f32"): Tensor {
  const { fanIn, fanOut } = fansOf(shape);
  return normal(shape, Math.sqrt(2 / (fanIn + fanOut)), chance, dtype);
}

/** He et al. 2015, for ReLU. */
export function kaimingUniform(shape: Shape, chance: Chance, dtype: DType = "f32"): Tensor {
  return uniform(shape, Math.sqrt(6 / fansOf(shape).fanIn), chance, dtype);
}

export function kaimingNormal(shape: Shape, chance: Chance, dtype: DType = "f32"): Tensor {
  return normal(shape, Math.sqrt(2 / fansOf(shape).fanIn), chance, dtype);
}

/** What PyTorch's Linear and convolutions begin with: uniform within 1 / sqrt(fan in). */
export function fanInUniform(
  shape: Shape,
  fanIn: number,
  chance: Chance,
  dtype: DType = "f32",
): Tensor {
  return uniform(shape, fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0, chance, dtype);
}
