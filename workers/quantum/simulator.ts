/** The thread that simulates circuits; the quantum thread itself only hands out the work. */
import { serveJobs } from "../service/job-protocol.ts";
import { simulate } from "./core/simulate.ts";
import type { SimulationOrder, SimulationOutcome } from "./core/simulate.ts";

serveJobs<SimulationOrder, SimulationOutcome>((order) => {
  const began = performance.now();
  const answer = simulate(order);
  return { answer, computeMs: performance.now() - began };
});
