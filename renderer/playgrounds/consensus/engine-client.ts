/**
 * The page's side of a run's thread: questions with a time budget. A thread that does not answer in
 * time is ended, because nothing else can stop a loop.
 */
import type { Answer, PlaygroundHost, Question } from "./engine.worker.ts";

/** Going through ten minutes of virtual time takes some two seconds of this. */
const answerBudgetMs = 4_000;

type Host = Omit<PlaygroundHost, symbol>;
type Input<M extends keyof Host> = Parameters<Host[M]>[0];
type Result<M extends keyof Host> = ReturnType<Host[M]>;

/** The thread did not answer in its time and was ended. */
export class BudgetError extends Error {
  override readonly name = "BudgetError";
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: number;
}

export class EngineClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #budgetMs: number;
  #nextId = 1;
  #ended = false;
  #hasAnswered = false;
  /** In careful mode: the event that the thread began last. */
  lastEvent: { readonly number: number; readonly text: string } | null = null;

  constructor(budgetMs: number = answerBudgetMs) {
    this.#budgetMs = budgetMs;
    this.#worker = new Worker(new URL("./engine.worker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      this.#onAnswer(data);
    });
    this.#worker.addEventListener("error", () => {
      this.#end(
        this.#hasAnswered
          ? new BudgetError("The thread of the run broke off.")
          : new Error("The thread of the playground could not start. Reload the page."),
      );
    });
  }

  ask<M extends keyof Host>(
    method: M,
    ...[input]: Input<M> extends undefined ? [] : [Input<M>]
  ): Promise<Result<M>> {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(new BudgetError("The thread of the run has ended."));
        return;
      }
      const id = this.#nextId++;
      const timer = window.setTimeout(() => {
        this.#end(
          new BudgetError(
            `The run did not answer within ${this.#budgetMs / 1000} s and was ended.`,
          ),
        );
      }, this.#budgetMs);
      this.#waiting.set(id, {
        resolve: resolve as (result: unknown) => void,
        reject,
        timer,
      });
      this.#worker.postMessage({ id, method, input } satisfies Question);
    });
  }

  close(): void {
    this.#end(new BudgetError("The run was closed."));
  }

  #onAnswer(answer: Answer): void {
    this.#hasAnswered = true;
    if (answer.kind === "event") {
      this.lastEvent = answer;
      return;
    }
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return;
    this.#waiting.delete(answer.id);
    clearTimeout(waiting.timer);
    if (answer.kind === "result") waiting.resolve(answer.result);
    else waiting.reject(Object.assign(new Error(answer.message), { name: answer.name }));
  }

  #end(error: Error): void {
    this.#ended = true;
    this.#worker.terminate();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}
