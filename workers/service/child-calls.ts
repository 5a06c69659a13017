/**
 * Calls to functions in a child thread. What a call throws there is thrown here, by its message; a
 * thread that dies fails every call that is open.
 */
import { type MessagePort, parentPort, type Worker } from "node:worker_threads";

/** What a child offers, by name; arguments and results pass as messages do. */
export type ChildApi = Readonly<Record<string, (...parameters: never[]) => unknown>>;

interface Call {
  readonly id: number;
  readonly name: string;
  readonly parameters: readonly unknown[];
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly failure?: { readonly name: string; readonly message: string };
}

export class ChildCalls<Api extends ChildApi> {
  readonly #worker: Worker | MessagePort;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #newest = 0;
  #gone: Error | null = null;

  /** @param worker the child, or a port whose other side serves calls */
  constructor(worker: Worker | MessagePort) {
    this.#worker = worker;
    worker.on("message", (answer: Answer) => this.#answer(answer));
    worker.on("error", (error: Error) => this.#end(error));
    worker.on("exit", () => this.#end(new Error("The thread has ended.")));
  }

  call<Name extends keyof Api & string>(
    name: Name,
    ...parameters: Parameters<Api[Name]>
  ): Promise<Awaited<ReturnType<Api[Name]>>> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    this.#newest += 1;
    const open = Promise.withResolvers<unknown>();
    this.#open.set(this.#newest, open);
    this.#worker.postMessage({ id: this.#newest, name, parameters } satisfies Call);
    return open.promise as Promise<Awaited<ReturnType<Api[Name]>>>;
  }

  #answer({ id, result, failure }: Answer): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (failure === undefined) open?.resolve(result);
    else open?.reject(Object.assign(new Error(failure.message), { name: failure.name }));
  }

  #end(error: Error): void {
    this.#gone ??= error;
    for (const open of this.#open.values()) open.reject(this.#gone);
    this.#open.clear();
  }
}

/** The child's side; calls are answered in the order in which they end. */
export function serveCalls(api: ChildApi, port: MessagePort | null = parentPort): void {
  if (port === null) throw new Error("Calls are served in a child thread only.");
  port.on("message", ({ id, name, parameters }: Call) => {
    void answerTo(api, name, parameters).then((answer) => port.postMessage({ id, ...answer }));
  });
}

async function answerTo(
  api: ChildApi,
  name: string,
  parameters: readonly unknown[],
): Promise<Omit<Answer, "id">> {
  try {
    const serve = Object.hasOwn(api, name) ? api[name] : undefined;
    if (serve === undefined) throw new Error(`There is no call named ${name}.`);
    return { result: await serve(...(parameters as never[])) };
  } catch (error) {
    const { name: kind, message } = error as Error;
    return { failure: { name: kind, message } };
  }
}
