/** Every bound of the quantum thread that is not one of its contract. */
import type { JobLimits } from "../service/job-threads.ts";
import { longRunMinutes } from "./contract.ts";

export const simulatorLimits: JobLimits = {
  threadsMax: 1,
  queueLengthMax: 32,
  /** Less than what a request may take in all. */
  durationMsMax: 20_000,
  idleMs: 30_000,
};

/** Jobs whose progress is streamed: they may take their time, and do not hold up the others. */
export const longSimulatorLimits: JobLimits = {
  threadsMax: 1,
  queueLengthMax: 8,
  durationMsMax: longRunMinutes * 60_000,
  idleMs: 30_000,
};
export const progressIntervalMs = 200;
