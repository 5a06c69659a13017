/** What the thread lends to the handlers, so that they hold no clock and no chance of their own. */
export interface QuantumHost {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start that never run backwards. */
  monotonicMs(): number;
  /** Lets everything else that waits on this thread run first. */
  breathe(): Promise<void>;
  /** An unpredictable integer from 0 to 2^32 - 1. */
  randomSeed(): number;
}
