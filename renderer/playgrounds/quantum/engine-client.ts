/** The page's side of the thread: questions, news, and an end to a thread that has hung. */
import type { Answer, News, PlaygroundHost, Question } from "./kernel.worker.ts";

/** One operation on 25 qubits takes less than a second; nothing else holds the thread for longer. */
const silenceMaxMs = 12_000;

type Host = Omit<PlaygroundHost, "advance">;
export type Method = keyof Host;
type Input<M extends Method> = Parameters<Host[M]>[0];
type Result<M extends Method> = ReturnType<Host[M]>;

/** The thread did not answer in time, or broke off. */
export class HangError extends Error {
  override readonly name = "HangError";
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface EngineListener {
  readonly onNews: (news: News) => void;
  /** The thread is gone; another is worth a try where this one has ever answered. */
  readonly onEnd: (error: HangError, hasAnswered: boolean) => void;
}

export class EngineClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listener: EngineListener;
  #nextId = 1;
  /** Why there are no answers any more. */
  #ended: HangError | null = null;
  #hasAnswered = false;
  #alarm: number | undefined;

  constructor(listener: EngineListener) {
    this.#listener = listener;
    this.#worker = new Worker(new URL("./kernel.worker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      this.#onAnswer(data);
    });
    this.#worker.addEventListener("error", () => {
      this.#end(
        new HangError(
          this.#hasAnswered
            ? "The thread of the playground broke off."
            : "The thread of the playground could not start: reload the page.",
        ),
      );
    });
  }

  ask<M extends Method>(
    method: M,
    ...[input]: Input<M> extends undefined ? [] : [Input<M>]
  ): Promise<Result<M>> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) {
        reject(this.#ended);
        return;
      }
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#worker.postMessage({ id, method, input } satisfies Question);
      this.#watch();
    });
  }

  close(): void {
    this.#ended = new HangError("The playground was closed.");
    clearTimeout(this.#alarm);
    this.#worker.terminate();
    this.#waiting.clear();
  }

  #onAnswer(answer: Answer): void {
    clearTimeout(this.#alarm);
    this.#hasAnswered = true;
    if (this.#waiting.size > 0) this.#watch();
    if (answer.kind === "news") this.#listener.onNews(answer.news);
    if (answer.kind !== "result" && answer.kind !== "error") return;
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) clearTimeout(this.#alarm);
    if (answer.kind === "result") waiting?.resolve(answer.result);
    else waiting?.reject(Object.assign(new Error(answer.message), { name: answer.name }));
  }

  /** Silence while something is asked for is what a loop without an end looks like. */
  #watch(): void {
    clearTimeout(this.#alarm);
    this.#alarm = window.setTimeout(() => {
      const seconds = silenceMaxMs / 1000;
      this.#end(
        new HangError(`The playground's thread was silent for ${seconds} s and was ended.`),
      );
    }, silenceMaxMs);
  }

  #end(error: HangError): void {
    if (this.#ended !== null) return;
    this.#ended = error;
    clearTimeout(this.#alarm);
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#listener.onEnd(error, this.#hasAnswered);
  }
}
