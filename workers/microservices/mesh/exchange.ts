/** One request and its answer on a connection of a pool. */
import type { ClientRequest, IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { meshLimits } from "../core/mesh/limits.ts";
import type { MeshAnswer, MeshBody } from "./call.ts";
import { meshProblem } from "./errors.ts";
import { endToEnd, headerOf, refusalHeader } from "./headers.ts";
import type { Exchange, PeerPool } from "./peer-pool.ts";

export interface Exchanged {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** False where the caller gave the answer up before its end. */
  readonly isWhole: boolean;
}

/**
 * @param answered hears of the answer's head, and who refused where the mesh did
 * @returns when the exchange is over, its body and a tunnel included
 * @throws MESH_CONNECTION_FAILED, MESH_TIMEOUT, the signal's reason
 */
export async function exchange(
  pool: PeerPool,
  head: Exchange,
  body: MeshBody,
  signal: AbortSignal | null,
  answered: (answer: MeshAnswer, refusal: string | undefined) => void,
): Promise<Exchanged> {
  const { endpoint } = pool;
  const over = Promise.withResolvers<void>();
  const sent = pool.begin(head);
  const bytes = byteCount(sent);
  let failure: Error | null = null;
  let isTunnel = false;
  let received: IncomingMessage | undefined;
  const abort = () => sent.destroy(signal?.reason as Error);
  signal?.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(() => {
    sent.destroy(meshProblem("MESH_TIMEOUT", `${endpoint.pod.name} gave no answer.`));
  }, meshLimits.answerMs);
  sent.once("response", (message) => {
    clearTimeout(timer);
    const refusal = headerOf(message.rawHeaders, refusalHeader);
    const headers = endToEnd(message.rawHeaders, null);
    if (refusal !== undefined) headers.push(refusalHeader, refusal);
    message.once("error", (error) => (failure ??= error));
    received = message;
    const status = message.statusCode ?? 0;
    answered({ status, headers, body: message, endpoint, tunnel: null }, refusal);
  });
  sent.once("upgrade", (message, socket, rest) => {
    clearTimeout(timer);
    isTunnel = true;
    socket.once("close", over.resolve);
    socket.on("error", () => socket.destroy());
    const tunnel = { socket, rest };
    const headers = message.rawHeaders;
    answered({ status: 101, headers, body: Readable.from([]), endpoint, tunnel }, undefined);
  });
  sent.on("error", (error) => (failure ??= error));
  sent.once("close", () => {
    if (!isTunnel) over.resolve();
  });
  send(sent, body);
  await over.promise;
  clearTimeout(timer);
  signal?.removeEventListener("abort", abort);
  signal?.throwIfAborted();
  if (failure !== null) throw problemOf(failure, endpoint.pod.name);
  return { ...bytes(), isWhole: isTunnel || received?.complete === true };
}

function send(sent: ClientRequest, body: MeshBody): void {
  if (!(body instanceof Readable)) {
    sent.end(body ?? undefined);
    return;
  }
  body.once("error", (error) => sent.destroy(error));
  body.once("close", () => {
    if (!body.readableEnded) sent.destroy(new Error("the request's body broke off"));
  });
  sent.once("close", () => body.unpipe(sent));
  body.pipe(sent);
}

/** Of the connection, from when it is this request's: heads included, TLS not. */
function byteCount(sent: ClientRequest): () => { sentBytes: number; receivedBytes: number } {
  let from = { read: 0, written: 0 };
  sent.once("socket", ({ bytesRead, bytesWritten }) => {
    from = { read: bytesRead, written: bytesWritten };
  });
  return () => {
    const socket = sent.socket;
    if (socket === null) return { sentBytes: 0, receivedBytes: 0 };
    return {
      sentBytes: Math.max(0, socket.bytesWritten - from.written),
      receivedBytes: Math.max(0, socket.bytesRead - from.read),
    };
  };
}

function problemOf(failure: Error & { code?: string }, name: string): Error {
  if (failure.code?.startsWith("MESH_") === true) return failure;
  const why = failure.message === "" ? (failure.code ?? "unknown") : failure.message;
  return meshProblem("MESH_CONNECTION_FAILED", `The connection to ${name} failed: ${why}.`);
}
