/** What GPU.js is asked for and what it really did: it falls back to plain loops without a word. */
import { GPU, type IKernelRunShortcut, Input } from "gpu.js";
import { openWebGpu } from "../gpu/open-web-gpu.ts";
import type { GpuJsMode } from "./gpu-js-modes.ts";

const devices: Readonly<Record<Exclude<GpuJsMode, "webgpu">, string>> = {
  webasm: "WebAssembly made by GPU.js",
  cpu: "JavaScript made by GPU.js",
};

/** The adapter stays open with the thread: GPU.js looks for it at `navigator.gpu`. */
let webGpu: Promise<string> | null = null;

/**
 * @returns GPU.js in that mode, and what it computes on
 * @throws Error when WebGPU does not load or no adapter answers
 */
export async function openGpuJs(mode: GpuJsMode): Promise<{ gpu: GPU; device: string }> {
  if (mode !== "webgpu") return { gpu: new GPU({ mode }), device: devices[mode] };
  webGpu ??= openWebGpu();
  const device = await webGpu;
  return { gpu: new GPU({ mode }), device };
}

/** The mode that ran, and what GPU.js says about why it is another than was asked for. */
export function ranAs(run: IKernelRunShortcut): {
  readonly mode: string;
  readonly reason: string | null;
} {
  const { kernel } = run as unknown as {
    kernel: { constructor: { mode?: string }; fallbackReason?: string | null };
  };
  return { mode: kernel.constructor.mode ?? "unknown", reason: kernel.fallbackReason ?? null };
}

/** A flat array that kernels index by its axes; the sizes are x, then y, then z. */
export function inputOf(values: Float32Array, sizes: readonly number[]): Input {
  // The types know plain arrays alone.
  return new Input(values as unknown as number[], [...sizes] as [number]);
}

/** What GPU.js gives is a Promise in some modes, whatever its types say. */
export async function runOf(
  kernel: IKernelRunShortcut,
  values: readonly unknown[],
): Promise<unknown> {
  const result: unknown = kernel(...(values as Parameters<IKernelRunShortcut>));
  return await Promise.resolve(result);
}

type Nested = Float32Array | readonly Nested[];

/** Rows of rows of values, as GPU.js gives them, in one array. */
export function flattened(values: unknown, length: number): Float32Array {
  const out = new Float32Array(length);
  let at = 0;
  const put = (part: Nested): void => {
    if (part instanceof Float32Array) {
      out.set(part, at);
      at += part.length;
    } else for (const each of part) put(each);
  };
  put(values as Nested);
  if (at !== length) throw new Error(`GPU.js gave ${at} values instead of ${length}`);
  return out;
}
