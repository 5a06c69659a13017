/** What an image is, what a running program is given, and what it gives. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ContainerSpec, ExitReason, FetchAnswer, FetchRequest } from "../container-spec.ts";
import type { OutputStream } from "../host-protocol.ts";
import type { MemoryFiles } from "../shell/memory-files.ts";
import type { Input } from "../shell/pipe.ts";

export interface ImageProbe {
  readonly path: string;
  readonly initialDelayMs: number;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

export interface ImageVariable {
  readonly name: string;
  readonly summary: string;
  readonly fallback: string;
}

export interface Image {
  readonly name: string;
  /** Further repositories under which it is found. */
  readonly aliases: readonly string[];
  /** Tags that exist, the one of a reference without a tag first; null: any. */
  readonly tags: readonly string[] | null;
  readonly summary: string;
  /** The name of its program: what `command` has to say to run it. */
  readonly executable: string;
  /** The port that its program listens on; null: it does not listen. */
  readonly port: number | null;
  /**
   * Whether the program listens where PORT or the container's first declared port says. Others listen
   * on their own port whatever the container declares, as most real programs do.
   */
  readonly portIsSet: boolean;
  readonly environment: readonly ImageVariable[];
  readonly readiness: ImageProbe | null;
  readonly liveness: ImageProbe | null;
  /** Whether it may keep its thread busy, and so has one of its own. */
  readonly ownThread: boolean;
  readonly start: (context: ProgramContext) => Program;
}

export interface ProgramContext {
  readonly spec: ContainerSpec;
  readonly tag: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Without the program's own name. */
  readonly args: readonly string[];
  readonly files: MemoryFiles;
  readonly stdin: Input;
  /** Aborted when the container ends. */
  readonly signal: AbortSignal;
  /** Writes a line to the container's log. */
  readonly log: (line: string) => void;
  readonly write: (stream: OutputStream, text: string) => void;
  /** Ends the process with this code. */
  readonly exit: (code: number, reason?: ExitReason, message?: string) => void;
  /** Runs later, unless the container has ended by then. */
  readonly after: (ms: number, run: () => void) => void;
  /** Says how much memory the program holds; ends it as the kernel does when that is too much. */
  readonly holdMemory: (bytes: number) => void;
  /** CPU time of a thread of the program's own, to be added to what is measured here. */
  readonly addCpu: (ms: number) => void;
  /** Calls a service of the cluster, or localhost within the pod. */
  readonly fetch: (request: FetchRequest) => Promise<FetchAnswer>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Program {
  /** Answers requests; without it nothing listens. */
  readonly handle?: Handler;
  /**
   * SIGTERM: the container ends with 0 when this resolves and the requests have been answered.
   * Without it SIGTERM ends the program at once, with 143.
   */
  readonly onTerminate?: () => void | Promise<void>;
}

export function sendJson(response: ServerResponse, status: number, value: object): void {
  sendText(response, status, JSON.stringify(value), "application/json; charset=utf-8");
}

export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  type = "text/plain; charset=utf-8",
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** Reads a body; null when it is longer than that (the rest is left unread). */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Answers a failed handler with 500; a client that left is nobody to answer. */
export function answering(handler: (...parameters: Parameters<Handler>) => Promise<void>): Handler {
  return (request, response) => {
    handler(request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      sendJson(response, 500, { error: message });
    });
  };
}

/** A program with /healthz before everything else, which ends in order. */
export function healthy(handle: Handler): Program {
  return {
    handle(request, response) {
      if (request.url !== "/healthz") return handle(request, response);
      request.resume();
      sendJson(response, 200, { status: "ok" });
    },
    onTerminate() {},
  };
}

export function httpProbe(path: string, changes: Partial<ImageProbe> = {}): ImageProbe {
  return {
    path,
    initialDelayMs: 0,
    periodMs: 10_000,
    timeoutMs: 1_000,
    successThreshold: 1,
    failureThreshold: 3,
    ...changes,
  };
}

/** What most images of the catalogue have in common: an HTTP server with /healthz. */
export const serverDefaults = {
  aliases: [],
  tags: ["latest"],
  port: 8080,
  portIsSet: true,
  environment: [],
  readiness: httpProbe("/healthz"),
  liveness: httpProbe("/healthz"),
  ownThread: false,
} as const satisfies Partial<Image>;

/** A number from the environment, kept within its range; the fallback when it is none. */
export function numberOf(
  environment: Readonly<Record<string, string>>,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  const text = environment[name];
  const value = text === undefined || text.trim() === "" ? fallback : Number(text);
  return Number.isFinite(value) ? Math.min(Math.max(min, value), max) : fallback;
}
