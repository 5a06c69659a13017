/** The thread that simulates circuits; the quantum thread itself only hands out the work. */
import { serveJobs } from "../service/job-protocol.ts";
import { type BackendChoice, measureBackends, openChosen } from "./backends/open-backends.ts";
import type { Backend } from "./core/backend.ts";
import { perform, type ProgramAnswer, type ProgramOrder } from "./core/programs.ts";
import { simulate, type SimulationAnswer, type SimulationOrder } from "./core/simulate.ts";

export type SimulatorOrder =
  /** Measures the backends, for this thread and those that follow it. */
  | { readonly kind: "measure" }
  | { readonly kind: "program"; readonly order: ProgramOrder }
  | { readonly kind: "simulate"; readonly order: SimulationOrder; readonly choice: BackendChoice };

export type SimulatorOutcome =
  | { readonly kind: "measured"; readonly choice: BackendChoice }
  | { readonly kind: "performed"; readonly answer: ProgramAnswer; readonly computeMs: number }
  | {
      readonly kind: "simulated";
      readonly answer: SimulationAnswer;
      readonly computeMs: number;
    };

let backend: Backend | null = null;

serveJobs<SimulatorOrder, SimulatorOutcome>(async (job) => {
  if (job.kind === "measure") {
    return { kind: "measured", choice: await measureBackends(() => performance.now()) };
  }
  if (job.kind === "program") {
    const began = performance.now();
    const answer = perform(job.order);
    return { kind: "performed", answer, computeMs: performance.now() - began };
  }
  backend ??= await openChosen(job.choice);
  const began = performance.now();
  const answer = simulate(job.order, backend);
  return { kind: "simulated", answer, computeMs: performance.now() - began };
});
