/** What a subsystem and its job threads say to each other, and the threads' side of it. */
import { parentPort } from "node:worker_threads";

export interface JobOrder<Input> {
  readonly input: Input;
}

export type JobMessage<Output, Progress> =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "done"; readonly output: Output }
  | { readonly kind: "failed"; readonly message: string };

/** To be called once by the thread's entry: answers each order with what `work` makes of it. */
// Callers name the three types, so that both sides of the thread are held to them.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function serveJobs<Input, Output, Progress = never>(
  work: (input: Input, report: (progress: Progress) => void) => Output | Promise<Output>,
): void {
  const port = parentPort;
  if (port === null) throw new Error("jobs are served by a worker thread");
  const post = (message: JobMessage<Output, Progress>) => port.postMessage(message);
  port.on("message", ({ input }: JobOrder<Input>) => {
    void (async () => {
      try {
        const output = await work(input, (progress) => post({ kind: "progress", progress }));
        post({ kind: "done", output });
      } catch (error) {
        post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
      }
    })();
  });
}
