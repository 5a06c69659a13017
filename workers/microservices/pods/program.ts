/** What an image is made of, and what a running container is given. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ImageView } from "../contract.ts";

export interface ProgramContext {
  readonly pod: string;
  readonly deployment: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Writes a line to the container's log. */
  readonly log: (line: string) => void;
  /** Ends the process with this code. */
  readonly exit: (code: number) => void;
  /** Runs later, unless the container has ended by then. */
  readonly after: (ms: number, run: () => void) => void;
  /** Calls another service through the mesh. */
  readonly call: (
    service: string,
    path: string,
    request: IncomingMessage,
  ) => Promise<{ readonly status: number; readonly instance: string; readonly body: string }>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Image extends Omit<ImageView, "image"> {
  /** Name and tags; the first tag is the one without a tag, too. */
  readonly name: string;
  readonly tags: readonly string[];
  readonly start: (context: ProgramContext) => Handler;
}

export function sendJson(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
