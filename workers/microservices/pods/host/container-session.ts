/** A command that exec runs in a container: its streams go to the runtime and back. */
import type { HostReport, OutputStream } from "../host-protocol.ts";
import { hostedLimits } from "../pod-limits.ts";
import { Shell } from "../shell/interpreter.ts";
import { BrokenPipe, type Output, Pipe } from "../shell/pipe.ts";
import { SessionEnded, type ShellHost } from "../shell/shell-host.ts";
import { Terminal, terminalVariables } from "../shell/terminal.ts";

export interface SessionOptions {
  readonly session: number;
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly windowBytes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly containerSignal: AbortSignal;
  readonly host: ShellHost;
  readonly report: (report: HostReport) => void;
}

const killedCode = 137;
const interruptedCode = 130;
const notFoundCode = 127;
const brokenPipeCode = 141;

export class ContainerSession {
  readonly #options: SessionOptions;
  readonly #abort = new AbortController();
  readonly #stdin: Pipe;
  readonly #terminal: Terminal | null;
  readonly #foreground: { interrupt: (() => void) | null } = { interrupt: null };
  #onWay = 0;
  #room: PromiseWithResolvers<void> | null = null;
  #abortCode = killedCode;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { session, tty, report } = options;
    this.#stdin = new Pipe(hostedLimits.stdinQueueBytesMax, (text) => {
      if (!tty) report({ kind: "input-taken", session, bytes: Buffer.byteLength(text) });
    });
    const screen = this.#output("stdout");
    this.#terminal = tty
      ? new Terminal(screen, this.#stdin, () => {
          if (this.#foreground.interrupt === null) this.end(interruptedCode);
          else this.#foreground.interrupt();
        })
      : null;
  }

  input(text: string | null): void {
    if (text === null) return this.#stdin.end();
    const { session, report } = this.#options;
    if (this.#terminal === null) {
      const bytes = Buffer.byteLength(text);
      if (!this.#stdin.offer(text)) report({ kind: "input-taken", session, bytes });
      return;
    }
    void this.#terminal.type(text).catch(() => {});
    report({ kind: "input-taken", session, bytes: Buffer.byteLength(text) });
  }

  /** The runtime's reader has room again. */
  taken(bytes: number): void {
    this.#onWay -= bytes;
    if (this.#onWay >= this.#options.windowBytes) return;
    this.#room?.resolve();
    this.#room = null;
  }

  end(code = killedCode): void {
    this.#abortCode = code;
    this.#abort.abort();
    this.#stdin.break();
    this.#room?.reject(new SessionEnded());
    this.#room = null;
  }

  async run(): Promise<void> {
    const { session, report } = this.#options;
    const exitCode = await this.#code();
    this.#stdin.break();
    report({ kind: "session-ended", session, exitCode });
  }

  async #code(): Promise<number> {
    const { command, containerSignal, environment, host, tty } = this.#options;
    const signal = AbortSignal.any([containerSignal, this.#abort.signal]);
    const ended = Promise.withResolvers<never>();
    const abort = () => ended.reject(new SessionEnded());
    signal.addEventListener("abort", abort, { once: true });
    const variables = { ...environment, ...(tty && terminalVariables) };
    const shell = new Shell(host, Object.entries(variables), signal);
    const stdout = this.#terminal ?? this.#output("stdout");
    const stderr = this.#terminal ?? this.#output("stderr");
    const streams = { stdin: this.#stdin, stdout, stderr, foreground: this.#foreground };
    try {
      const code = await Promise.race([shell.command(command, streams), ended.promise]);
      if (code !== null) return code;
      await stderr.write(`exec: "${command[0] ?? ""}": executable file not found in $PATH\n`);
      return notFoundCode;
    } catch (error) {
      if (error instanceof BrokenPipe) return brokenPipeCode;
      if (error instanceof SessionEnded) return this.#abortCode;
      await stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return 1;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  #output(stream: OutputStream): Output {
    const { session, report, windowBytes } = this.#options;
    return {
      write: async (text) => {
        if (this.#abort.signal.aborted) throw new SessionEnded();
        if (text === "") return;
        this.#onWay += Buffer.byteLength(text);
        report({ kind: "session-output", session, stream, text });
        if (this.#onWay < windowBytes) return;
        this.#room ??= Promise.withResolvers();
        await this.#room.promise;
      },
    };
  }
}
