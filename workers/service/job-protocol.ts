/** What a subsystem and its job threads say to each other, and the threads' side of it. */
import { parentPort } from "node:worker_threads";

export type JobOrder<Input> =
  | { readonly input: Input }
  /** To a question of the thread's. */
  | { readonly question: number; readonly answer: unknown }
  | { readonly question: number; readonly refusal: string };

export type JobMessage<Output, Progress> =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "done"; readonly output: Output }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "question"; readonly question: number; readonly content: unknown };

/** Asks the subsystem something that only it can tell; rejects when it cannot. */
export type Ask = (content: unknown) => Promise<unknown>;

/** To be called once by the thread's entry: answers each order with what `work` makes of it. */
// Callers name the three types, so that both sides of the thread are held to them.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function serveJobs<Input, Output, Progress = never>(
  work: (input: Input, report: (progress: Progress) => void, ask: Ask) => Output | Promise<Output>,
): void {
  const port = parentPort;
  if (port === null) throw new Error("jobs are served by a worker thread");
  const post = (message: JobMessage<Output, Progress>) => port.postMessage(message);
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let questions = 0;
  const ask: Ask = (content) => {
    const question = questions++;
    const waiting = Promise.withResolvers<unknown>();
    open.set(question, waiting);
    post({ kind: "question", question, content });
    return waiting.promise;
  };
  port.on("message", (order: JobOrder<Input>) => {
    if ("question" in order) {
      const waiting = open.get(order.question);
      open.delete(order.question);
      if ("answer" in order) waiting?.resolve(order.answer);
      else waiting?.reject(new Error(order.refusal));
      return;
    }
    void (async () => {
      try {
        const output = await work(
          order.input,
          (progress) => post({ kind: "progress", progress }),
          ask,
        );
        post({ kind: "done", output });
      } catch (error) {
        post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
      }
    })();
  });
}
