/** The SIMD WebAssembly kernels of tensor/kernels/, which the network engine computes with. */
import { conv2d } from "../autograd/convolution.ts";
import { noGrad } from "../autograd/tape.ts";
import { product } from "../tensor/product.ts";
import { simd } from "../tensor/simd.ts";
import { empty, scope, tensor, type Tensor } from "../tensor/tensor.ts";
import type { KernelBackend, KernelTask } from "./kernel-backend.ts";

export const simdBackend: KernelBackend = {
  name: "wasm-simd",
  device: "WebAssembly, 128-bit SIMD",
  run(task, inputs) {
    let values = new Float32Array(0);
    // The pieces of memory go back to the pool when the scope ends.
    scope(() => {
      values = Float32Array.from(outputOf(task, inputs).values);
    });
    return values;
  },
  close() {},
};

function outputOf(task: KernelTask, inputs: readonly Float32Array[]): Tensor {
  const [first, second = first] = inputs as [Float32Array, Float32Array?];
  switch (task.operation) {
    case "product": {
      const { rows, inner, columns } = task;
      const out = empty([rows, columns]);
      product(tensor(first, [rows, inner]), tensor(second, [inner, columns]), out);
      return out;
    }
    case "convolution": {
      const { channels, side, filters, kernel } = task;
      const image = tensor(first, [1, channels, side, side]);
      const weights = tensor(second, [filters, channels, kernel, kernel]);
      return noGrad(() => conv2d(image, weights, null));
    }
    case "column sums": {
      const x = tensor(first, [task.rows, task.columns]);
      const out = empty([task.columns]);
      simd.sumRows(x.address, out.address, task.rows, task.columns);
      return out;
    }
    case "sigmoid": {
      const x = tensor(first, [task.count]);
      simd.sigmoid(x.address, x.address, task.count * 4);
      return x;
    }
    default: {
      const a = tensor(first, [task.count]);
      const b = tensor(second, [task.count]);
      simd.times(a.address, b.address, a.address, task.count * 4);
      return a;
    }
  }
}
