/**
 * Carries a request to one instance of a service: least pending first, with circuits, a retry
 * budget, a bound on what waits, and a measure of every connection.
 */
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
} from "node:http";
import { chooseInstance, type Failure, mayRetry } from "../../core/balancer.ts";
import type { Endpoint, Endpoints } from "../../core/endpoints.ts";
import type { Traffic } from "../../core/traffic.ts";
import { problem } from "../../errors.ts";
import { gatewayLimits } from "../../limits.ts";
import { depthHeader, requestHeaders } from "./headers.ts";
import { loopbackAgent } from "./loopback.ts";

export interface GatewayRequest {
  /** Who calls: a service's name, or the outside. */
  readonly from: string;
  readonly service: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body?: Buffer | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Has to be read to its end or destroyed. */
  readonly body: IncomingMessage;
  readonly instance: string;
  readonly attempts: number;
}

interface GatewayHost {
  readonly now: () => number;
  readonly monotonicMs: () => number;
}

type Attempt =
  | { readonly answer: IncomingMessage }
  | { readonly failure: Failure; readonly detail: string };

/** Answers that another instance may have a better one for. */
const unavailableStatuses = new Set([502, 503, 504]);

export class Gateway {
  readonly #endpoints: Endpoints;
  readonly #traffic: Traffic;
  readonly #host: GatewayHost;
  readonly #agent = loopbackAgent();
  #turn = 0;
  #active = 0;
  #retrying = 0;

  constructor(endpoints: Endpoints, traffic: Traffic, host: GatewayHost) {
    this.#endpoints = endpoints;
    this.#traffic = traffic;
    this.#host = host;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** @throws the problems of the catalogue, when no instance gave an answer. */
  async send(incoming: GatewayRequest): Promise<GatewayAnswer> {
    const { from, service } = incoming;
    const depth = Number(incoming.headers[depthHeader] ?? 0) + 1;
    if (!(depth <= gatewayLimits.callDepthMax)) {
      throw problem("CALL_LOOP", `The call passed ${gatewayLimits.callDepthMax} services.`);
    }
    const headers = {
      ...requestHeaders(incoming.headers),
      [depthHeader]: String(depth),
      "x-forwarded-proto": "http",
      ...(incoming.body === undefined ? {} : { "content-length": incoming.body.length }),
    };
    const began = this.#host.monotonicMs();
    this.#active += 1;
    let attempts = 0;
    let isFinished = false;
    const finish = (failed: boolean) => {
      if (isFinished) return;
      isFinished = true;
      this.#active -= 1;
      if (attempts === 0) this.#traffic.refused(from, service, this.#host.now());
      else {
        const ms = this.#host.monotonicMs() - began;
        this.#traffic.answered(from, service, this.#host.now(), { ms, failed, attempts });
      }
    };
    try {
      const tried = new Set<string>();
      for (;;) {
        const endpoint = this.#choose(service, tried);
        attempts += 1;
        tried.add(endpoint.key);
        const retry = attempts > 1 ? 1 : 0;
        this.#retrying += retry;
        const attempt = await this.#attempt(endpoint, incoming, headers);
        this.#retrying -= retry;
        if ("answer" in attempt) {
          const { answer } = attempt;
          const status = answer.statusCode ?? 502;
          const again =
            unavailableStatuses.has(status) &&
            this.#hasOther(service, tried) &&
            this.#mayTryAgain(incoming, "unavailable", attempts);
          if (!again) {
            answer.once("close", () => finish(status >= 500 || !answer.complete));
            return {
              status,
              headers: answer.headers,
              body: answer,
              instance: endpoint.id,
              attempts,
            };
          }
          answer.destroy();
        } else {
          incoming.signal?.throwIfAborted();
          if (!this.#mayTryAgain(incoming, attempt.failure, attempts)) {
            throw attempt.failure === "timeout"
              ? problem("UPSTREAM_TIMEOUT", `${endpoint.id}: ${attempt.detail}`)
              : problem("UPSTREAM_FAILED", `${endpoint.id}: ${attempt.detail}`);
          }
        }
      }
    } catch (error) {
      finish(true);
      throw error;
    }
  }

  #choose(service: string, tried: ReadonlySet<string>): Endpoint {
    const all = this.#endpoints.of(service);
    if (all === undefined) {
      throw problem("SERVICE_UNKNOWN", `There is no service named ${service}.`);
    }
    const pending = all.reduce((sum, endpoint) => sum + endpoint.pending, 0);
    if (pending >= gatewayLimits.pendingPerServiceMax) {
      throw problem("SERVICE_OVERLOADED", `${pending} requests wait for ${service} already.`);
    }
    const now = this.#host.now();
    const healthy = all.filter((endpoint) => endpoint.healthy);
    const open = healthy.filter(({ circuit }) => circuit.admits(now));
    const chosen = chooseInstance(open, this.#turn++, tried);
    if (chosen !== undefined) return chosen;
    throw problem(
      "NO_HEALTHY_INSTANCE",
      `${service} has ${all.length} instances, ${healthy.length} of them healthy, ${open.length} with a closed circuit.`,
    );
  }

  /** An instance that said it cannot is not asked the same again. */
  #hasOther(service: string, tried: ReadonlySet<string>): boolean {
    const now = this.#host.now();
    return (this.#endpoints.of(service) ?? []).some(
      ({ key, healthy, circuit }) => healthy && !tried.has(key) && circuit.admits(now),
    );
  }

  #mayTryAgain({ method }: GatewayRequest, failure: Failure, attempts: number): boolean {
    if (attempts >= gatewayLimits.attemptsMax || !mayRetry(method, failure)) return false;
    const budget = Math.max(
      gatewayLimits.retryBudgetMin,
      this.#active * gatewayLimits.retryBudgetFraction,
    );
    return this.#retrying < budget;
  }

  #attempt(
    endpoint: Endpoint,
    incoming: GatewayRequest,
    headers: OutgoingHttpHeaders,
  ): Promise<Attempt> {
    const { circuit } = endpoint;
    const { now } = this.#host;
    circuit.sent(now());
    endpoint.pending += 1;
    return new Promise((resolve) => {
      let isConnected = false;
      const outgoing = request({
        agent: this.#agent,
        host: endpoint.host,
        port: endpoint.port,
        method: incoming.method,
        path: incoming.path,
        headers: { ...headers, host: `${endpoint.host}:${endpoint.port}` },
        ...(incoming.signal === undefined ? {} : { signal: incoming.signal }),
      });
      const timer = setTimeout(() => outgoing.destroy(new TimeoutError()), gatewayLimits.timeoutMs);
      outgoing.once("socket", (socket) => {
        if (socket.connecting) socket.once("connect", () => (isConnected = true));
        else isConnected = true;
      });
      outgoing.once("response", (answer) => {
        clearTimeout(timer);
        if ((answer.statusCode ?? 502) >= 500) circuit.failed(now());
        else circuit.succeeded();
        answer.setTimeout(gatewayLimits.timeoutMs, () => answer.destroy(new TimeoutError()));
        answer.once("error", () => circuit.failed(now()));
        resolve({ answer });
      });
      outgoing.once("error", (error) => {
        clearTimeout(timer);
        if (incoming.signal?.aborted) circuit.abandoned();
        else circuit.failed(now());
        const failure: Failure =
          error instanceof TimeoutError ? "timeout" : isConnected ? "broken" : "unsent";
        resolve({ failure, detail: describeFailure(failure, endpoint, error) });
      });
      outgoing.once("close", () => (endpoint.pending -= 1));
      outgoing.end(incoming.body);
    });
  }
}

class TimeoutError extends Error {
  override name = "TimeoutError";
}

function describeFailure(failure: Failure, { host, port }: Endpoint, error: Error): string {
  if (failure === "timeout") return `no answer within ${gatewayLimits.timeoutMs} ms.`;
  const code = (error as NodeJS.ErrnoException).code ?? error.message;
  return failure === "unsent"
    ? `${host}:${port} takes no connection (${code}).`
    : `the connection ended before the answer (${code}).`;
}
