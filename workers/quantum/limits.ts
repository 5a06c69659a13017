/** Every bound of the quantum thread that is not one of its contract. */
import type { JobLimits } from "../service/job-threads.ts";

export const simulatorLimits: JobLimits = {
  threadsMax: 1,
  queueLengthMax: 32,
  /** Less than what a request may take in all. */
  durationMsMax: 20_000,
  idleMs: 30_000,
};
