/** How GPU.js computes: on a GPU through WebGPU, with WebAssembly of its own making, or as JavaScript. */
export const gpuJsModes = ["webgpu", "webasm", "cpu"] as const;
export type GpuJsMode = (typeof gpuJsModes)[number];
