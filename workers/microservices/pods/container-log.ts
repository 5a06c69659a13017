/** The last lines of one container; older ones are dropped and counted. Followers keep a place, no copy. */
import type { LogOptions } from "./container-spec.ts";
import type { OutputChunk, OutputStream } from "./host-protocol.ts";
import type { PodRuntimeLimits } from "./pod-limits.ts";

interface LogLine {
  readonly sequence: number;
  readonly at: number;
  readonly text: string;
}

type LogLimits = Pick<PodRuntimeLimits, "logLinesMax" | "logBytesMax" | "logLineBytesMax">;

export class ContainerLog {
  readonly #limits: LogLimits;
  readonly #lines: LogLine[] = [];
  readonly #partial: Record<OutputStream, string> = { stdout: "", stderr: "" };
  readonly #waiting = new Set<() => void>();
  #bytes = 0;
  #newest = 0;
  #ended = false;

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  /** Lines that are no longer there. */
  get dropped(): number {
    return this.#newest - this.#lines.length;
  }

  write({ stream, at, text }: Omit<OutputChunk, "container">): void {
    const parts = (this.#partial[stream] + text).split("\n");
    let rest = parts.pop() ?? "";
    for (const line of parts) this.#add(at, line);
    // A line without an end is cut, as the container runtimes do.
    while (rest.length > this.#limits.logLineBytesMax) {
      this.#add(at, rest.slice(0, this.#limits.logLineBytesMax));
      rest = rest.slice(this.#limits.logLineBytesMax);
    }
    this.#partial[stream] = rest;
    this.#wake();
  }

  /** Nothing more will be written: followers come to their end. */
  end(at: number): void {
    if (this.#ended) return;
    for (const stream of ["stdout", "stderr"] as const) {
      if (this.#partial[stream] !== "") this.#add(at, this.#partial[stream]);
      this.#partial[stream] = "";
    }
    this.#ended = true;
    this.#wake();
  }

  /** Lines with their ends. A follower that is too slow misses what was dropped, and is told. */
  async *read(options: LogOptions): AsyncGenerator<string, void, undefined> {
    const { follow = false, tailLines, sinceMs, limitBytes, timestamps = false, signal } = options;
    let next = this.dropped;
    if (tailLines !== undefined) next = Math.max(next, this.#newest - Math.max(0, tailLines));
    let left = limitBytes ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      if (signal?.aborted === true) return;
      const line = this.#lines[next - this.dropped];
      if (next < this.dropped) {
        yield `[${this.dropped - next} lines were dropped]\n`;
        next = this.dropped;
      } else if (line === undefined) {
        if (!follow || this.#ended) return;
        await this.#more(signal);
      } else {
        next += 1;
        if (sinceMs !== undefined && line.at < sinceMs) continue;
        const time = timestamps
          ? `${new Date(line.at).toISOString().replace("Z", "000000Z")} `
          : "";
        const bytes = Buffer.from(`${time}${line.text}\n`);
        yield bytes.length <= left ? bytes.toString("utf8") : bytes.toString("utf8", 0, left);
        left -= bytes.length;
      }
    }
  }

  #add(at: number, text: string): void {
    const { logLineBytesMax, logLinesMax, logBytesMax } = this.#limits;
    const line = {
      sequence: this.#newest,
      at,
      text: text.replace(/\r$/, "").slice(0, logLineBytesMax),
    };
    this.#newest += 1;
    this.#lines.push(line);
    this.#bytes += line.text.length;
    while (this.#lines.length > logLinesMax || this.#bytes > logBytesMax) {
      this.#bytes -= this.#lines.shift()?.text.length ?? 0;
    }
  }

  #more(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
