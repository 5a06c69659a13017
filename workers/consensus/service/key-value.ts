/** A key-value store as a state machine. Commands, questions and results are JSON texts. */
import type { StateMachine } from "./state-machine.ts";

export type KeyValueOperation =
  | { readonly op: "get"; readonly key: string }
  | { readonly op: "put"; readonly key: string; readonly value: string }
  | { readonly op: "append"; readonly key: string; readonly value: string }
  /** Writes only where the present value is `expected`; null: only where there is none. */
  | {
      readonly op: "cas";
      readonly key: string;
      readonly expected: string | null;
      readonly value: string;
    };

export interface KeyValueResult {
  /** The value after the operation; null: none. */
  readonly value: string | null;
  /** False for a comparison that failed. */
  readonly done: boolean;
}

export class KeyValueStore implements StateMachine {
  #values = new Map<string, string>();

  apply(command: string): string {
    return JSON.stringify(this.#execute(parseOperation(command)));
  }

  query(question: string): string {
    const operation = parseOperation(question);
    if (operation.op !== "get") throw new TypeError(`${operation.op} is no question`);
    return JSON.stringify(this.#execute(operation));
  }

  snapshot(): string {
    return JSON.stringify([...this.#values]);
  }

  restore(snapshot: string): void {
    const pairs: [string, string][] = JSON.parse(snapshot);
    this.#values = new Map(pairs);
  }

  #execute(operation: KeyValueOperation): KeyValueResult {
    const present = this.#values.get(operation.key) ?? null;
    switch (operation.op) {
      case "get":
        return { value: present, done: true };
      case "put":
        this.#values.set(operation.key, operation.value);
        return { value: operation.value, done: true };
      case "append": {
        const value = (present ?? "") + operation.value;
        this.#values.set(operation.key, value);
        return { value, done: true };
      }
      default:
        if (present !== operation.expected) return { value: present, done: false };
        this.#values.set(operation.key, operation.value);
        return { value: operation.value, done: true };
    }
  }
}

function parseOperation(text: string): KeyValueOperation {
  const operation: KeyValueOperation = JSON.parse(text);
  return operation;
}
