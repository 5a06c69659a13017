/** Where in the agreed order a command stands. */
export interface Place {
  readonly index: number;
  readonly term: number;
}

/** What the agreed commands are applied to: the same commands in the same order give the same state. */
export interface StateMachine {
  /** Carries out the command that was agreed on at this place and returns its result. */
  apply(command: string, place: Place): string;
  /** Answers a question and changes nothing. */
  query(question: string): string;
  snapshot(): string;
  restore(snapshot: string): void;
}
