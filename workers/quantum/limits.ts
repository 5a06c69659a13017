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
/** Between two reports of progress. */
export const progressIntervalMs = 200;

/** Codes, .stim and .dem: quick orders, apart from the simulator so that neither waits for the other. */
export const correctionLimits: JobLimits = {
  threadsMax: 1,
  queueLengthMax: 32,
  durationMsMax: 20_000,
  idleMs: 30_000,
};

/** Thresholds run for as long as somebody reads them, one at a time. */
export const thresholdLimits: JobLimits = {
  threadsMax: 1,
  queueLengthMax: 8,
  durationMsMax: 1_800_000,
  idleMs: 30_000,
};

/** The longest silence of a threshold's stream. */
export const thresholdBeatMs = 1_000;
