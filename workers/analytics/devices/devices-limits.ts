/** Bounds of measuring and of kernels that somebody wrote. */
import type { JobLimits } from "../../service/job-threads.ts";

/** One backend after another, each for so long at most: the thread of one that hangs is ended. */
export const measuringThreadLimits: JobLimits = {
  threadsMax: 1,
  queueLengthMax: 1,
  durationMsMax: 60_000,
  idleMs: 1_000,
};

export const kernelThreadLimits: JobLimits = {
  threadsMax: 1,
  queueLengthMax: 8,
  durationMsMax: 5_000,
  idleMs: 30_000,
};

/** Backends are measured so long after the start, when nothing is remembered of this machine. */
export const firstMeasuringMs = 60_000;
export const rememberedBytesMax = 262_144;
