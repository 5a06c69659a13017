import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Probes } from "./boot.ts";

type Answer<Name extends keyof Probes> = Awaited<ReturnType<Probes[Name]>>;

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export interface BootOptions {
  readonly flags: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The desktop application in a process of its own, under the fake Electron. */
export class Booted implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #output: string[] = [];
  #lastId = 0;

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.on("message", (reply: Reply) => {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
    child.once("exit", (code) => {
      const error = `The process ended with code ${code}:\n${this.output}`;
      for (const [id, settle] of this.#waiting) settle({ id, error });
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => this.#output.push(chunk));
    }
  }

  static async start({ flags, env = {} }: BootOptions): Promise<Booted> {
    const child = fork(join(import.meta.dirname, "boot.ts"), flags, {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      execArgv: [],
      serialization: "advanced",
      env: { ...process.env, ...env },
    });
    const booted = new Booted(child);
    const { promise, resolve } = Promise.withResolvers<Reply>();
    booted.#waiting.set(0, resolve);
    const { error } = await promise;
    if (error !== undefined) throw new Error(error);
    return booted;
  }

  get output(): string {
    return this.#output.join("");
  }

  async probe<Name extends keyof Probes>(
    name: Name,
    ...input: Parameters<Probes[Name]>
  ): Promise<Answer<Name>> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#waiting.set(id, resolve);
    this.#process.send({ id, name, input });
    const { value, error } = await promise;
    if (error !== undefined) throw new Error(error);
    return value as Answer<Name>;
  }

  /** Lets go of the process and waits for it to end by itself. @returns its exit code. */
  async ended(): Promise<number | null> {
    this.#process.disconnect();
    if (this.#process.exitCode === null) await once(this.#process, "exit");
    return this.#process.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }
}
