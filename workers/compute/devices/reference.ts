/** What a kernel must give: by the definition, in double precision. Nobody's speed is at stake here. */
import type { KernelTask } from "./kernel-backend.ts";

export function referenceOf(task: KernelTask, inputs: readonly Float32Array[]): Float64Array {
  const [first, second = first] = inputs as [Float32Array, Float32Array?];
  switch (task.operation) {
    case "product":
      return productOf(task, first, second);
    case "convolution":
      return convolutionOf(task, first, second);
    case "column sums": {
      const sums = new Float64Array(task.columns);
      for (let at = 0; at < first.length; at++) sums[at % task.columns]! += first[at]!;
      return sums;
    }
    case "sigmoid":
      return Float64Array.from(first, (x) => 1 / (1 + Math.exp(-x)));
    default:
      return Float64Array.from(first, (x, at) => x * second[at]!);
  }
}

function productOf(
  { rows, inner, columns }: Extract<KernelTask, { operation: "product" }>,
  a: Float32Array,
  b: Float32Array,
): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let step = 0; step < inner; step++) {
      const factor = a[row * inner + step]!;
      for (let column = 0; column < columns; column++) {
        out[row * columns + column]! += factor * b[step * columns + column]!;
      }
    }
  }
  return out;
}

function convolutionOf(
  { channels, side, filters, kernel }: Extract<KernelTask, { operation: "convolution" }>,
  image: Float32Array,
  weights: Float32Array,
): Float64Array {
  const outSide = side - kernel + 1;
  const plane = outSide ** 2;
  const out = new Float64Array(filters * plane);
  for (let tap = 0; tap < filters * channels * kernel ** 2; tap++) {
    const weight = weights[tap]!;
    const filter = Math.floor(tap / (channels * kernel ** 2));
    const channel = Math.floor(tap / kernel ** 2) % channels;
    const corner =
      channel * side ** 2 + (Math.floor(tap / kernel) % kernel) * side + (tap % kernel);
    for (let y = 0; y < outSide; y++) {
      for (let x = 0; x < outSide; x++) {
        out[filter * plane + y * outSide + x]! += weight * image[corner + y * side + x]!;
      }
    }
  }
  return out;
}
