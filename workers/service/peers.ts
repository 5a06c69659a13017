/**
 * Calls between subsystem threads over message ports, on the same contracts as HTTP: deadline,
 * bounded retry of idempotent calls, circuit breaker, W3C trace context. A peer may die and come
 * back under a call; the client of a peer stays the same object for ever.
 */
import type { MessagePort } from "node:worker_threads";
import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
} from "@opentelemetry/api";
import { DynamicLink, ORPCError, type ClientLink, type ClientOptions } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import { RPCHandler } from "@orpc/server/message-port";
import type { AnyRouter } from "@orpc/server";
import { CircuitBreaker } from "./breaker.ts";
import type { SubsystemId } from "./contract.ts";
import { problem } from "./errors.ts";
import type { Caller } from "./guard.ts";
import { peerLimits } from "./limits.ts";
import { startSpan } from "./telemetry/span.ts";

/** What a caller may say about one call. */
export interface PeerCallContext {
  /** Milliseconds until the caller gives up; peerLimits.callTimeoutMs when left out. */
  readonly timeoutMs?: number;
  /** Safe to send again when the peer dies before it answers. */
  readonly idempotent?: boolean;
  /** Left out of traces: telemetry about telemetry would never end. */
  readonly untraced?: boolean;
}

/** Other threads act with full rights; the guard stood before the first of them. */
interface PeerHandlerContext {
  readonly caller: Caller;
}

interface Peer {
  link: RPCLink<PeerCallContext> | null;
  port: MessagePort | null;
  inFlight: number;
  readonly breaker: CircuitBreaker;
  readonly waiting: Set<() => void>;
}

const tracer = trace.getTracer("peers");

interface ServeHooks {
  /** Before each call is answered. */
  readonly onCall?: () => void;
  readonly onError: (error: unknown, name: string) => void;
}

export class Peers {
  readonly #self: SubsystemId;
  #handler: RPCHandler<PeerHandlerContext> | undefined;
  readonly #peers = new Map<SubsystemId, Peer>();
  readonly #servePorts = new Map<SubsystemId, MessagePort>();
  readonly #now: () => number;
  readonly #isComingBack: (id: SubsystemId) => boolean;

  /** @param isComingBack whether a peer that is away is worth waiting for */
  constructor(self: SubsystemId, now: () => number, isComingBack: (id: SubsystemId) => boolean) {
    this.#self = self;
    this.#now = now;
    this.#isComingBack = isComingBack;
  }

  /** Begins to answer other threads; calls that came earlier wait in their ports. */
  serve(router: AnyRouter, { onCall, onError }: ServeHooks): void {
    this.#handler = new RPCHandler<PeerHandlerContext>(router, {
      clientInterceptors: [
        (options) =>
          options.next().catch((error: unknown) => {
            onError(error, options.path.join("."));
            throw error;
          }),
      ],
      interceptors: [
        (options) => {
          onCall?.();
          const { headers, url } = options.request;
          if (headers["traceparent"] === undefined) return options.next();
          const parent = propagation.extract(context.active(), headers);
          const name = `${this.#self}${url.pathname.replaceAll("/", ".")}`;
          return traced(name, SpanKind.SERVER, parent, () => options.next());
        },
      ],
    });
    this.#servePorts.forEach((port) => this.#answer(port));
  }

  connect(id: SubsystemId, callPort: MessagePort, servePort: MessagePort): void {
    this.#servePorts.get(id)?.close();
    this.#servePorts.set(id, servePort);
    this.#answer(servePort);

    const peer = this.#peer(id);
    peer.port?.close();
    peer.port = callPort;
    peer.link = new RPCLink<PeerCallContext>({
      port: callPort,
      headers: (options) => {
        const headers: Record<string, string> = {};
        if (options.context.untraced !== true) propagation.inject(context.active(), headers);
        return headers;
      },
    });
    callPort.once("close", () => {
      if (peer.port === callPort) {
        peer.link = null;
        peer.port = null;
      }
    });
    callPort.start();
    peer.breaker.succeeded();
    peer.waiting.forEach((wake) => wake());
  }

  isConnected(id: SubsystemId): boolean {
    return this.#peers.get(id)?.link !== null && this.#peers.has(id);
  }

  breakerState(id: SubsystemId): "closed" | "open" | "half-open" {
    return this.#peer(id).breaker.state(this.#now());
  }

  /** The link for createORPCClient; survives restarts of the peer. */
  linkTo(id: SubsystemId): ClientLink<PeerCallContext> {
    return new DynamicLink<PeerCallContext>(() => ({
      call: (path, input, options) => this.#call(id, path, input, options),
    }));
  }

  close(): void {
    this.#servePorts.forEach((port) => port.close());
    this.#peers.forEach(({ port }) => port?.close());
  }

  #answer(port: MessagePort): void {
    if (this.#handler === undefined) return;
    this.#handler.upgrade(port, { context: { caller: { role: "admin", authenticated: true } } });
    port.start();
  }

  #peer(id: SubsystemId): Peer {
    let peer = this.#peers.get(id);
    if (peer === undefined) {
      peer = {
        link: null,
        port: null,
        inFlight: 0,
        breaker: new CircuitBreaker(peerLimits.breakerFailuresMax, peerLimits.breakerOpenMs),
        waiting: new Set(),
      };
      this.#peers.set(id, peer);
    }
    return peer;
  }

  async #call(
    id: SubsystemId,
    path: readonly string[],
    input: unknown,
    options: ClientOptions<PeerCallContext>,
  ): Promise<unknown> {
    if (options.context.untraced === true) return this.#attempts(id, path, input, options);
    return traced(`${id}.${path.join(".")}`, SpanKind.CLIENT, context.active(), () =>
      this.#attempts(id, path, input, options),
    );
  }

  async #attempts(
    id: SubsystemId,
    path: readonly string[],
    input: unknown,
    options: ClientOptions<PeerCallContext>,
  ): Promise<unknown> {
    const timeoutMs = options.context.timeoutMs ?? peerLimits.callTimeoutMs;
    const deadline = deadlineFor(timeoutMs, options.signal);
    try {
      return await this.#retried(id, path, input, { ...options, signal: deadline.signal });
    } catch (error) {
      if (!deadline.passed()) throw error;
      throw problem("DEADLINE_EXCEEDED", `${id} did not answer within ${timeoutMs} ms.`);
    } finally {
      deadline.clear();
    }
  }

  async #retried(
    id: SubsystemId,
    path: readonly string[],
    input: unknown,
    options: ClientOptions<PeerCallContext> & { readonly signal: AbortSignal },
  ): Promise<unknown> {
    const peer = this.#peer(id);
    const attemptsMax = options.context.idempotent === true ? peerLimits.attemptsMax : 1;
    let delayMs: number = peerLimits.retryDelayFirstMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(id, peer, path, input, options);
      } catch (error) {
        if (options.signal.aborted || !isUnavailable(error) || attempt >= attemptsMax) throw error;
        const gone = peer.link === null;
        if (gone && !this.#isComingBack(id)) throw error;
        await connectedOr(peer, gone ? peerLimits.reconnectWaitMs : delayMs, options.signal);
        delayMs = Math.min(delayMs * 2, peerLimits.retryDelayMaxMs);
      }
    }
  }

  async #once(
    id: SubsystemId,
    peer: Peer,
    path: readonly string[],
    input: unknown,
    options: ClientOptions<PeerCallContext>,
  ): Promise<unknown> {
    const link = peer.link;
    if (link === null) throw unavailable(id, "is not running");
    if (!peer.breaker.admits(this.#now())) {
      throw unavailable(id, "failed repeatedly and is left alone for a moment");
    }
    if (peer.inFlight >= peerLimits.callsInFlightMax) {
      peer.breaker.abandoned();
      throw problem("OVERLOADED", `${peer.inFlight} calls to ${id} are waiting already.`);
    }
    peer.inFlight += 1;
    try {
      const output = await link.call(path, input, options);
      peer.breaker.succeeded();
      return output;
    } catch (error) {
      if (error instanceof ORPCError) {
        // An answer, if an unhappy one: the peer lives.
        peer.breaker.succeeded();
        throw error;
      }
      if (isCallerAbort(options.signal)) {
        peer.breaker.abandoned();
        throw error;
      }
      peer.breaker.failed(this.#now());
      throw unavailable(id, "stopped before it answered");
    } finally {
      peer.inFlight -= 1;
    }
  }
}

function traced<T>(
  name: string,
  kind: SpanKind,
  parent: Context,
  run: () => Promise<T>,
): Promise<T> {
  const attributes = { "rpc.system": "orpc" };
  return startSpan(tracer, { name, kind, parent, attributes }, async (span) => {
    try {
      return await run();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    }
  });
}

function unavailable(id: SubsystemId, what: string): ReturnType<typeof problem> {
  return problem("SUBSYSTEM_UNAVAILABLE", `The ${id} thread ${what}.`);
}

function isUnavailable(error: unknown): boolean {
  return error instanceof ORPCError && error.code === "SUBSYSTEM_UNAVAILABLE";
}

/** A deadline whose timer does not outlive the call, beside the caller's own signal. */
function deadlineFor(timeoutMs: number, callerSignal: AbortSignal | undefined) {
  const controller = new AbortController();
  let passed = false;
  const timer = setTimeout(() => {
    passed = true;
    controller.abort(new DOMException("The deadline has passed.", "TimeoutError"));
  }, timeoutMs);
  const abort = () => controller.abort(callerSignal?.reason);
  if (callerSignal?.aborted === true) abort();
  callerSignal?.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    passed: () => passed,
    clear() {
      clearTimeout(timer);
      callerSignal?.removeEventListener("abort", abort);
    },
  };
}

/** The caller went away, as opposed to the deadline passing: says nothing about the peer. */
function isCallerAbort(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && (signal.reason as Error | undefined)?.name !== "TimeoutError";
}

/** Waits for a new connection, at least `delayMs` when there is one already. */
function connectedOr(peer: Peer, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      peer.waiting.delete(done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    peer.waiting.add(done);
    signal.addEventListener("abort", done, { once: true });
  });
}
