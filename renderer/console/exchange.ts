/** Sends a request and follows its answer: status, headers, body, or a bounded list of events. */
import { authorizationHeaders, connection } from "../data/session.ts";
import { type ProblemError, toProblemError } from "../data/problem.ts";
import type { RequestParts } from "./request.ts";
import { createEventParser, type ServerEvent } from "./server-events.ts";

/** More than this of an answer is measured but not kept. */
export const bodyMaxBytes = 5 * 1_024 * 1_024;
export const eventsMax = 200;

export interface Exchange {
  readonly phase: "sending" | "streaming" | "done" | "failed" | "cancelled";
  readonly request: RequestParts;
  readonly status: number | null;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
  /** From sending to the first byte of the answer. */
  readonly firstByteMs: number | null;
  readonly totalMs: number | null;
  readonly bytes: number;
  readonly body: string;
  readonly truncated: boolean;
  readonly events: readonly (ServerEvent & { readonly number: number; readonly atMs: number })[];
  readonly error: ProblemError | null;
}

export async function exchange(
  request: RequestParts,
  signal: AbortSignal,
  report: (state: Exchange) => void,
): Promise<Exchange> {
  const startedAt = performance.now();
  let state: Exchange = {
    phase: "sending",
    request,
    status: null,
    statusText: "",
    headers: [],
    firstByteMs: null,
    totalMs: null,
    bytes: 0,
    body: "",
    truncated: false,
    events: [],
    error: null,
  };
  const advance = (change: Partial<Exchange>) => {
    state = { ...state, ...change };
    report(state);
  };
  report(state);
  try {
    const response = await send(request, signal);
    advance({
      phase: "streaming",
      status: response.status,
      statusText: response.statusText,
      headers: [...response.headers],
      firstByteMs: performance.now() - startedAt,
    });
    await readBody(response, startedAt, () => state, advance);
    advance({ phase: "done", totalMs: performance.now() - startedAt });
  } catch (error) {
    const problem = toProblemError(error);
    advance({
      phase: signal.aborted ? "cancelled" : "failed",
      totalMs: performance.now() - startedAt,
      error: signal.aborted ? null : problem,
    });
  }
  return state;
}

async function send(request: RequestParts, signal: AbortSignal): Promise<Response> {
  const { base } = await connection();
  const headers: Record<string, string> = { ...authorizationHeaders() };
  if (request.body !== null) headers["content-type"] = "application/json";
  return fetch(new URL(request.path, base), {
    method: request.method,
    headers,
    body: request.body,
    signal,
    cache: "no-store",
  });
}

async function readBody(
  response: Response,
  startedAt: number,
  current: () => Exchange,
  advance: (change: Partial<Exchange>) => void,
): Promise<void> {
  if (response.body === null) return;
  const streaming = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const parser = createEventParser();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  let count = 0;
  for await (const chunk of chunks(response.body)) {
    bytes += chunk.byteLength;
    const text = decoder.decode(chunk, { stream: true });
    if (streaming) {
      const arrived = parser.push(text).map((event) => {
        count += 1;
        return { ...event, number: count, atMs: performance.now() - startedAt };
      });
      advance({
        bytes,
        events: [...arrived.toReversed(), ...current().events].slice(0, eventsMax),
      });
    } else if (bytes <= bodyMaxBytes) {
      parts.push(text);
    }
  }
  advance({ bytes, body: parts.join(""), truncated: !streaming && bytes > bodyMaxBytes });
}

async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}
