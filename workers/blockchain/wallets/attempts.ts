/** How long to wait after wrong passphrases: nothing for the first few, then twice as long each. */
import { attemptLimits } from "./limits.ts";

export interface Attempts {
  readonly failures: number;
  /** Milliseconds since the Unix epoch before which no attempt is made. */
  readonly notBefore: number;
}

export const noAttempts: Attempts = { failures: 0, notBefore: 0 };

export function afterFailure({ failures }: Attempts, nowMs: number): Attempts {
  const beyond = failures + 1 - attemptLimits.freeMax;
  if (beyond < 0) return { failures: failures + 1, notBefore: 0 };
  const pauseMs = Math.min(attemptLimits.waitMsFirst * 2 ** beyond, attemptLimits.waitMsMax);
  return { failures: failures + 1, notBefore: nowMs + pauseMs };
}

/** A clock that was set back does not lock anybody out for longer than the longest wait. */
export function waitMs({ notBefore }: Attempts, nowMs: number): number {
  return Math.min(Math.max(0, notBefore - nowMs), attemptLimits.waitMsMax);
}
