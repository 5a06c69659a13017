/** The compiled kernels: which of the two builds this machine runs, and what they export. */
import { kernelsBinary } from "./kernels-binary.ts";

export interface Kernels {
  run(program: number, part: number, parts: number, barrier: number): void;
  serve(control: number, part: number, parts: number): void;
  sumSquares64(
    re: number,
    im: number,
    weights: number,
    mask: number,
    fixed: number,
    count: number,
  ): number;
  sumSquares32: Kernels["sumSquares64"];
  squares64(re: number, im: number, to: number, bytes: number): void;
  squares32: Kernels["squares64"];
  pairSums64(
    re: number,
    im: number,
    weights: number,
    stride: number,
    mask: number,
    count: number,
    to: number,
  ): void;
  pairSums32: Kernels["pairSums64"];
}

export interface HelperData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly part: number;
  readonly parts: number;
}

/** With fused multiply-add where the engine has relaxed SIMD; null where it has no SIMD at all. */
export function compileKernelModule(
  builds: readonly (keyof typeof kernelsBinary)[] = ["relaxed", "plain"],
): WebAssembly.Module | null {
  for (const build of builds) {
    const bytes = Uint8Array.from(atob(kernelsBinary[build]), (each) => each.codePointAt(0) ?? 0);
    if (WebAssembly.validate(bytes)) return new WebAssembly.Module(bytes);
  }
  return null;
}

export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}
