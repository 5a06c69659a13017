/**
 * One request on its way to a service: which instance, again or twice if its route says so, and the
 * answer back as it comes. The first answer that is good enough wins; other tries are ended.
 */
import type { Socket } from "node:net";
import { type Failure, mayRetry } from "../../core/balancer.ts";
import type { Upstream } from "../../core/balancing/upstream.ts";
import type { Endpoint } from "../../core/endpoints.ts";
import type { RouteConfig } from "../../contract.ts";
import { problem } from "../../errors.ts";
import { dataPathLimits } from "../../limits.ts";
import type { ConnectionPool } from "./connection-pool.ts";
import { ForwardTry } from "./forward-try.ts";
import type { RequestBody } from "./request-body.ts";

/** Where an answer goes. */
export interface Reply {
  /** @param headers names in lower case and values in turn, as the instance sent them */
  head(status: number, headers: string[], endpoint: Endpoint, attempts: number): void;
  /** @returns false to be sent no more until `Forward.resume` */
  data(piece: Buffer, last: boolean): boolean;
  end(trailers: string[]): void;
  /** What has come so far is all there is for now. */
  flush(): void;
  /** The answer had begun and broke off. */
  abort(): void;
  /** No answer had begun. */
  refuse(error: Error): void;
  switched?(headers: string[], rest: Buffer, socket: Socket, endpoint: Endpoint): void;
}

export interface ForwardHost {
  readonly now: () => number;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  readonly pool: ConnectionPool;
}

export interface ForwardOrder {
  readonly upstream: Upstream;
  readonly method: string;
  /** The request line and headers for an instance. */
  readonly head: (endpoint: Endpoint) => string;
  readonly body: RequestBody | null;
  /** Why an instance may not be asked, by policy; null: it may. Null for all of them at once, too. */
  readonly forbids: ((endpoint: Endpoint) => string | null) | null;
  readonly hash: number;
  readonly timeoutMs: number;
  readonly perTryTimeoutMs: number | null;
  readonly retry: RouteConfig["retry"];
  /** null: no second request meanwhile. */
  readonly hedgeAfterMs: number | null;
  readonly reply: Reply;
  readonly finished: (outcome: ForwardOutcome) => void;
}

export interface ForwardOutcome {
  readonly failed: boolean;
  readonly attempts: number;
  readonly retries: number;
  readonly hedges: number;
  readonly ms: number;
}

const gatewayStatuses = new Set([502, 503, 504]);

export class Forward {
  readonly order: ForwardOrder;
  readonly host: ForwardHost;
  readonly #beganMs: number;
  readonly #timer: NodeJS.Timeout;
  readonly #running = new Set<ForwardTry>();
  #hedgeTimer: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #tried: Set<string> | undefined;
  #winner: ForwardTry | null = null;
  #attempts = 0;
  #retries = 0;
  #hedges = 0;
  #failed = true;
  #isFinished = false;
  #isCounted = false;

  constructor(order: ForwardOrder, host: ForwardHost) {
    this.order = order;
    this.host = host;
    this.#beganMs = host.monotonicMs();
    this.#timer = setTimeout(() => this.#timedOut(), order.timeoutMs);
  }

  start(): void {
    const { upstream, hedgeAfterMs } = this.order;
    if (!upstream.breakers.beginRequest()) {
      const { maxRequests } = upstream.breakers.policy;
      this.#refuse(problem("SERVICE_OVERLOADED", `${maxRequests} requests are under way already.`));
      return;
    }
    this.#isCounted = true;
    this.#next(false);
    if (hedgeAfterMs !== null) {
      this.#hedgeTimer = setTimeout(() => this.#hedge(), hedgeAfterMs);
    }
  }

  /** The client went away: that says nothing about the instances. */
  cancel(): void {
    this.#finish();
  }

  /** Refuses for a reason outside, such as a body that grew too large. */
  stop(error: Error): void {
    if (this.#winner === null) this.#refuse(error);
    else {
      this.order.reply.abort();
      this.#finish();
    }
  }

  /** The reply takes more. */
  resume(): void {
    this.#winner?.resume();
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  #next(isRetry: boolean): void {
    const { upstream, hash } = this.order;
    const { now, random, pool } = this.host;
    const { forbids } = this.order;
    const mayAsk = forbids && ((host: Endpoint) => forbids(host) === null);
    const endpoint = upstream.choose({ hash, nowMs: now(), random }, this.#tried, mayAsk);
    if (endpoint === undefined) {
      if (isRetry) upstream.breakers.endRetry();
      if (this.#running.size > 0) return;
      this.#refuse(forbidden(upstream, forbids, now(), random) ?? noInstance(upstream));
      return;
    }
    this.#attempts += 1;
    const attempt = new ForwardTry(this, endpoint, isRetry);
    this.#running.add(attempt);
    const connection = pool.acquire(endpoint, upstream.breakers.policy.maxConnections);
    if (connection !== undefined) attempt.begin(connection);
    else if (upstream.breakers.beginPending()) attempt.wait(pool);
    else {
      this.#end(attempt);
      this.#refuse(problem("SERVICE_OVERLOADED", "Too many requests wait for a connection."));
    }
  }

  #hedge(): void {
    const { upstream, body } = this.order;
    if (this.#winner !== null || this.#running.size !== 1 || body !== null) return;
    if (upstream.hosts.length < 2 || !upstream.breakers.beginRetry()) return;
    for (const { endpoint } of this.#running) (this.#tried ??= new Set()).add(endpoint.key);
    this.#hedges += 1;
    this.#next(true);
  }

  /** An answer's head. @returns whether the try may pass it on */
  headed(attempt: ForwardTry, status: number): boolean {
    if (this.#isFinished || (this.#winner !== null && this.#winner !== attempt)) return false;
    const { on } = this.order.retry;
    const isBad =
      (status >= 500 && on.includes("5xx")) ||
      (gatewayStatuses.has(status) && on.includes("gateway-error"));
    if (
      isBad &&
      (this.#running.size > 1 || (this.#hasOther(attempt) && this.#mayRetry("unavailable")))
    ) {
      this.#end(attempt);
      this.#retryLater(attempt);
      return false;
    }
    this.#winner = attempt;
    this.#failed = status >= 500;
    clearTimeout(this.#timer);
    for (const other of this.#running) if (other !== attempt) this.#cancel(other);
    this.order.reply.head(status, attempt.headers, attempt.endpoint, this.#attempts);
    return true;
  }

  completed(attempt: ForwardTry): void {
    this.#end(attempt);
    this.#finish();
  }

  broken(attempt: ForwardTry, failure: Failure, reason: string): void {
    this.#end(attempt);
    if (this.#isFinished) return;
    if (this.#winner === attempt) {
      this.#failed = true;
      this.order.reply.abort();
      this.#finish();
      return;
    }
    if (this.#running.size > 0) return;
    const condition = failure === "unsent" ? "connect-failure" : "reset";
    const isCovered = failure !== "timeout" && this.order.retry.on.includes(condition);
    if (isCovered && this.#mayRetry(failure)) {
      this.#retryLater(attempt);
      return;
    }
    const told = `${attempt.endpoint.id}: ${reason}.`;
    this.#refuse(problem(failure === "timeout" ? "UPSTREAM_TIMEOUT" : "UPSTREAM_FAILED", told));
  }

  #mayRetry(failure: Failure): boolean {
    const { retry, method, body, upstream } = this.order;
    if (this.#retries >= retry.attempts || (body !== null && !body.replayable)) return false;
    if (!retry.anyMethod && !mayRetry(method, failure)) return false;
    return upstream.breakers.beginRetry();
  }

  #hasOther(attempt: ForwardTry): boolean {
    const hosts = this.order.upstream.selected(this.host.now(), this.host.random);
    return hosts.some(({ key }) => key !== attempt.endpoint.key && this.#tried?.has(key) !== true);
  }

  /** Envoy's back-off: uniform below 25 ms, then 75 ms, then 175 ms. */
  #retryLater(failed: ForwardTry): void {
    if (this.#running.size > 0) return;
    (this.#tried ??= new Set()).add(failed.endpoint.key);
    this.#retries += 1;
    const below = (2 ** this.#retries - 1) * dataPathLimits.retryBackOffMs;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#next(true);
    }, this.host.random() * below);
  }

  #timedOut(): void {
    for (const attempt of this.#running) attempt.late();
    const told = `No answer within ${this.order.timeoutMs} ms.`;
    this.#refuse(problem("UPSTREAM_TIMEOUT", told));
  }

  #refuse(error: Error): void {
    if (this.#isFinished) return;
    this.order.reply.refuse(error);
    this.#finish();
  }

  #cancel(attempt: ForwardTry): void {
    attempt.cancel();
    this.#end(attempt);
  }

  #end(attempt: ForwardTry): void {
    if (!this.#running.delete(attempt)) return;
    if (attempt.isRetry) this.order.upstream.breakers.endRetry();
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#hedgeTimer);
    if (this.#retryTimer !== undefined) {
      clearTimeout(this.#retryTimer);
      // The retry that waited had its place already.
      this.order.upstream.breakers.endRetry();
    }
    for (const attempt of this.#running) this.#cancel(attempt);
    this.order.body?.discard();
    if (this.#isCounted) this.order.upstream.breakers.endRequest();
    this.order.finished({
      failed: this.#failed,
      attempts: this.#attempts,
      retries: this.#retries,
      hedges: this.#hedges,
      ms: this.host.monotonicMs() - this.#beganMs,
    });
  }
}

/** Where there are instances and policies keep the request from all of them. */
function forbidden(
  upstream: Upstream,
  forbids: ForwardOrder["forbids"],
  now: number,
  random: () => number,
): Error | null {
  const [first] = forbids === null ? [] : upstream.selected(now, random);
  const reason = first && forbids?.(first);
  return reason ? problem("POLICY_FORBIDS", `${upstream.service}: ${reason}.`) : null;
}

function noInstance(upstream: Upstream): Error {
  const healthy = upstream.hosts.filter((each) => each.healthy).length;
  return problem(
    "NO_HEALTHY_INSTANCE",
    `${upstream.service} has ${upstream.hosts.length} instances, ${healthy} of them healthy, ` +
      `${upstream.outliers.ejected} ejected for their failures.`,
  );
}
