/** Plain loops over typed arrays, which run everywhere. */
import type { KernelBackend, KernelTask } from "./kernel-backend.ts";

type Task<Operation> = Extract<KernelTask, { readonly operation: Operation }>;

export const plainBackend: KernelBackend = {
  name: "javascript",
  device: "plain loops",
  run(task, inputs) {
    const [a, b = a] = inputs as [Float32Array, Float32Array?];
    switch (task.operation) {
      case "product":
        return product(task, a, b);
      case "convolution":
        return convolution(task, a, b);
      case "column sums":
        return columnSums(task, a);
      case "sigmoid": {
        const out = new Float32Array(task.count);
        for (let at = 0; at < out.length; at++) out[at] = 1 / (1 + Math.exp(-a[at]!));
        return out;
      }
      default: {
        const out = new Float32Array(task.count);
        for (let at = 0; at < out.length; at++) out[at] = a[at]! * b[at]!;
        return out;
      }
    }
  },
  close() {},
};

/** Rows of b in turn, so that every array is walked forwards. */
function product(
  { rows, inner, columns }: Task<"product">,
  a: Float32Array,
  b: Float32Array,
): Float32Array {
  const out = new Float32Array(rows * columns);
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    for (let step = 0; step < inner; step++) {
      const factor = a[row * inner + step]!;
      const from = step * columns;
      for (let column = 0; column < columns; column++) sums[column]! += factor * b[from + column]!;
    }
    out.set(sums, row * columns);
  }
  return out;
}

function convolution(
  { channels, side, filters, kernel }: Task<"convolution">,
  image: Float32Array,
  weights: Float32Array,
): Float32Array {
  const outSide = side - kernel + 1;
  const out = new Float32Array(filters * outSide ** 2);
  let at = 0;
  for (let filter = 0; filter < filters; filter++) {
    for (let y = 0; y < outSide; y++) {
      for (let x = 0; x < outSide; x++) {
        let sum = 0;
        let tap = filter * channels * kernel ** 2;
        for (let channel = 0; channel < channels; channel++) {
          for (let down = 0; down < kernel; down++) {
            const line = (channel * side + y + down) * side + x;
            for (let across = 0; across < kernel; across++) {
              sum += weights[tap++]! * image[line + across]!;
            }
          }
        }
        out[at++] = sum;
      }
    }
  }
  return out;
}

function columnSums({ rows, columns }: Task<"column sums">, a: Float32Array): Float32Array {
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) sums[column]! += a[row * columns + column]!;
  }
  return Float32Array.from(sums);
}
