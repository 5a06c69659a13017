/** Kernels through GPU.js. They are texts, since GPU.js compiles a function's text. */
import { type GPU, type IKernelRunShortcut } from "gpu.js";
import { flattened, inputOf, openGpuJs, ranAs, runOf } from "./gpu-js.ts";
import type { GpuJsMode } from "./gpu-js-modes.ts";
import type { KernelBackend, KernelTask } from "./kernel-backend.ts";

interface Plan {
  readonly source: string;
  /** x, then y, then z. */
  readonly output: readonly number[];
  readonly constants: Readonly<Record<string, number>>;
  readonly shapes: readonly (readonly number[])[];
}

function planOf(task: KernelTask): Plan {
  switch (task.operation) {
    case "product":
      return {
        source: `function product(a, b) {
          let sum = 0;
          for (let i = 0; i < this.constants.inner; i++) { sum += a[this.thread.y][i] * b[i][this.thread.x]; }
          return sum;
        }`,
        output: [task.columns, task.rows],
        constants: { inner: task.inner },
        shapes: [
          [task.inner, task.rows],
          [task.columns, task.inner],
        ],
      };
    case "convolution": {
      const outSide = task.side - task.kernel + 1;
      const { channels, side, filters, kernel } = task;
      return {
        source: `function convolution(image, weights) {
          let sum = 0;
          for (let c = 0; c < this.constants.channels; c++) {
            for (let i = 0; i < this.constants.kernel; i++) {
              for (let j = 0; j < this.constants.kernel; j++) {
                sum += image[c][this.thread.y + i][this.thread.x + j]
                  * weights[this.thread.z * this.constants.channels + c][i][j];
              }
            }
          }
          return sum;
        }`,
        output: [outSide, outSide, filters],
        constants: { channels, kernel },
        shapes: [
          [side, side, channels],
          [kernel, kernel, filters * channels],
        ],
      };
    }
    case "column sums":
      return {
        source: `function sums(a) {
          let sum = 0;
          for (let i = 0; i < this.constants.rows; i++) { sum += a[i][this.thread.x]; }
          return sum;
        }`,
        output: [task.columns],
        constants: { rows: task.rows },
        shapes: [[task.columns, task.rows]],
      };
    case "sigmoid":
      return {
        source: "function sigmoid(x) { return 1 / (1 + Math.exp(-x[this.thread.x])); }",
        output: [task.count],
        constants: {},
        shapes: [[task.count]],
      };
    default:
      return {
        source: "function multiply(a, b) { return a[this.thread.x] * b[this.thread.x]; }",
        output: [task.count],
        constants: {},
        shapes: [[task.count], [task.count]],
      };
  }
}

/** @throws Error when the mode is not to be had on this machine */
export async function openGpuJsBackend(mode: GpuJsMode): Promise<KernelBackend> {
  const { gpu, device } = await openGpuJs(mode);
  return new GpuJsBackend(gpu, mode, device);
}

class GpuJsBackend implements KernelBackend {
  readonly name: string;
  readonly device: string;
  readonly #mode: GpuJsMode;
  readonly #gpu: GPU;
  /** A kernel for each task: one that is given arrays of another size computes nonsense in some modes. */
  readonly #kernels = new Map<
    string,
    { readonly plan: Plan; readonly kernel: IKernelRunShortcut }
  >();

  constructor(gpu: GPU, mode: GpuJsMode, device: string) {
    this.#gpu = gpu;
    this.#mode = mode;
    this.name = `gpu.js-${mode}`;
    this.device = device;
  }

  async run(task: KernelTask, inputs: readonly Float32Array[]): Promise<Float32Array> {
    const { plan, kernel } = this.#kernelFor(task);
    const values = inputs.map((each, at) => {
      const shape = plan.shapes[at]!;
      return shape.length === 1 ? each : inputOf(each, shape);
    });
    const result = await runOf(kernel, values);
    const { mode, reason } = ranAs(kernel);
    if (mode !== this.#mode)
      throw new Error(`GPU.js ran ${mode} instead: ${reason ?? "no reason given"}`);
    return flattened(
      result,
      plan.output.reduce((product, size) => product * size, 1),
    );
  }

  async close(): Promise<void> {
    await this.#gpu.destroy();
  }

  #kernelFor(task: KernelTask) {
    const key = JSON.stringify(task);
    const known = this.#kernels.get(key);
    if (known !== undefined) return known;
    const plan = planOf(task);
    const kernel = this.#gpu.createKernel(plan.source, {
      output: [...plan.output] as [number],
      constants: { ...plan.constants },
      precision: "single",
    });
    const made = { plan, kernel };
    this.#kernels.set(key, made);
    return made;
  }
}
