/** Backends by name. */
import { gpuJsModes } from "./gpu-js-modes.ts";
import { openGpuJsBackend } from "./gpu-js-backend.ts";
import type { KernelBackend } from "./kernel-backend.ts";
import { plainBackend } from "./plain-backend.ts";

const gpuJsPrefix = "gpu.js-";

/** @throws Error with why this machine has not got it */
export async function openBackend(name: string): Promise<KernelBackend> {
  if (name === plainBackend.name) return plainBackend;
  const mode = gpuJsModes.find((each) => `${gpuJsPrefix}${each}` === name);
  if (mode !== undefined) return openGpuJsBackend(mode);
  // Compiles when it is imported, which fails where there is no SIMD.
  const { simdBackend } = await import("./simd-backend.ts");
  if (name !== simdBackend.name) throw new Error(`there is no backend ${name}`);
  return simdBackend;
}
