/** Random spans of time, and the checks that options of chance and time have in common. */
import type { Random } from "./random.ts";

/** `minMs` plus an exponential part, so that the mean is `meanMs` before the cut at `maxMs`. */
export interface Delay {
  readonly minMs: number;
  readonly meanMs: number;
  readonly maxMs: number;
}

/** Whole microseconds, so that the last bits of a logarithm never decide the order of events. */
export function drawDelayUs(delay: Delay, random: Random): number {
  const spread = delay.meanMs - delay.minMs;
  const drawnMs = spread <= 0 ? delay.minMs : delay.minMs + random.exponential(spread);
  return Math.round(Math.min(drawnMs, delay.maxMs) * 1000);
}

export function checkDelay(name: string, delay: Delay): void {
  const { minMs, meanMs, maxMs } = delay;
  if (!(minMs >= 0 && meanMs >= minMs && maxMs >= meanMs && Number.isFinite(maxMs))) {
    throw new RangeError(
      `${name} needs 0 <= minMs <= meanMs <= maxMs, not ${JSON.stringify(delay)}`,
    );
  }
}

/** Every option whose name ends in "Chance" must be a probability. */
export function checkChances(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    if (name.endsWith("Chance") && !(value >= 0 && value <= 1)) {
      throw new RangeError(`${name} must be a probability from 0 to 1, not ${value}`);
    }
  }
}

export function checkPositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new RangeError(`${name} must be a positive number, not ${value}`);
  }
}
