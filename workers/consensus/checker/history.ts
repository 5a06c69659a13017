/** Histories: what clients asked for, what they were told, and when, by one true clock. */

/** One operation and the span in which it must have taken effect. */
export interface Operation<Input, Output> {
  readonly client: number;
  readonly input: Input;
  /** undefined: nothing is known of the result, so any would do. */
  readonly output: Output | undefined;
  readonly invokedAt: number;
  /** Infinity: it never returned, and may have taken effect at any later time or never. */
  readonly returnedAt: number;
}

/**
 * The object that the history claims to be. A step must not change the state it is given.
 */
export interface Model<Input, Output, State> {
  readonly name: string;
  initial(): State;
  /** The state after the operation; undefined when it cannot have had this output here. */
  step(state: State, input: Input, output: Output | undefined): State | undefined;
  /** Equal for equal states, and only for them. */
  key(state: State): string;
  /**
   * The part of the object that an operation touches. Parts are independent: the history is
   * linearizable exactly if the history of each part is (P-compositionality, Horn and Kroening 2015).
   */
  part(input: Input): string;
  describe(input: Input, output: Output | undefined): string;
}

/** Refuses histories in which time runs backwards or a client does two things at once. */
export function checkHistory(history: readonly Operation<unknown, unknown>[]): void {
  const lastReturn = new Map<number, number>();
  for (const operation of history.toSorted((a, b) => a.invokedAt - b.invokedAt)) {
    const { client, invokedAt, returnedAt } = operation;
    if (!(invokedAt < returnedAt)) {
      throw new RangeError(
        `an operation of client ${client} returns at ${returnedAt}, before its call`,
      );
    }
    const busyUntil = lastReturn.get(client) ?? -Infinity;
    if (busyUntil !== Infinity && busyUntil > invokedAt) {
      throw new RangeError(`client ${client} calls at ${invokedAt}, before its last call returned`);
    }
    lastReturn.set(client, returnedAt);
  }
}
