/** The objects that a history can be checked against. */
import type { KeyValueOperation, KeyValueResult } from "../service/key-value.ts";
import type { Model } from "./history.ts";

const none = "none";

export type RegisterOperation =
  | { readonly op: "read" }
  | { readonly op: "write"; readonly value: number }
  | { readonly op: "cas"; readonly expected: number; readonly value: number };

export interface RegisterResult {
  /** Of a read: the value, null at first. Of other operations null. */
  readonly value: number | null;
  /** False for a comparison that failed. */
  readonly done: boolean;
}

/** One register of numbers with compare-and-swap. */
export const registerModel: Model<RegisterOperation, RegisterResult, number | null> = {
  name: "register",
  initial: () => null,
  step: (state, input, output) => {
    switch (input.op) {
      case "read":
        return output === undefined || output.value === state ? state : undefined;
      case "write":
        return input.value;
      default: {
        const matches = state === input.expected;
        if (output !== undefined && output.done !== matches) return undefined;
        return matches ? input.value : state;
      }
    }
  },
  key: (state) => (state === null ? none : String(state)),
  part: () => "",
  describe: (input, output) => {
    if (input.op === "read") return `read -> ${output === undefined ? "?" : output.value}`;
    if (input.op === "write") return `write ${input.value}`;
    return `cas ${input.expected} ${input.value} -> ${output === undefined ? "?" : output.done}`;
  },
};

/** A store of texts by key; each key is a part of its own. */
export const keyValueModel: Model<KeyValueOperation, KeyValueResult, string | null> = {
  name: "key-value store",
  initial: () => null,
  step: (state, input, output) => {
    const after = keyValueAfter(state, input);
    if (output === undefined) return after.value;
    return output.value === after.value && output.done === after.done ? after.value : undefined;
  },
  key: (state) => (state === null ? none : `"${state}`),
  part: ({ key }) => key,
  describe: (input, output) => {
    const result = output === undefined ? "?" : `${output.value}${output.done ? "" : " failed"}`;
    if (input.op === "get") return `get ${input.key} -> ${result}`;
    if (input.op === "cas") return `cas ${input.key} ${input.expected} ${input.value} -> ${result}`;
    return `${input.op} ${input.key} ${input.value} -> ${result}`;
  },
};

function keyValueAfter(state: string | null, input: KeyValueOperation): KeyValueResult {
  switch (input.op) {
    case "get":
      return { value: state, done: true };
    case "put":
      return { value: input.value, done: true };
    case "append":
      return { value: (state ?? "") + input.value, done: true };
    default:
      return state === input.expected
        ? { value: input.value, done: true }
        : { value: state, done: false };
  }
}

export type QueueOperation =
  | { readonly op: "enqueue"; readonly value: string }
  | { readonly op: "dequeue" };

export interface QueueResult {
  /** Of a dequeue: the value taken, null when the queue was empty. Of an enqueue null. */
  readonly value: string | null;
}

/** One first-in-first-out queue. */
export const queueModel: Model<QueueOperation, QueueResult, readonly string[]> = {
  name: "queue",
  initial: () => [],
  step: (state, input, output) => {
    if (input.op === "enqueue") return [...state, input.value];
    const [first, ...rest] = state;
    return output === undefined || output.value === (first ?? null) ? rest : undefined;
  },
  key: (state) => JSON.stringify(state),
  part: () => "",
  describe: (input, output) =>
    input.op === "enqueue"
      ? `enqueue ${input.value}`
      : `dequeue -> ${output === undefined ? "?" : (output.value ?? "empty")}`,
};
