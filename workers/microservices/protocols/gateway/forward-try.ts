/** One try of a request with one instance. */
import type { Socket } from "node:net";
import type { Failure } from "../../core/balancer.ts";
import type { Endpoint } from "../../core/endpoints.ts";
import { dataPathLimits } from "../../limits.ts";
import type { ConnectionPool } from "./connection-pool.ts";
import type { Forward } from "./forward.ts";
import type { ExchangeEvents, UpstreamConnection } from "./upstream-connection.ts";

export class ForwardTry implements ExchangeEvents {
  readonly endpoint: Endpoint;
  readonly isRetry: boolean;
  readonly #forward: Forward;
  #connection: UpstreamConnection | null = null;
  #giveUpPlace: (() => void) | null = null;
  #timer: NodeJS.Timeout | undefined;
  #beganMs = 0;
  #isOver = false;
  #passes = false;
  #isPaused = false;
  #silent: (() => void) | null = null;
  headers: string[] = [];

  constructor(forward: Forward, endpoint: Endpoint, isRetry: boolean) {
    this.#forward = forward;
    this.endpoint = endpoint;
    this.isRetry = isRetry;
    endpoint.active += 1;
  }

  wait(pool: ConnectionPool): void {
    const { breakers } = this.#forward.order.upstream;
    const leave = pool.wait(this.endpoint, (connection) => {
      this.#giveUpPlace = null;
      breakers.endPending();
      if (connection === undefined) this.failed("unsent", "no connection was free");
      else this.begin(connection);
    });
    this.#giveUpPlace = () => {
      leave();
      breakers.endPending();
    };
  }

  begin(connection: UpstreamConnection): void {
    const { method, head, body, perTryTimeoutMs } = this.#forward.order;
    this.#connection = connection;
    this.#beganMs = this.#forward.host.monotonicMs();
    connection.begin(head(this.endpoint), method, body === null, this);
    body?.sendTo(connection);
    if (perTryTimeoutMs !== null) {
      this.#timer = setTimeout(() => {
        this.late();
        this.#forward.broken(this, "timeout", `no answer within ${perTryTimeoutMs} ms`);
      }, perTryTimeoutMs);
    }
  }

  /** Its time is over: that counts against the instance. */
  late(): void {
    if (this.#isOver) return;
    this.#record(504);
    this.cancel();
  }

  cancel(): void {
    this.#over();
    this.#connection?.abandon();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#connection?.socket.resume();
  }

  head(status: number, headers: string[]): void {
    clearTimeout(this.#timer);
    this.headers = headers;
    this.#record(status);
    this.#passes = this.#forward.headed(this, status);
    if (!this.#passes) this.cancel();
  }

  data(piece: Buffer, last: boolean): void {
    if (!this.#passes) return;
    if (this.#forward.order.reply.data(piece, last) || last) return;
    this.#isPaused = true;
    this.#connection?.socket.pause();
  }

  end(trailers: string[]): void {
    if (!this.#passes) return;
    this.#passes = false;
    this.#over();
    this.#forward.order.reply.end(trailers);
    this.#forward.completed(this);
  }

  flush(): void {
    if (!this.#passes) return;
    this.#forward.order.reply.flush();
    if (this.#silent !== null || this.#connection === null) return;
    // Only an answer that does not come at once can fall silent.
    const { socket } = this.#connection;
    this.#silent = () => socket.destroy();
    socket.setTimeout(dataPathLimits.streamIdleMs, this.#silent);
  }

  drain(): void {
    this.#forward.order.body?.drained();
  }

  failed(failure: Failure, reason: string): void {
    if (this.#isOver) return;
    this.#passes = false;
    this.#forward.order.body?.stop();
    if (this.#connection !== null) this.#record(503);
    this.#over();
    this.#forward.broken(this, failure, reason);
  }

  switched(headers: string[], rest: Buffer, socket: Socket): void {
    const { reply } = this.#forward.order;
    this.#record(101);
    this.#over();
    if (reply.switched === undefined) {
      socket.destroy();
      this.#forward.broken(this, "broken", "it switched protocols unasked");
      return;
    }
    reply.switched(headers, rest, socket, this.endpoint);
    this.#forward.completed(this);
  }

  #record(status: number): void {
    const { upstream } = this.#forward.order;
    const { now, monotonicMs, random } = this.#forward.host;
    const { endpoint } = this;
    const ms = monotonicMs() - this.#beganMs;
    endpoint.answered(status, ms, now());
    upstream.outliers.answered(endpoint.key, status, now(), random);
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#giveUpPlace?.();
    this.endpoint.active -= 1;
    if (this.#silent !== null) this.#connection?.socket.setTimeout(0, this.#silent);
    this.resume();
  }
}
