/** Writes an answer to a client of HTTP/1.1 or HTTP/2, as it comes. */
import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { Endpoint } from "../../core/endpoints.ts";
import type { RouteConfig } from "../../contract.ts";
import { dataPathLimits } from "../../limits.ts";
import { problemFrom } from "../../../service/errors.ts";
import type { Forward, Reply } from "./forward.ts";
import { answerFields } from "./headers.ts";

export class HttpReply implements Reply {
  readonly #response: ServerResponse;
  readonly #sandboxed: boolean;
  readonly #changes: RouteConfig["responseHeaders"] | undefined;
  #forward: Forward | undefined;
  #isHeadOnly = false;
  #isEnded = false;

  constructor(
    response: ServerResponse | Http2ServerResponse,
    sandboxed: boolean,
    changes: RouteConfig["responseHeaders"] | undefined,
  ) {
    // The compatibility API of node:http2 answers to the same calls.
    this.#response = response as ServerResponse;
    this.#sandboxed = sandboxed;
    this.#changes = changes;
  }

  /** The forward to tell when the client takes more, and when it goes away. */
  serves(forward: Forward): void {
    this.#forward = forward;
    this.#response.once("close", () => {
      if (!forward.isFinished) forward.cancel();
    });
  }

  head(status: number, headers: string[], endpoint: Endpoint, attempts: number): void {
    const fields = answerFields(headers, this.#changes, this.#sandboxed);
    fields.push("x-upstream-instance", endpoint.id, "x-upstream-attempts", String(attempts));
    this.#isHeadOnly = true;
    this.#response.writeHead(status, fields);
  }

  data(piece: Buffer, last: boolean): boolean {
    this.#isHeadOnly = false;
    if (last) {
      this.#isEnded = true;
      // A small text leaves in one write with its headers, a buffer does not.
      if (piece.length > dataPathLimits.joinedBytesMax) this.#response.end(piece);
      else this.#response.end(piece.toString("latin1"), "latin1");
      return true;
    }
    if (this.#response.write(piece)) return true;
    this.#response.once("drain", () => this.#forward?.resume());
    return false;
  }

  flush(): void {
    if (!this.#isHeadOnly) return;
    this.#isHeadOnly = false;
    this.#response.flushHeaders();
  }

  end(trailers: string[]): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#isHeadOnly = false;
    for (let index = 0; index < trailers.length; index += 2) {
      this.#response.addTrailers({ [trailers[index]!]: trailers[index + 1]! });
    }
    this.#response.end();
  }

  abort(): void {
    this.#response.destroy();
  }

  refuse(error: Error): void {
    if (this.#response.destroyed || this.#response.headersSent) return;
    const body = problemFrom(error);
    const text = JSON.stringify(body);
    const retryAfter = retryAfterOf(error, body.status);
    this.#response.writeHead(body.status, {
      "content-type": "application/problem+json",
      "content-length": Buffer.byteLength(text),
      ...(retryAfter !== undefined && { "retry-after": retryAfter }),
    });
    this.#isEnded = true;
    this.#response.end(text);
    if (this.#forward?.isFinished === false) this.#forward.cancel();
  }
}

/** Carries how long a client should wait. */
const waits = new WeakMap<Error, number>();

export function withRetryAfter<E extends Error>(error: E, waitMs: number): E {
  waits.set(error, waitMs);
  return error;
}

function retryAfterOf(error: Error, status: number): string | undefined {
  const waitMs = waits.get(error);
  if (waitMs !== undefined) return String(Math.ceil(waitMs / 1_000));
  return status === 503 ? "1" : undefined;
}
