/** What clients and servers of a replicated service say to each other. */
import type { NodeId } from "../../cluster/process.ts";
import type { Signature } from "../signatures.ts";
import type { SessionResult } from "./sessions.ts";

interface Request {
  readonly request: number;
  /** Of the client, over `signedText`; where servers may lie. */
  readonly signature?: Signature;
}

export type ClientRequest =
  | (Request & { readonly kind: "open-session" })
  | (Request & {
      readonly kind: "command";
      readonly session: number;
      readonly sequence: number;
      readonly command: string;
    })
  | (Request & { readonly kind: "question"; readonly question: string });

export type ClientAnswer =
  | {
      readonly kind: "answer";
      readonly request: number;
      readonly result: SessionResult;
      /** Who leads, for the next request; where it does not follow from who answered. */
      readonly leader?: NodeId | null;
    }
  | {
      readonly kind: "refusal";
      readonly request: number;
      readonly reason: string;
      /** Whom to ask instead, where that is known. */
      readonly leader: NodeId | null;
    };

export type ReplicaMessage<Message> = Message | ClientRequest | ClientAnswer;

const requestKinds = new Set<unknown>(["open-session", "command", "question"]);
const answerKinds = new Set<unknown>(["answer", "refusal"]);

export function isClientRequest(message: unknown): message is ClientRequest {
  return isNumbered(message) && requestKinds.has(message.kind);
}

export function isClientAnswer(message: unknown): message is ClientAnswer {
  return isNumbered(message) && answerKinds.has(message.kind);
}

function isNumbered(message: unknown): message is { kind: unknown; request: number } {
  if (typeof message !== "object" || message === null) return false;
  return "kind" in message && "request" in message && typeof message.request === "number";
}

/** One line for the log of a run. */
export function describeClientMessage(message: ClientRequest | ClientAnswer): string {
  switch (message.kind) {
    case "open-session":
      return `open-session #${message.request}`;
    case "command":
      return `command #${message.request} ${message.session}.${message.sequence} ${message.command}`;
    case "question":
      return `question #${message.request} ${message.question}`;
    case "answer":
      return `answer #${message.request} ${JSON.stringify(message.result)}`;
    default:
      return `refusal #${message.request} ${message.reason}, leader ${message.leader}`;
  }
}
