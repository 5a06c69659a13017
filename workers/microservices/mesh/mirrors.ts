/** Copies of requests to another service: nobody waits for them, and their answers are thrown away. */
import { Readable } from "node:stream";
import { meshLimits } from "../core/mesh/limits.ts";
import type { MeshPod } from "../core/mesh/pod.ts";
import type { MeshBody, MeshRequest, ServicePort } from "./call.ts";

interface Caller {
  call(
    source: MeshPod,
    service: ServicePort,
    request: MeshRequest,
  ): Promise<{ readonly body: Readable }>;
}

export class Mirrors {
  readonly #caller: Caller;
  readonly #abort = new AbortController();
  #inFlight = 0;
  #dropped = 0;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** The copy of a stream is sent when the stream has ended, if it was not too long. */
  send(source: MeshPod, service: ServicePort, request: MeshRequest): void {
    const { body = null } = request;
    if (this.#inFlight >= meshLimits.mirrorsInFlightMax) {
      this.#dropped += 1;
      return;
    }
    this.#inFlight += 1;
    if (!(body instanceof Readable)) {
      void this.#deliver(source, service, request, body);
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    body.on("data", (chunk: Buffer | string) => {
      size += chunk.length;
      if (size <= meshLimits.mirrorBodyBytesMax) chunks.push(Buffer.from(chunk));
    });
    body.once("close", () => {
      const isWhole = body.readableEnded && size <= meshLimits.mirrorBodyBytesMax;
      if (isWhole) void this.#deliver(source, service, request, Buffer.concat(chunks));
      else {
        this.#inFlight -= 1;
        this.#dropped += 1;
      }
    });
  }

  close(): void {
    this.#abort.abort();
  }

  async #deliver(
    source: MeshPod,
    service: ServicePort,
    request: MeshRequest,
    body: MeshBody,
  ): Promise<void> {
    const signal = AbortSignal.any([
      this.#abort.signal,
      AbortSignal.timeout(meshLimits.mirrorAnswerMs),
    ]);
    try {
      const { method, path, headers } = request;
      const copy = { method, path, headers, body, signal, isMirror: true };
      const answer = await this.#caller.call(source, service, copy);
      answer.body.resume();
      const ended = Promise.withResolvers<void>();
      answer.body.once("close", ended.resolve);
      answer.body.once("error", () => ended.resolve());
      await ended.promise;
    } catch {
      // The edge has counted it; the copy's fate is nobody's concern.
    } finally {
      this.#inFlight -= 1;
    }
  }
}
