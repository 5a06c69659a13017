/** The machine's backends: measured once, remembered, measured again on request; and kernels of one's own. */
import type { z } from "zod";
import { gpuJsModes, type GpuJsMode } from "../../compute/devices/gpu-js-modes.ts";
import { type Machine, machineKey, machineOf } from "../../compute/devices/machine.ts";
import {
  chooseBackends,
  type Measurement,
  measuredTasks,
  unmeasured,
} from "../../compute/devices/measure.ts";
import { childThread } from "../../service/child-thread.ts";
import { problem } from "../../service/errors.ts";
import { JobError, JobThreads } from "../../service/job-threads.ts";
import type {
  DeviceBackend,
  Devices,
  KernelResult,
  kernelInputSchema,
  Measured,
} from "../contract-devices.ts";
import type { JobRecord } from "../contract-jobs.ts";
import { analyticsProblem } from "../errors.ts";
import type { JobRun, Jobs } from "../jobs/jobs.ts";
import type { DeviceOrder, DeviceOutcome } from "./device-orders.ts";
import { firstMeasuringMs, kernelThreadLimits, measuringThreadLimits } from "./devices-limits.ts";
import { readRemembered, remember } from "./remembered.ts";

const kind = "devices";
/** Those that may hang come last. */
const backends = [
  "javascript",
  "wasm-simd",
  ...gpuJsModes.toReversed().map((mode) => `gpu.js-${mode}`),
];

export interface DevicesHost {
  /** Where the measurement is kept; null: nowhere. */
  readonly home: string | null;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  monotonicMs(): number;
}

export class MachineDevices {
  readonly #host: DevicesHost;
  readonly #jobs: Jobs;
  readonly #entry = childThread("analytics", "devices/device-thread");
  readonly #kernels: JobThreads<DeviceOrder, DeviceOutcome>;
  /** Read when it is first asked for. */
  #machine: Machine | null = null;
  #measured: Measured | null | undefined;
  #isRemembered = false;
  readonly #first: NodeJS.Timeout | null;

  /** Nothing is measured before the platform has long been ready. */
  constructor(host: DevicesHost, jobs: Jobs) {
    this.#host = host;
    this.#jobs = jobs;
    this.#kernels = new JobThreads(this.#entry, kernelThreadLimits);
    jobs.register<null>({
      kind,
      resumable: false,
      title: () => "Measure the backends of this machine",
      run: (_, run) => this.#measure(run),
    });
    const isKept = host.home !== null;
    this.#first = isKept ? setTimeout(() => this.#measureFirst(), firstMeasuringMs).unref() : null;
  }

  view(): Devices {
    const measured = this.#known();
    return {
      at: this.#host.now(),
      machine: this.#machineFacts(),
      measured,
      remembered: measured !== null && this.#isRemembered,
      running: this.#running(),
    };
  }

  /** The job at work, or a new one. @throws JOBS_BUSY */
  measureAgain(): JobRecord {
    return this.#running() ?? this.#jobs.start(kind, null);
  }

  /** @throws KERNEL_REFUSED, KERNEL_TOO_LONG, OVERLOADED */
  async run(
    { mode: asked, ...kernel }: z.output<typeof kernelInputSchema>,
    signal?: AbortSignal,
  ): Promise<KernelResult> {
    const mode = asked === "auto" ? this.#bestMode(kernel.source) : asked;
    const outcome = await this.#computed({ kind: "kernel", kernel: { ...kernel, mode } }, signal);
    if (outcome.kind !== "computed") {
      const reason = outcome.kind === "refused" ? outcome.reason : "It was not computed.";
      throw analyticsProblem("KERNEL_REFUSED", reason);
    }
    const { values, differenceFromCpu, ...rest } = outcome.result;
    const isFinite = Number.isFinite;
    return {
      asked,
      ...rest,
      differenceFromCpu: isFinite(differenceFromCpu) ? differenceFromCpu : null,
      values: Array.from(values, (value) => (isFinite(value) ? value : null)),
    };
  }

  async close(): Promise<void> {
    if (this.#first !== null) clearTimeout(this.#first);
    await this.#kernels.close();
  }

  async #computed(order: DeviceOrder, signal: AbortSignal | undefined): Promise<DeviceOutcome> {
    try {
      return await this.#kernels.run(order, { signal });
    } catch (error) {
      if (!(error instanceof JobError)) throw error;
      if (error.reason === "busy") throw problem("OVERLOADED", error.message);
      if (error.reason === "overran") {
        const seconds = kernelThreadLimits.durationMsMax / 1_000;
        throw analyticsProblem("KERNEL_TOO_LONG", `The kernel did not end within ${seconds} s.`);
      }
      throw analyticsProblem("KERNEL_REFUSED", error.message);
    }
  }

  /** Loops read much for each value, as a product does; others as a sigmoid. */
  #bestMode(source: string): GpuJsMode {
    const like = /\b(?:for|while)\b/.test(source) ? "product" : "sigmoid";
    const rows = (this.#known()?.measurements ?? []).filter(
      ({ operation, verdict, msMedian }) =>
        operation === like && verdict === "right" && msMedian !== null,
    );
    const fastest = rows
      .filter(({ backend }) => backend.startsWith("gpu.js-"))
      .toSorted((a, b) => a.msMedian! - b.msMedian!)[0]?.backend;
    return gpuJsModes.find((mode) => `gpu.js-${mode}` === fastest) ?? "webasm";
  }

  #known(): Measured | null {
    if (this.#measured === undefined) {
      this.#measured = readRemembered(this.#host.home, machineKey(this.#machineFacts()));
      this.#isRemembered = this.#measured !== null;
    }
    return this.#measured;
  }

  #machineFacts(): Machine {
    this.#machine ??= machineOf();
    return this.#machine;
  }

  #running(): JobRecord | null {
    const jobs = this.#jobs.list(1, kind);
    return jobs.find(({ state }) => state === "queued" || state === "running") ?? null;
  }

  #measureFirst(): void {
    if (this.#known() !== null || this.#running() !== null) return;
    try {
      this.#jobs.start(kind, null);
    } catch {
      // The jobs are full: whoever wants the numbers asks for them.
    }
  }

  async #measure(run: JobRun): Promise<Measured> {
    const began = this.#host.monotonicMs();
    const found: DeviceBackend[] = [];
    const measurements: Measurement[] = [];
    const total = backends.length * measuredTasks.length;
    for (const [place, name] of backends.entries()) {
      const before = place * measuredTasks.length;
      const live: Measurement[] = [];
      const tell = (message: string) =>
        run.report({
          fraction: (before + live.length) / total,
          message,
          detail: { measurements: [...measurements, ...live] },
        });
      tell(`Measures ${name}`);
      const { backend, rows } = await this.#measureOne(name, run.signal, (row) => {
        live.push(row);
        tell(`Measures ${name}: ${row.operation} ${row.size}`);
      });
      found.push(backend);
      measurements.push(...rows);
    }
    const measured: Measured = {
      measuredAt: this.#host.now(),
      tookMs: this.#host.monotonicMs() - began,
      backends: found,
      measurements,
      chosen: [...chooseBackends(measurements)],
    };
    this.#measured = measured;
    this.#isRemembered = false;
    remember(this.#host.home, machineKey(this.#machineFacts()), measured);
    return measured;
  }

  /** In a thread of its own: one that hangs or crashes is a row like others. */
  async #measureOne(name: string, signal: AbortSignal, onRow: (row: Measurement) => void) {
    const threads = new JobThreads<DeviceOrder, DeviceOutcome, Measurement>(
      this.#entry,
      measuringThreadLimits,
    );
    const none = (reason: string) => ({ name, available: false, device: null, reason });
    try {
      const order = { kind: "measure", backend: name } as const;
      const outcome = await threads.run(order, { signal, onProgress: onRow });
      if (outcome.kind === "measured") {
        const backend = { name, available: true, device: outcome.device, reason: null };
        return { backend, rows: outcome.measurements };
      }
      return { backend: none("reason" in outcome ? outcome.reason : "no answer"), rows: [] };
    } catch (error) {
      if (signal.aborted || !(error instanceof JobError)) throw error;
      const verdict = error.reason === "overran" ? "slow" : "failed";
      return {
        backend: none(error.message),
        rows: unmeasured(name, measuredTasks, verdict, error.message),
      };
    } finally {
      await threads.close();
    }
  }
}
