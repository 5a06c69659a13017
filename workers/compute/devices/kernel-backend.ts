/**
 * The one interface of what computes kernels - SIMD WebAssembly, GPU.js, plain loops - so that they can
 * be measured and checked beside each other. All arrays are float32 and row-major.
 */

export type KernelTask =
  /** out[rows x columns] = a[rows x inner] b[inner x columns] */
  | {
      readonly operation: "product";
      readonly rows: number;
      readonly inner: number;
      readonly columns: number;
    }
  /** out[filters x (side - kernel + 1)^2] of an image[channels x side^2] and weights[filters x channels x kernel^2] */
  | {
      readonly operation: "convolution";
      readonly channels: number;
      readonly side: number;
      readonly filters: number;
      readonly kernel: number;
    }
  /** out = 1 / (1 + exp(-x)) */
  | { readonly operation: "sigmoid"; readonly count: number }
  /** out = a b, value by value */
  | { readonly operation: "multiply"; readonly count: number }
  /** out[columns], each the sum of a column of a[rows x columns] */
  | { readonly operation: "column sums"; readonly rows: number; readonly columns: number };

export interface KernelBackend {
  /** Such as wasm-simd or gpu.js-webgpu. */
  readonly name: string;
  /** What it computes on, in words. */
  readonly device: string;
  /**
   * @param inputs in the order of the task's sentence
   * @returns a new array
   * @throws Error when it cannot, or did not run the way it is named
   */
  run(task: KernelTask, inputs: readonly Float32Array[]): Float32Array | Promise<Float32Array>;
  close(): void | Promise<void>;
}

/** Such as "512 x 512 x 512". */
export function sizeOf(task: KernelTask): string {
  switch (task.operation) {
    case "product":
      return `${task.rows} x ${task.inner} x ${task.columns}`;
    case "convolution":
      return `${task.channels} x ${task.side} x ${task.side}, ${task.filters} filters of ${task.kernel} x ${task.kernel}`;
    case "column sums":
      return `${task.rows} x ${task.columns}`;
    default:
      return String(task.count);
  }
}

/** Multiplications and additions; a sigmoid counts as one. */
export function operationsOf(task: KernelTask): number {
  switch (task.operation) {
    case "product":
      return 2 * task.rows * task.inner * task.columns;
    case "convolution": {
      const out = task.side - task.kernel + 1;
      return 2 * task.filters * out ** 2 * task.channels * task.kernel ** 2;
    }
    case "column sums":
      return task.rows * task.columns;
    default:
      return task.count;
  }
}

/** Lengths of the inputs. */
export function inputLengths(task: KernelTask): readonly number[] {
  switch (task.operation) {
    case "product":
      return [task.rows * task.inner, task.inner * task.columns];
    case "convolution":
      return [task.channels * task.side ** 2, task.filters * task.channels * task.kernel ** 2];
    case "column sums":
      return [task.rows * task.columns];
    case "multiply":
      return [task.count, task.count];
    default:
      return [task.count];
  }
}
