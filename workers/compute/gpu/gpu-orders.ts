/** What a thread with GPU.js and the thread that waits for it say to each other. */
import type { MessagePort } from "node:worker_threads";
import type { KernelStep } from "../kernel-step.ts";

/** How GPU.js computes: on a GPU through WebGPU, or with its own WebAssembly. */
export type GpuMode = "webgpu" | "webasm";

export interface GpuThreadData {
  readonly mode: GpuMode;
  /** Orders come in, outcomes go out. */
  readonly port: MessagePort;
  /** One number, which grows with each outcome. */
  readonly done: SharedArrayBuffer;
}

export interface GpuOrder {
  readonly qubits: number;
  /** The real parts of all amplitudes, then the imaginary parts, as float32; changed in place. */
  readonly state: SharedArrayBuffer;
  readonly steps: readonly KernelStep[];
}

/** The first message is about the mode itself. */
export type GpuOutcome =
  | { readonly ok: true; readonly device: string }
  | { readonly ok: false; readonly reason: string };
