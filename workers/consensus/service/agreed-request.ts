/**
 * What a service puts through the log: a session command, a question where the algorithm has no reads
 * of its own, and either of them signed by its client where servers may lie.
 */
import type { NodeId } from "../../cluster/process.ts";
import { type Signature, verify } from "../signatures.ts";
import type { ClientRequest } from "./messages.ts";
import { encodeSessionCommand } from "./sessions.ts";

/** A request as the log holds it, without who asked. */
export function bodyOf(request: ClientRequest): string {
  switch (request.kind) {
    case "open-session":
      return "open";
    case "command": {
      const { session, sequence, command } = request;
      return encodeSessionCommand({ kind: "run", session, sequence, command });
    }
    default:
      return `ask ${request.question}`;
  }
}

/** The question in a body; null when it is a session command. */
export function questionIn(body: string): string | null {
  return body.startsWith("ask ") ? body.slice("ask ".length) : null;
}

/** What a client signs: its number keeps an answer from being taken for that of another request. */
export function signedText(request: number, body: string): string {
  return `${request} ${body}`;
}

export interface SignedRequest {
  readonly client: NodeId;
  readonly request: number;
  readonly signature: Signature;
  readonly body: string;
}

/** `<client> <signature> <request> <body>`; the body needs no escaping. */
export function encodeSigned({ client, request, signature, body }: SignedRequest): string {
  return `${client} ${signature} ${signedText(request, body)}`;
}

/** null: it is no request, or not one that this client has signed. */
export function decodeSigned(text: string): SignedRequest | null {
  const parts = /^(\d+) (\d+) (\d+) (open|run \d+ \d+ .*|ask .*)$/s.exec(text);
  if (parts === null) return null;
  const [client, signature, request] = parts.slice(1, 4).map(Number);
  const body = parts[4];
  if (client === undefined || signature === undefined || request === undefined) return null;
  if (body === undefined || !verify(client, signedText(request, body), signature)) return null;
  return { client, request, signature, body };
}
