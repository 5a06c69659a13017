/**
 * The thread of the circuit playground. It answers questions at once and draws pictures in slices, so
 * that an edit never waits for the picture of the one before. Its script is served with a policy that
 * lets it compile WebAssembly and reach nothing (decision 13).
 */
import { type News, PlaygroundHost } from "../../../workers/quantum/playground/host.ts";

export type * from "../../../workers/quantum/playground/host.ts";

type Method = Exclude<keyof PlaygroundHost, symbol | "advance">;

export interface Question {
  readonly id: number;
  readonly method: Method;
  readonly input: unknown;
}

export type Answer =
  | { readonly kind: "result"; readonly id: number; readonly result: unknown }
  | { readonly kind: "error"; readonly id: number; readonly name: string; readonly message: string }
  /** A slice is done and there is more to do: the thread is alive. */
  | { readonly kind: "working" }
  | { readonly kind: "news"; readonly news: News };

/** Shorter than a frame, so that a question waits for no longer. */
const sliceMs = 8;

const post = (answer: Answer): void => globalThis.postMessage(answer);
const host = new PlaygroundHost({
  nowMs: () => performance.now(),
  tell: (news) => post({ kind: "news", news }),
});

/** A message to oneself comes after those that wait, and without the delay of a timer. */
const { port1: inbox, port2: outbox } = new MessageChannel();
let isWaiting = false;
inbox.addEventListener("message", () => {
  isWaiting = false;
  let hasMore: boolean;
  try {
    hasMore = host.advance(sliceMs);
  } catch (error) {
    // A fault of ours ends the thread, and the page starts another.
    reportError(error);
    globalThis.close();
    return;
  }
  post({ kind: "working" });
  if (hasMore) goOn();
});
inbox.start();

function goOn(): void {
  if (isWaiting) return;
  isWaiting = true;
  outbox.postMessage(null);
}

globalThis.addEventListener("message", ({ data }: MessageEvent<Question>) => {
  const { id, method, input } = data;
  try {
    const ask = host[method] as (input: unknown) => unknown;
    post({ kind: "result", id, result: ask.call(host, input) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    post({ kind: "error", id, name, message });
  }
  goOn();
});
