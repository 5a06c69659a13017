/** What every streaming detector of anomalies is, so that they can be swapped, scored and joined. */
import assert from "node:assert/strict";

export interface StreamingDetector {
  /**
   * Judges one reading by those before it, then learns it.
   *
   * @param atMs time of the reading, in milliseconds; never before the last one.
   * @param value the reading; throws AssertionError unless it is finite. A missing reading is left
   *   out by the caller: nothing is made up for it.
   * @returns how anomalous it is, from 0 (ordinary, or too little seen) to 1.
   */
  update(atMs: number, value: number): number;
}

/** What a detector led to expect of the reading it judged last. */
export interface Expectation {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/** A detector that can also say what it had expected. */
export interface ExplainingDetector extends StreamingDetector {
  /** null before the detector has learnt enough. */
  readonly expectation: Expectation | null;
}

/** The common guard of every detector: NaN and infinities are refused, not learnt. */
export function assertReading(value: number): void {
  assert(Number.isFinite(value), `A reading is a finite number, not ${value}`);
}
