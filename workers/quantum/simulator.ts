/** The thread that simulates circuits; the quantum thread itself only hands out the work. */
import { serveJobs } from "../service/job-protocol.ts";
import { type BackendChoice, measureBackends, openChosen } from "./backends/open-backends.ts";
import type { Backend } from "./core/backend.ts";
import { progressOutcomesMax } from "./contract.ts";
import { progressIntervalMs } from "./limits.ts";
import { perform, type ProgramAnswer, type ProgramOrder } from "./core/programs.ts";
import { simulate, type SimulationAnswer, type SimulationOrder } from "./core/simulate.ts";

export type SimulatorOrder =
  /** Measures the backends, for this thread and those that follow it. */
  | { readonly kind: "measure" }
  | { readonly kind: "program"; readonly order: ProgramOrder }
  | {
      readonly kind: "simulate";
      readonly order: SimulationOrder;
      readonly choice: BackendChoice;
      readonly precision: "double" | "single";
    };

export type SimulatorOutcome =
  | { readonly kind: "measured"; readonly choice: BackendChoice }
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
  const { order, choice, precision } = job;
  backends[precision] ??= await openChosen(choice, precision);
  const began = performance.now();
  let toldAt = began;
  const answer = simulate(order, backends[precision], (done, counts) => {
    const now = performance.now();
    if (now - toldAt < progressIntervalMs) return;
    toldAt = now;
    const isFew = counts.size <= progressOutcomesMax;
    report({ done, counts: isFew ? Object.fromEntries(counts) : null });
  });
  return { kind: "simulated", answer, computeMs: performance.now() - began };
});
