/** What the thread lends to the handlers, so that they hold no clock of their own. */
export interface EdgeHost {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start that never run backwards. */
  monotonicMs(): number;
  /** Lets everything else that waits on this thread run first. */
  breathe(): Promise<void>;
}
