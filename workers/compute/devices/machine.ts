/** What a measurement depends on: processor, engine, versions of the kernels. */
import { createHash } from "node:crypto";
import { availableParallelism, cpus } from "node:os";
import gpuJs from "gpu.js/package.json" with { type: "json" };
import { kernelsBinary } from "../kernels-binary.ts";
import { tensorKernelsBinary } from "../tensor/kernels-binary.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly simd: boolean;
  readonly relaxedSimd: boolean;
  readonly kernels: string;
}

export function machineOf(): Machine {
  const hash = createHash("sha256").update(tensorKernelsBinary).digest("hex").slice(0, 12);
  const isKnown = (binary: string) => WebAssembly.validate(Buffer.from(binary, "base64"));
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    node: process.version,
    simd: isKnown(tensorKernelsBinary),
    relaxedSimd: isKnown(kernelsBinary.relaxed),
    kernels: `wasm ${hash}, gpu.js ${gpuJs.version}`,
  };
}

/** A measurement holds where all of this is the same. */
export function machineKey({ cpu, cores, node, kernels }: Machine): string {
  return [cpu, `${cores} cores`, node, kernels].join("; ");
}
