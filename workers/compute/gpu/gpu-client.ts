/** The side that waits for a thread with GPU.js: its caller must not be a thread that serves others. */
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from "node:worker_threads";
import type { KernelStep } from "../kernel-step.ts";
import type { GpuMode, GpuOrder, GpuOutcome, GpuThreadData } from "./gpu-orders.ts";

const openMsMax = 5_000;

export class GpuClient {
  readonly device: string;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #counter: Int32Array<SharedArrayBuffer>;

  private constructor(
    device: string,
    worker: Worker,
    port: MessagePort,
    counter: Int32Array<SharedArrayBuffer>,
  ) {
    this.device = device;
    this.#worker = worker;
    this.#port = port;
    this.#counter = counter;
  }

  /**
   * @param entry gpu-thread.ts, wherever it was built to
   * @returns the reason as text when this machine cannot do it
   */
  static async open(entry: URL, mode: GpuMode): Promise<GpuClient | string> {
    const { port1, port2 } = new MessageChannel();
    const done = new SharedArrayBuffer(4);
    const workerData: GpuThreadData = { mode, port: port2, done };
    const worker = new Worker(entry, { workerData, transferList: [port2] });
    worker.unref();
    port1.unref();
    const first = await new Promise<GpuOutcome>((resolve) => {
      const give = (reason: string) => resolve({ ok: false, reason });
      const timer = setTimeout(() => give("GPU.js did not start in time"), openMsMax);
      const settle = (outcome: GpuOutcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      port1.once("message", settle);
      worker.once("error", (error: Error) => settle({ ok: false, reason: error.message }));
      worker.once("exit", () => settle({ ok: false, reason: "GPU.js ended its thread" }));
    });
    // From here on messages are fetched, so that its caller may wait.
    port1.removeAllListeners("message");
    if (first.ok) return new GpuClient(first.device, worker, port1, new Int32Array(done));
    await worker.terminate();
    return first.reason;
  }

  /** @throws Error when it fails or takes longer than `timeoutMs`; the client is closed then */
  apply(
    state: SharedArrayBuffer,
    qubits: number,
    steps: readonly KernelStep[],
    timeoutMs: number,
  ): void {
    const before = Atomics.load(this.#counter, 0);
    this.#port.postMessage({ state, qubits, steps } satisfies GpuOrder);
    if (Atomics.wait(this.#counter, 0, before, timeoutMs) === "timed-out") {
      void this.close();
      throw new Error(`GPU.js did not answer within ${timeoutMs} ms`);
    }
    const outcome = (receiveMessageOnPort(this.#port) as { message: GpuOutcome }).message;
    if (!outcome.ok) throw new Error(outcome.reason);
  }

  async close(): Promise<void> {
    this.#port.close();
    await this.#worker.terminate();
  }
}
