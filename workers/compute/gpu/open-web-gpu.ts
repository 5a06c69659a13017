/** WebGPU in Node through Dawn, the engine of Chromium, which is an optional native module. */

/**
 * Installs `navigator.gpu`, which GPU.js asks for.
 * @returns the name of the GPU
 * @throws Error when the module does not load or no GPU answers
 */
export async function openWebGpu(): Promise<string> {
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error("no GPU answers to WebGPU");
  const { vendor, architecture, description } = adapter.info;
  return [vendor, architecture, description].filter((part) => part !== "").join(" ");
}
