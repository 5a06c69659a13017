/** The line discipline of a terminal: echo, erase, end of file; Ctrl+C ends what runs. */
import { shellLimits } from "../pod-limits.ts";
import type { Output, Pipe } from "./pipe.ts";

export const terminalVariables = { TERM: "xterm", PS1: String.raw`\w # ` } as const;

export class Terminal implements Output {
  readonly #screen: Output;
  readonly #input: Pipe;
  readonly #interrupt: () => void;
  #line = "";

  constructor(screen: Output, input: Pipe, interrupt: () => void) {
    this.#screen = screen;
    this.#input = input;
    this.#interrupt = interrupt;
  }

  /** What programs write: a terminal needs the carriage return, too. */
  write(text: string): Promise<void> {
    return this.#screen.write(text.replace(/\r?\n/g, "\r\n"));
  }

  /** What somebody types. */
  async type(text: string): Promise<void> {
    for (const key of text) {
      if (key === "\r" || key === "\n") {
        await this.#screen.write("\r\n");
        this.#input.offer(`${this.#line}\n`);
        this.#line = "";
      } else if (key === "\u007f" || key === "\b") {
        if (this.#line === "") continue;
        this.#line = this.#line.slice(0, -1);
        await this.#screen.write("\b \b");
      } else if (key === "\u0003") {
        await this.#screen.write("^C\r\n");
        this.#line = "";
        this.#interrupt();
      } else if (key === "\u0004") {
        if (this.#line === "") this.#input.end();
      } else if (key >= " " && this.#line.length < shellLimits.lineLengthMax) {
        this.#line += key;
        await this.#screen.write(key);
      }
    }
  }
}
