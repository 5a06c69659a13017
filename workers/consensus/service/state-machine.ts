/** What the agreed commands are applied to: the same commands in the same order give the same state. */
export interface StateMachine {
  /** Carries out a command and returns its result. */
  apply(command: string): string;
  /** Answers a question and changes nothing. */
  query(question: string): string;
  snapshot(): string;
  restore(snapshot: string): void;
}
