/**
 * The thread of one run. It answers each question with plain data and never asks anything itself; its
 * script is served with a policy that lets it reach nothing (decision 10).
 */
import { PlaygroundHost } from "../../../workers/consensus/playground/host.ts";
import { lockDown } from "../../../workers/consensus/playground/sandbox.ts";

export type * from "../../../workers/consensus/playground/host.ts";

type Method = Exclude<keyof PlaygroundHost, symbol>;

export interface Question {
  readonly id: number;
  readonly method: Method;
  readonly input: unknown;
}

export type Answer =
  | { readonly kind: "result"; readonly id: number; readonly result: unknown }
  | { readonly kind: "error"; readonly id: number; readonly name: string; readonly message: string }
  /** In careful mode: the event that is about to be handled. */
  | { readonly kind: "event"; readonly number: number; readonly text: string };

// Held before a custom algorithm is loaded, which finds it replaced.
const post = globalThis.postMessage.bind(globalThis) as (answer: Answer) => void;

const host = new PlaygroundHost({
  lockDown: () => lockDown(globalThis),
  onEvent: (number, text) => post({ kind: "event", number, text }),
});

globalThis.addEventListener("message", ({ data }: MessageEvent<Question>) => {
  const { id, method, input } = data;
  try {
    const ask = host[method] as (input: unknown) => unknown;
    post({ kind: "result", id, result: ask.call(host, input) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    post({ kind: "error", id, name, message });
  }
});
