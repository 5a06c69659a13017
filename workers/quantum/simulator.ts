/** The thread that simulates circuits; the quantum thread itself only hands out the work. */
import { serveJobs } from "../service/job-protocol.ts";
import { type BackendChoice, measureBackends, openChosen } from "./backends/open-backends.ts";
import { type GpuChoice, measureGpu, openGpu } from "./backends/measure-single.ts";
import type { Backend } from "./core/backend.ts";
import { progressOutcomesMax } from "./contract.ts";
import { progressIntervalMs } from "./limits.ts";
import { perform, type ProgramAnswer, type ProgramOrder } from "./core/programs.ts";
import { simulate, type SimulationAnswer, type SimulationOrder } from "./core/simulate.ts";

export type SimulatorOrder =
  /** Measures the backends, for this thread and those that follow it. */
  | { readonly kind: "measure" }
  /** The same for single precision, beside what was chosen. */
  | { readonly kind: "measure-gpu"; readonly choice: BackendChoice }
  | { readonly kind: "program"; readonly order: ProgramOrder }
  | {
      readonly kind: "simulate";
      readonly order: SimulationOrder;
      readonly choice: BackendChoice;
      /** For single precision; null for double. */
      readonly gpu: GpuChoice | null;
    };

export type SimulatorOutcome =
  | { readonly kind: "measured"; readonly choice: BackendChoice }
  | { readonly kind: "measured-gpu"; readonly gpu: GpuChoice }
  | { readonly kind: "performed"; readonly answer: ProgramAnswer; readonly computeMs: number }
  | {
      readonly kind: "simulated";
      readonly answer: SimulationAnswer;
      readonly computeMs: number;
    };

/** How far a run is; no counts while there are too many different ones. */
export interface SimulatorProgress {
  readonly done: number;
  readonly counts: Readonly<Record<string, number>> | null;
}

const backends: { double?: Backend; single?: Backend } = {};

serveJobs<SimulatorOrder, SimulatorOutcome, SimulatorProgress>(async (job, report) => {
  if (job.kind === "measure") {
    return { kind: "measured", choice: await measureBackends(() => performance.now()) };
  }
  if (job.kind === "program") {
    const began = performance.now();
    const answer = perform(job.order);
    return { kind: "performed", answer, computeMs: performance.now() - began };
  }
  if (job.kind === "measure-gpu") {
    const kernels = await openChosen(job.choice, "single");
    return { kind: "measured-gpu", gpu: await measureGpu(kernels, () => performance.now()) };
  }
  const { order, choice, gpu } = job;
  const precision = gpu === null ? "double" : "single";
  const backend = (backends[precision] ??= await openFor(choice, gpu));
  const began = performance.now();
  let toldAt = began;
  const answer = simulate(order, backend, (done, counts) => {
    const now = performance.now();
    if (now - toldAt < progressIntervalMs) return;
    toldAt = now;
    const isFew = counts.size <= progressOutcomesMax;
    report({ done, counts: isFew ? Object.fromEntries(counts) : null });
  });
  return { kind: "simulated", answer, computeMs: performance.now() - began };
});

async function openFor(choice: BackendChoice, gpu: GpuChoice | null): Promise<Backend> {
  if (gpu === null) return openChosen(choice, "double");
  return openGpu(gpu, await openChosen(choice, "single"));
}
