/**
 * A thread with GPU.js in it. Its answers are asynchronous there, while simulators are not: they wait
 * for this thread.
 */
import { workerData } from "node:worker_threads";
import { GPU } from "gpu.js";
import { GpuKernels } from "./gpu/gpu-kernels.ts";
import type { GpuOrder, GpuOutcome, GpuThreadData } from "./gpu/gpu-orders.ts";
import { openWebGpu } from "./gpu/open-web-gpu.ts";

const { mode, port, done } = workerData as GpuThreadData;
const counter = new Int32Array(done);

const answer = (outcome: GpuOutcome) => {
  port.postMessage(outcome);
  Atomics.add(counter, 0, 1);
  Atomics.notify(counter, 0);
};
const failure = (error: unknown): GpuOutcome => ({
  ok: false,
  reason: error instanceof Error ? error.message : String(error),
});

const device = await open();
if (device.ok) {
  let kernels: GpuKernels | null = null;
  port.on("message", ({ qubits, state, steps }: GpuOrder) => {
    void (async () => {
      try {
        if (kernels?.qubits !== qubits) {
          await kernels?.close();
          // Its kernels share a device, which goes with the last of them.
          kernels = new GpuKernels(new GPU({ mode }), qubits);
        }
        const amplitudes = new Float32Array(state);
        // GPU.js takes no shared memory.
        amplitudes.set(await kernels.apply(amplitudes.slice(), steps));
        answer(device);
      } catch (error) {
        answer(failure(error));
      }
    })();
  });
}
// Told without the counter, which is for those who wait.
port.postMessage(device);

async function open(): Promise<GpuOutcome> {
  try {
    return { ok: true, device: mode === "webgpu" ? await openWebGpu() : "WebAssembly" };
  } catch (error) {
    return failure(error);
  }
}
