/**
 * Steps on a state vector as GPU.js kernels: each amplitude gathers what it is made of. They are texts,
 * since GPU.js compiles a function's text and no build step may touch that.
 *
 * A state is one array: the real parts of all basis states, then the imaginary parts.
 */
import type { GPU as Gpu, IKernelRunShortcut, Texture } from "gpu.js";
import { type GpuStep, gpuStepOf } from "./gpu-step.ts";
import type { KernelStep } from "../kernel-step.ts";

/** Twice as many amplitudes have places that float32 cannot tell apart. */
export const gpuQubitsMax = 22;

/** The part and basis state of this thread; leaves where the controls say so. */
const begin = `
  const at = this.thread.x;
  const size = this.constants.size;
  let part = 0;
  if (at >= size) { part = 1; }
  const basis = at - part * size;
  let acts = 1;
  for (let c = 0; c < controlCount; c++) {
    const bit = Math.floor(basis / controls[2 * c]) % 2;
    if (Math.abs(bit - controls[2 * c + 1]) > 0.5) { acts = 0; }
  }
  let row = 0;
  let rest = basis;
  let weight = 1;
  for (let b = 0; b < bits; b++) {
    const bit = Math.floor(basis / strides[b]) % 2;
    row += bit * weight;
    rest -= bit * strides[b];
    weight *= 2;
  }`;

/** Where a basis state of the step's qubits lies. */
const locate = (local: string) => `
    let from = rest;
    let left = ${local};
    for (let b = 0; b < bits; b++) {
      const bit = left % 2;
      from += bit * strides[b];
      left = Math.floor(left / 2);
    }`;

const kernel = (body: string) =>
  `function step(state, table, strides, bits, controls, controlCount) {${begin}
  let result = state[at];
  if (acts > 0.5) {${body}
  }
  return result;
}`;

type KernelKind = GpuStep["kind"] | "upload";

const sources: Readonly<Record<KernelKind, string>> = {
  upload: "function upload(state) { return state[this.thread.x]; }",
  dense: kernel(`
    let sum = 0;
    for (let column = 0; column < weight; column++) {${locate("column")}
      const element = 2 * (weight * row + column);
      const own = state[from + part * size];
      const other = state[from + (1 - part) * size];
      sum += table[element] * own + (2 * part - 1) * table[element + 1] * other;
    }
    result = sum;`),
  diagonal: kernel(`
    const own = state[at];
    const other = state[basis + (1 - part) * size];
    result = table[2 * row] * own + (2 * part - 1) * table[2 * row + 1] * other;`),
  permutation: kernel(`${locate("table[row]")}
    result = state[from + part * size];`),
};

export class GpuKernels {
  readonly qubits: number;
  readonly #gpu: Gpu;
  readonly #kernels = new Map<KernelKind, IKernelRunShortcut>();

  /** Takes `gpu` over, for states of so many qubits; a kernel is compiled when it is first needed. */
  constructor(gpu: Gpu, qubits: number) {
    if (qubits > gpuQubitsMax) throw new RangeError(`at most ${gpuQubitsMax} qubits on a GPU`);
    this.#gpu = gpu;
    this.qubits = qubits;
  }

  /** @throws Error when GPU.js did not run a kernel the way it was asked to */
  async apply(state: Float32Array, steps: readonly KernelStep[]): Promise<Float32Array> {
    // Every other kernel sees states on the GPU alone: one that is given both mixes them up.
    let current = await this.#run("upload", [state]);
    for (const step of steps) {
      const { kind, table, strides, bits, controls, controlCount } = gpuStepOf(step);
      const next = await this.#run(kind, [current, table, strides, bits, controls, controlCount]);
      release(current);
      current = next;
    }
    if (current instanceof Float32Array) return current;
    const result = await settled<Float32Array>(current.toArray());
    current.delete();
    return result;
  }

  close(): Promise<void> {
    return this.#gpu.destroy();
  }

  /** A texture, or an array where GPU.js computes in memory. */
  async #run(kind: KernelKind, values: readonly unknown[]): Promise<Texture | Float32Array> {
    const run = this.#kernel(kind);
    const result = await settled<Texture | Float32Array>(
      run(...(values as Parameters<typeof run>)),
    );
    this.#requireMode(run);
    return result;
  }

  #kernel(kind: KernelKind): IKernelRunShortcut {
    const known = this.#kernels.get(kind);
    if (known !== undefined) return known;
    const size = 2 ** this.qubits;
    const made = this.#gpu.createKernel(sources[kind], {
      output: [2 * size],
      constants: { size },
      pipeline: true,
      immutable: true,
      precision: "single",
    });
    this.#kernels.set(kind, made);
    return made;
  }

  /** GPU.js falls back to plain loops without a word. */
  #requireMode(run: IKernelRunShortcut): void {
    const { kernel: own } = run as unknown as {
      kernel: { constructor: { mode?: string }; fallbackReason?: string | null };
    };
    const { mode } = own.constructor;
    if (mode === undefined || mode === this.#gpu.mode) return;
    throw new Error(`GPU.js ran ${mode} instead of ${this.#gpu.mode}: ${own.fallbackReason ?? ""}`);
  }
}

function release(state: Texture | Float32Array): void {
  if (!(state instanceof Float32Array)) state.delete();
}

/** What GPU.js gives is a Promise on some backends, whatever its types say. */
function settled<T>(value: unknown): Promise<T> {
  return Promise.resolve(value as T | Promise<T>);
}
