/** An answer as a stream, for calls from inside this thread. */
import { Readable } from "node:stream";
import type { IncomingHttpHeaders } from "node:http";
import type { Endpoint } from "../../core/endpoints.ts";
import type { Forward, Reply } from "./forward.ts";

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Has to be read to its end or destroyed. */
  readonly body: Readable;
  readonly instance: string;
  readonly attempts: number;
}

export class StreamReply implements Reply {
  readonly answer = Promise.withResolvers<GatewayAnswer>();
  readonly #body = new Readable({
    read: () => this.#forward?.resume(),
    destroy: (error, done) => {
      if (this.#forward?.isFinished === false) this.#forward.cancel();
      done(error);
    },
  });
  #forward: Forward | undefined;

  serves(forward: Forward): void {
    this.#forward = forward;
  }

  head(status: number, headers: string[], { id }: Endpoint, attempts: number): void {
    const named: IncomingHttpHeaders = {};
    for (let index = 0; index < headers.length; index += 2) {
      named[headers[index]!] = headers[index + 1]!;
    }
    this.answer.resolve({ status, headers: named, body: this.#body, instance: id, attempts });
  }

  data(piece: Buffer): boolean {
    return this.#body.push(piece);
  }

  flush(): void {
    // A stream hands on what it has.
  }

  end(): void {
    this.#body.push(null);
  }

  abort(): void {
    this.#body.destroy(new Error("the service broke the answer off"));
  }

  refuse(error: Error): void {
    this.answer.reject(error);
  }
}
