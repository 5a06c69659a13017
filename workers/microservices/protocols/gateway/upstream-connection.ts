/** One connection to one instance, carrying one exchange at a time. */
import { connect, type Socket } from "node:net";
import type { Failure } from "../../core/balancer.ts";
import type { Endpoint } from "../../core/endpoints.ts";
import { dataPathLimits } from "../../limits.ts";
import { AnswerParser, type AnswerEvents } from "./answer-parser.ts";
import { lookupLoopback } from "./loopback.ts";

export interface ExchangeEvents extends Omit<AnswerEvents, "switched"> {
  failed(failure: Failure, reason: string): void;
  /** What has come so far is all there is for now. */
  flush(): void;
  /** The instance takes more of the request's body. */
  drain(): void;
  /** 101; the socket is the caller's now. */
  switched(headers: string[], rest: Buffer, socket: Socket): void;
}

interface ConnectionOwner {
  released(connection: UpstreamConnection): void;
  closed(connection: UpstreamConnection): void;
}

export class UpstreamConnection implements AnswerEvents {
  readonly endpoint: Endpoint;
  readonly socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #parser = new AnswerParser(this);
  #exchange: ExchangeEvents | null = null;
  #connected = false;
  #requestDone = false;
  #isTunnel = false;
  /** When it was last used, by the monotonic clock of whoever keeps it. */
  idleSinceMs = 0;

  constructor(endpoint: Endpoint, owner: ConnectionOwner) {
    this.endpoint = endpoint;
    this.#owner = owner;
    const { host, port } = endpoint;
    this.socket = connect({ host, port, noDelay: true, lookup: lookupLoopback });
    this.socket.on("connect", () => (this.#connected = true));
    this.socket.on("data", (piece) => this.#received(piece));
    this.socket.on("drain", () => this.#exchange?.drain());
    this.socket.on("error", (error: NodeJS.ErrnoException) =>
      this.#lost(error.code ?? error.message),
    );
    this.socket.on("end", () => {
      if (!this.#isTunnel && !this.#parser.closed()) this.#lost("it closed the connection");
    });
    this.socket.on("close", () => {
      this.#lost("the connection closed");
      this.#owner.closed(this);
    });
  }

  get idleLimitMs(): number {
    const seconds = this.#parser.keepAliveSeconds;
    const told = seconds === null ? Number.POSITIVE_INFINITY : seconds * 1_000 - 1_000;
    return Math.min(told, dataPathLimits.idleConnectionMs);
  }

  /** @param whole the request has no body beyond what `head` holds */
  begin(head: string, method: string, whole: boolean, exchange: ExchangeEvents): void {
    this.#exchange = exchange;
    this.#requestDone = whole;
    this.#parser.expect(method === "HEAD");
    this.socket.write(head, "latin1");
  }

  /** The request's body is sent. */
  requestSent(): void {
    this.#requestDone = true;
  }

  /** Gives the exchange up; the connection cannot be used again. */
  abandon(): void {
    this.#exchange = null;
    this.socket.destroy();
  }

  head(status: number, headers: string[]): void {
    this.#exchange?.head(status, headers);
  }

  data(piece: Buffer, last: boolean): void {
    this.#exchange?.data(piece, last);
  }

  end(trailers: string[]): void {
    const exchange = this.#exchange;
    this.#release();
    exchange?.end(trailers);
  }

  switched(headers: string[], rest: Buffer): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.#isTunnel = true;
    exchange?.switched(headers, rest, this.socket);
  }

  /** An answer before the request's end leaves the instance unsure what follows: no second use. */
  #release(): void {
    this.#exchange = null;
    if (!this.#requestDone || !this.#parser.keepAlive || this.endpoint.removed)
      this.socket.destroy();
    else this.#owner.released(this);
  }

  #received(piece: Buffer): void {
    if (this.#isTunnel) return;
    try {
      this.#parser.push(piece);
      this.#exchange?.flush();
    } catch (error) {
      this.#lost(`its answer has ${(error as Error).message}`);
    }
  }

  #lost(reason: string): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.socket.destroy();
    if (exchange === null) return;
    exchange.failed(this.#connected ? "broken" : "unsent", reason);
  }
}
