/** From contracts to HTTP: each procedure, local or in another thread. */
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { isContractProcedure, type AnyContractRouter } from "@orpc/contract";
import { toEventStream } from "@orpc/standard-server-node";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { RouteMeta } from "./contract.ts";
import { problem, problemFrom } from "./errors.ts";
import { checkRole, type Caller } from "./guard.ts";
import { callerOf, noteRoute } from "./http-server.ts";
import { httpLimits } from "./limits.ts";
import { OperationRouter, parameterLengthMax } from "./operation-router.ts";
import { ResponseCache } from "./response-cache.ts";
import { startSpan } from "./telemetry/span.ts";

export interface HandlerContext {
  readonly caller: Caller;
}

/** Calls a procedure, here or in another thread. */
export type Invoke = (
  path: readonly string[],
  input: unknown,
  options: { context: HandlerContext; signal: AbortSignal; idempotent: boolean },
) => Promise<unknown>;

export interface Operation {
  /** E.g. "integration.traces.list". */
  readonly name: string;
  readonly path: readonly string[];
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With {parameters}, as in OpenAPI. */
  readonly url: string;
  readonly meta: RouteMeta;
  readonly successStatus: number;
}

/** What the paths of all operations begin with. */
const operationsBase = "/api/";

/** Every procedure of a contract that is reachable over HTTP. */
export function operationsOf(
  contract: AnyContractRouter,
  path: readonly string[] = [],
): Operation[] {
  if (!isContractProcedure(contract)) {
    return Object.entries(contract).flatMap(([key, child]) =>
      operationsOf(child as AnyContractRouter, [...path, key]),
    );
  }
  const { route, meta } = contract["~orpc"];
  const { role, ...rest } = meta as unknown as RouteMeta;
  if (rest.internal === true) return [];
  if (route.path === undefined || route.method === undefined) {
    throw new Error(`${path.join(".")} is neither internal nor has it a method and a path.`);
  }
  return [
    {
      name: path.join("."),
      path,
      method: route.method as Operation["method"],
      url: route.path,
      meta: { role, ...rest },
      successStatus: route.successStatus ?? 200,
    },
  ];
}

const tracer = trace.getTracer("http");

export interface RouteServices {
  readonly invoke: Invoke;
  readonly now: () => number;
  readonly onError: (error: unknown, operation: Operation) => void;
  /** After each call of a route that needs an operator, with what became of it. */
  readonly onAction?: (action: HttpAction) => void;
}

interface HttpAction {
  readonly operation: Operation;
  readonly caller: Caller;
  /** undefined where it went well. */
  readonly error: unknown;
  readonly traceId: string | null;
}

/** One route for all of them: see operation-router. */
export function addOperations(
  app: FastifyInstance,
  operations: readonly Operation[],
  services: RouteServices,
): void {
  const cache = new ResponseCache(httpLimits.cachedResponsesMax, services.now);
  const streams = { open: 0 };
  const router = new OperationRouter(operations);
  const handlers = new Map<Operation, Handler>();
  app.route({
    // HEAD comes with GET, without a body.
    method: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    url: `${operationsBase}*`,
    handler: (request, reply) => {
      const { method } = request;
      const [path = ""] = (request.raw.url ?? "").split("?");
      const found = router.find(method, path);
      if (found.kind === "unknown") {
        noteRoute(request, "unknown");
        if (path.split("/").some(({ length }) => length > parameterLengthMax)) {
          const most = `at most ${parameterLengthMax} characters between two slashes`;
          throw problem("BAD_TARGET", `A path has ${most}.`);
        }
        throw problem("ROUTE_UNKNOWN", `${method} ${path} is not a route.`);
      }
      if (found.kind === "other methods") {
        // RFC 9110, section 15.5.6.
        noteRoute(request, found.url);
        reply.header("allow", found.allowed.join(", "));
        throw problem("METHOD_NOT_ALLOWED", `${path} takes ${found.allowed.join(", ")}.`);
      }
      const { operation, parameters } = found;
      noteRoute(request, operation.url);
      let handler = handlers.get(operation);
      if (handler === undefined) {
        handler = handlerOf(operation, services, cache, streams);
        handlers.set(operation, handler);
      }
      return handler(request, reply, parameters);
    },
  });
}

type Parameters = Readonly<Record<string, string>>;
type Handler = (
  request: FastifyRequest,
  reply: FastifyReply,
  parameters: Parameters,
) => Promise<FastifyReply>;

function handlerOf(
  operation: Operation,
  services: RouteServices,
  cache: ResponseCache,
  streams: { open: number },
): Handler {
  const { cacheMs } = operation.meta;
  const idempotent = operation.method === "GET";
  const isRead = operation.meta.role === "viewer" || operation.meta.role === "public";
  return async (request, reply, parameters) => {
    const caller = callerOf(request.raw);
    const refusal = checkRole(operation.meta.role, caller);
    const note = (error: unknown) => {
      if (isRead) return;
      const header = reply.getHeader("x-trace-id");
      const traceId = typeof header === "string" ? header : null;
      services.onAction?.({ operation, caller, error, traceId });
    };
    if (refusal !== undefined) {
      note(refusal);
      throw refusal;
    }

    const cacheKey = cacheMs === undefined ? undefined : request.raw.url;
    const cached = cacheKey === undefined ? undefined : cache.get(cacheKey);
    // An answer that did no work is counted, but traced only for a caller that follows it.
    if (cached !== undefined && request.headers["traceparent"] === undefined) {
      return sendJson(reply, cached);
    }
    if (cached !== undefined) {
      return traced(operation, request, reply, () => sendJson(reply, cached));
    }

    return traced(operation, request, reply, async () => {
      const deadline = deadlineOf(reply);
      const options = { context: { caller }, signal: deadline.signal, idempotent };
      // The deadline is for the answer; a stream may go on for as long as somebody reads it.
      const output = await Promise.race([
        services.invoke(operation.path, inputOf(request, parameters), options),
        deadline.passed,
      ]).finally(deadline.clear);
      if (isAsyncIterator(output)) {
        note(undefined);
        return sendStream(reply, output, streams);
      }
      const body = JSON.stringify(output ?? null);
      if (cacheKey !== undefined && cacheMs !== undefined) cache.set(cacheKey, body, cacheMs);
      reply.code(operation.successStatus);
      note(undefined);
      return sendJson(reply, body);
    }).catch((error: unknown) => {
      note(error);
      services.onError(error, operation);
      throw error;
    });
  };
}

/** Runs a handler inside a server span that continues the caller's trace. */
function traced<T>(
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
  run: () => T | Promise<T>,
): Promise<T> {
  const parent =
    request.headers["traceparent"] === undefined
      ? context.active()
      : propagation.extract(context.active(), request.headers);
  const name = `${operation.method} ${operation.url}`;
  return startSpan(tracer, { name, kind: SpanKind.SERVER, parent }, async (span) => {
    reply.header("x-trace-id", span.spanContext().traceId);
    if (span.isRecording()) {
      span.setAttributes({
        "http.request.method": operation.method,
        "http.route": operation.url,
        "url.path": request.raw.url?.split("?")[0] ?? "",
      });
    }
    try {
      const result = await run();
      span.setAttribute("http.response.status_code", reply.statusCode);
      return result;
    } catch (error) {
      const { status, detail } = problemFrom(error);
      span.setAttribute("http.response.status_code", status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: detail });
      throw error;
    }
  });
}

/** Path parameters win over the query (GET, DELETE) or the body. */
function inputOf(request: FastifyRequest, parameters: Parameters): unknown {
  const hasBody = request.method !== "GET" && request.method !== "DELETE";
  const { body = {} } = request;
  const rest = hasBody ? body : request.query;
  if (typeof rest !== "object" || rest === null || Array.isArray(rest)) return rest;
  return { ...rest, ...parameters };
}

function sendJson(reply: FastifyReply, body: string): FastifyReply {
  return reply.type("application/json; charset=utf-8").send(body);
}

function sendStream(
  reply: FastifyReply,
  events: AsyncIterator<unknown>,
  streams: { open: number },
): FastifyReply {
  if (streams.open >= httpLimits.eventStreamsMax) {
    void events.return?.();
    throw problem("STREAMS_EXHAUSTED", `${streams.open} event streams are open on this port.`);
  }
  streams.open += 1;
  reply.raw.once("close", () => {
    streams.open -= 1;
    void events.return?.();
  });
  return reply
    .type("text/event-stream; charset=utf-8")
    .header("x-accel-buffering", "no")
    .send(toEventStream(events as AsyncIteratorObject<unknown>));
}

function isAsyncIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** Aborts when the client goes away, or when the time for a handler is over. */
function deadlineOf(reply: FastifyReply) {
  const controller = new AbortController();
  const { handlerTimeoutMs } = httpLimits;
  const { promise: passed, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const late = problem("DEADLINE_EXCEEDED", `No answer within ${handlerTimeoutMs} ms.`);
    controller.abort(late);
    reject(late);
  }, handlerTimeoutMs);
  reply.raw.once("close", () => {
    clearTimeout(timer);
    if (!reply.raw.writableFinished) controller.abort(new Error("The client went away."));
  });
  return { signal: controller.signal, passed, clear: () => clearTimeout(timer) };
}
