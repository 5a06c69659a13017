/** What the analytics thread and the thread that computes kernels say to each other. */
import type { UserKernel, UserKernelResult } from "../../compute/devices/user-kernel.ts";
import type { Measurement } from "../../compute/devices/measure.ts";

export type DeviceOrder =
  | { readonly kind: "measure"; readonly backend: string }
  | { readonly kind: "kernel"; readonly kernel: UserKernel };

export type DeviceOutcome =
  | {
      readonly kind: "measured";
      readonly device: string;
      readonly measurements: readonly Measurement[];
    }
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "computed"; readonly result: UserKernelResult }
  | { readonly kind: "refused"; readonly reason: string };
