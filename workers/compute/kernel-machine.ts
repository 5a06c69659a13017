/** The kernels under Node, with helper threads if wanted. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { compileKernelModule, type HelperData } from "./kernel-instance.ts";
import { newMemory, requireModule, StateKernels } from "./state-kernels.ts";

export type { KernelState } from "./state-kernels.ts";

export class KernelMachine extends StateKernels {
  readonly #helpers: readonly Worker[];

  private constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, helpers: Worker[]) {
    super(module, memory, helpers.length + 1);
    this.#helpers = helpers;
  }

  /** One thread, its caller's. */
  static create(module = compileKernelModule()): KernelMachine {
    return new KernelMachine(requireModule(module), newMemory(), []);
  }

  /** With helper threads, whose entry is kernel-thread.ts wherever it was built to. */
  static async withHelpers(entry: URL, helpers: number): Promise<KernelMachine> {
    const module = requireModule(compileKernelModule());
    const memory = newMemory();
    const workers = Array.from({ length: helpers }, (_, at) => {
      const workerData: HelperData = { module, memory, part: at + 1, parts: helpers + 1 };
      return new Worker(entry, { workerData });
    });
    await Promise.all(workers.map((worker) => once(worker, "online")));
    for (const worker of workers) worker.unref();
    return new KernelMachine(module, memory, workers);
  }

  async close(): Promise<void> {
    await Promise.all(this.#helpers.map((helper) => helper.terminate()));
  }
}
