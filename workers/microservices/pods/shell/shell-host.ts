/** What a shell needs of the container that it runs in. */
import type { FetchAnswer, FetchRequest } from "../container-spec.ts";
import type { MemoryFiles } from "./memory-files.ts";
import type { Input, Output } from "./pipe.ts";

export interface ProcessView {
  readonly pid: number;
  readonly command: string;
}

export interface ShellHost {
  readonly hostname: string;
  readonly files: MemoryFiles;
  readonly now: () => number;
  readonly processes: () => readonly ProcessView[];
  /** Sends a signal to the container's own program. */
  readonly signalMain: (signal: number) => void;
  readonly fetch: (request: FetchRequest) => Promise<FetchAnswer>;
  /** Counts a command, for the share of the thread's time. */
  readonly counted: () => void;
}

export interface Streams {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Of a terminal: what Ctrl+C ends; null: the session. */
  readonly foreground?: { interrupt: (() => void) | null };
}

/** The session was ended from outside. */
export class SessionEnded extends Error {}

/** Resolves after the time; rejects at once when the signal is aborted. @throws SessionEnded */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new SessionEnded());
    // A timer holds at most 2^31 - 1 ms, which is 24 days.
    const timer = setTimeout(() => finish(true), Math.min(ms, 2 ** 31 - 1));
    const abort = () => finish(false);
    const finish = (done: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      if (done) resolve();
      else reject(new SessionEnded());
    };
    signal.addEventListener("abort", abort, { once: true });
  });
}
