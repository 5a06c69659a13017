/** What the API server asks of whoever runs the pods: logs, commands and connections. */
import type { Duplex, Readable, Writable } from "node:stream";

export interface LogOptions {
  readonly container: string | undefined;
  readonly follow: boolean;
  /** The container's instance before this one. */
  readonly previous: boolean;
  readonly tailLines: number | undefined;
  readonly sinceMs: number | undefined;
}

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Without its end. */
  readonly text: string;
}

export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

export interface ExecOptions {
  readonly container: string | undefined;
  readonly command: readonly string[];
  readonly tty: boolean;
  /** null where the client sends none. */
  readonly stdin: Readable | null;
  readonly onResize: (listen: (size: TerminalSize) => void) => void;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

export type AttachOptions = Omit<ExecOptions, "command">;

export interface Execution {
  readonly stdout: Readable;
  /** null with a terminal, which has one stream. */
  readonly stderr: Readable | null;
  /** Its exit code; rejected with a sentence where it could not be run. */
  readonly done: Promise<number>;
}

/** Every function throws ApiError: 400 for a container that is not there, 404 for a pod that is not run. */
export interface PodStreams {
  logs(podKey: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine>;
  exec(podKey: string, options: ExecOptions): Execution | Promise<Execution>;
  attach(podKey: string, options: AttachOptions): Execution | Promise<Execution>;
  /** A connection to a port of the pod. */
  connect(podKey: string, port: number): Duplex | Promise<Duplex>;
}

/** Where a client's bytes go and where those for it come from. */
export interface ClientStreams {
  readonly stdin: Readable | null;
  readonly stdout: Writable | null;
  readonly stderr: Writable | null;
}
