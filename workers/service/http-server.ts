/** The HTTP server of one thread: Fastify behind the guard, with every limit set. */
import { createHash } from "node:crypto";
import { createServer, STATUS_CODES, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { Problem } from "./contract.ts";
import { problem, problemFrom } from "./errors.ts";
import { appOrigin, guard, isAllowedRpc, isRefusal } from "./guard.ts";
import type { BodyRule, Caller, GuardPolicy, RequestFacts } from "./guard.ts";
import { parseJsonBody } from "./json-body.ts";
import type { ThreadSetup } from "./lifecycle.ts";
import { httpLimits } from "./limits.ts";
import type { ThreadMetrics } from "./telemetry/metrics.ts";

const caller = Symbol("caller");
const route = Symbol("route");
type GuardedRequest = IncomingMessage & { [caller]?: Caller; [route]?: string };

/** Who sent a request that the guard let through. */
export function callerOf(request: IncomingMessage): Caller {
  const found = (request as GuardedRequest)[caller];
  if (found === undefined) throw new Error("A request reached its handler past the guard.");
  return found;
}

/** What a request is counted under, where one route of the server answers for many. */
export function noteRoute({ raw }: FastifyRequest, url: string): void {
  (raw as GuardedRequest)[route] = url;
}

type AcceptUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const upgrades = new WeakMap<object, Map<string, AcceptUpgrade>>();

/** Takes over protocol upgrades of a path, or of all below one that ends in /*, behind the guard. */
export function offerUpgrade(app: FastifyInstance, path: string, accept: AcceptUpgrade): void {
  const offered = upgrades.get(app.server) ?? new Map<string, AcceptUpgrade>();
  offered.set(path, accept);
  upgrades.set(app.server, offered);
}

/** Answers a request for an upgrade with a problem. */
export function refuseUpgrade(socket: Duplex, refusal: Error): void {
  answerRaw(socket, problemFrom(refusal));
}

/**
 * What clients of the Kubernetes API send. No page can send these across origins without asking
 * first (Fetch standard, section 2.2.2, CORS-safelisted request headers).
 */
const kubernetesBodies: BodyRule = {
  paths: /^\/(?:api\/v1|apis)\//,
  types:
    /^application\/(?:json|yaml|vnd\.kubernetes\.protobuf|(?:json|merge|strategic-merge)-patch\+json|apply-patch\+yaml)(?:\s*;[^,]*)?$/i,
  bytesMax: httpLimits.kubernetesBodyBytesMax,
};

export function guardPolicy(setup: ThreadSetup, port: number): GuardPolicy {
  const names = ["localhost", "127.0.0.1", "[::1]"];
  if (!["127.0.0.1", "::1", "localhost", "0.0.0.0", "::"].includes(setup.host)) {
    names.push(setup.host.includes(":") ? `[${setup.host}]` : setup.host.toLowerCase());
  }
  const ports = Object.values(setup.ports).filter((each) => each !== null);
  const origins = names.flatMap((name) => ports.map((each) => `http://${name}:${each}`));
  const digest = (token: string) => createHash("sha256").update(token).digest();
  return {
    hosts: new Set(names.map((name) => `${name}:${port}`)),
    origins: new Set(setup.desktop ? [...origins, appOrigin] : origins),
    rpcOrigins: new Set(setup.id === "blockchain" ? setup.allowedOrigins : []),
    digest,
    tokenDigest: digest(setup.token),
    anonymousRole: setup.auth === "open" ? "operator" : null,
    bodies: setup.id === "microservices" ? [kubernetesBodies] : [],
  };
}

export function createHttpServer(policy: GuardPolicy, metrics: ThreadMetrics): FastifyInstance {
  const app = fastify({
    bodyLimit: httpLimits.bodyBytesMax,
    routerOptions: { maxParamLength: 256 },
    forceCloseConnections: "idle",
    return503OnClosing: true,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, _request, reply) => {
      const body = answerError(error, reply);
      metrics.requestRefused(body.code);
    },
    serverFactory: (handler) => guardedServer(policy, metrics, handler),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    (_request, body: Buffer, done) => {
      try {
        done(null, body.length === 0 ? undefined : parseJsonBody(body));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  app.setErrorHandler((error, _request, reply) => {
    answerError(error, reply);
  });
  app.setNotFoundHandler((request) => {
    throw problem("ROUTE_UNKNOWN", `${request.method} ${pathOf(request.raw)} is not a route.`);
  });
  app.addHook("onResponse", (request, reply, done) => {
    const url = (request.raw as GuardedRequest)[route] ?? request.routeOptions.url ?? "unknown";
    metrics.requestAnswered(request.method, url, reply.statusCode, reply.elapsedTime);
    done();
  });
  return app;
}

function answerError(error: unknown, reply: FastifyReply): Problem {
  const traceId = reply.getHeader("x-trace-id");
  const body = problemFrom(fromFastify(error), typeof traceId === "string" ? traceId : undefined);
  if (body.status === 503) reply.header("retry-after", "1");
  reply.code(body.status).type(problemType).send(JSON.stringify(body));
  return body;
}

const protectiveHeaders = new Map([
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-resource-policy", "same-origin"],
  ["cache-control", "no-store"],
]);

function guardedServer(
  policy: GuardPolicy,
  metrics: ThreadMetrics,
  handler: (request: IncomingMessage, response: never) => void,
): Server {
  const server = createServer({
    maxHeaderSize: httpLimits.headerBytesMax,
    headersTimeout: httpLimits.headersTimeoutMs,
    requestTimeout: httpLimits.requestTimeoutMs,
    keepAliveTimeout: httpLimits.keepAliveTimeoutMs,
    connectionsCheckingInterval: 2_000,
    // The guard answers a missing Host itself, as a problem.
    requireHostHeader: false,
  });
  server.maxConnections = httpLimits.connectionsMax;

  server.on("request", (request, response) => {
    response.setHeaders(protectiveHeaders);
    const decision = decide(request, policy, metrics);
    if (request.headers.origin === appOrigin && policy.origins.has(appOrigin)) {
      allowDesktopPages(response);
      if (request.method === "OPTIONS" && !(decision instanceof Error)) {
        response.writeHead(204).end();
        return;
      }
    }
    if (!(decision instanceof Error) && isAllowedRpc(factsOf(request), policy)) {
      allowRpc(response, request.headers.origin ?? "");
      if (request.method === "OPTIONS") {
        response.writeHead(204).end();
        return;
      }
    }
    if (decision instanceof Error) {
      const body = problemFrom(decision);
      metrics.requestRefused(body.code);
      // What is left of a refused body is not worth reading.
      const text = JSON.stringify(body);
      response.writeHead(body.status, {
        "content-type": problemType,
        "content-length": Buffer.byteLength(text),
        connection: "close",
        ...(body.status === 503 && { "retry-after": "1" }),
      });
      response.end(text);
      return;
    }
    (request as GuardedRequest)[caller] = decision;
    metrics.requestStarted();
    // Unlike Fastify's onResponse this comes for clients that went away, too.
    response.once("close", () => metrics.requestClosed());
    handler(request, response as never);
  });

  server.on("upgrade", (request, socket, head) => {
    const decision = decide(request, policy, metrics);
    const accept = upgradeFor(server, pathOf(request));
    if (!(decision instanceof Error) && accept !== undefined) {
      (request as GuardedRequest)[caller] = decision;
      accept(request, socket, head);
      return;
    }
    const body = problemFrom(
      decision instanceof Error
        ? decision
        : problem("UPGRADE_UNKNOWN", `${pathOf(request)} does not offer a protocol upgrade.`),
    );
    metrics.requestRefused(body.code);
    answerRaw(socket, body);
  });
  return server;
}

function upgradeFor(server: Server, path: string): AcceptUpgrade | undefined {
  const offered = upgrades.get(server);
  const exact = offered?.get(path);
  if (exact !== undefined || offered === undefined) return exact;
  for (const [under, accept] of offered) {
    if (under.endsWith("/*") && path.startsWith(under.slice(0, -1))) return accept;
  }
  return undefined;
}

function decide(request: IncomingMessage, policy: GuardPolicy, metrics: ThreadMetrics) {
  const decision = guard(factsOf(request), policy);
  if (isRefusal(decision)) return decision;
  const { requestsInFlight } = metrics;
  if (requestsInFlight < httpLimits.requestsInFlightMax) return decision;
  return problem("OVERLOADED", `${requestsInFlight} requests are being answered already.`);
}

function factsOf(request: IncomingMessage): RequestFacts {
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    headers: request.headers,
    rawHeaders: request.rawHeaders,
  };
}

/** CORS for an origin that the user named, as far as JSON-RPC needs it. */
function allowRpc(
  response: { setHeader(name: string, value: string): unknown },
  origin: string,
): void {
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-methods", "POST");
  response.setHeader("access-control-allow-headers", "authorization, content-type");
  response.setHeader("cross-origin-resource-policy", "cross-origin");
  response.setHeader("vary", "origin");
}

/** CORS for the desktop window alone (Fetch standard, section 3.2). */
function allowDesktopPages(response: { setHeader(name: string, value: string): unknown }): void {
  response.setHeader("access-control-allow-origin", appOrigin);
  response.setHeader("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE");
  response.setHeader("access-control-allow-headers", "authorization, content-type, traceparent");
  response.setHeader("access-control-expose-headers", "x-trace-id, allow, retry-after");
  response.setHeader("cross-origin-resource-policy", "cross-origin");
  response.setHeader("vary", "origin");
}

const problemType = "application/problem+json";

/** Errors before there is a request: parser, header size, slow senders. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  answerRaw(socket, problemFrom(clientProblem(error.code)));
}

function clientProblem(code: string | undefined) {
  if (code === "HPE_HEADER_OVERFLOW") {
    return problem(
      "HEADERS_TOO_LARGE",
      `The headers exceed ${httpLimits.headerBytesMax} bytes together.`,
    );
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return problem("REQUEST_TIMEOUT", "The request did not arrive in time.");
  }
  if (code === "HPE_INVALID_METHOD") {
    return problem("METHOD_UNKNOWN", "The request method is not one that this server implements.");
  }
  return problem("BAD_REQUEST_FRAMING", "The bytes received are not an acceptable HTTP request.");
}

function answerRaw(socket: Duplex, body: Problem): void {
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status] ?? ""}\r\n` +
      `Content-Type: ${problemType}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n` +
      `X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${text}`,
  );
}

function fromFastify(error: unknown): unknown {
  const { code } = error as Partial<FastifyError>;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return problem("BODY_TOO_LARGE", `The body exceeds ${httpLimits.bodyBytesMax} bytes.`);
  }
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return problem("CONTENT_TYPE_REFUSED", "The body's Content-Type is not JSON.");
  }
  if (code === "FST_ERR_BAD_URL" || code === "FST_ERR_MAX_PARAM_LENGTH") {
    return problem(
      "BAD_TARGET",
      "The path holds an escape sequence or parameter that is not valid.",
    );
  }
  if (code === "FST_ERR_CTP_INVALID_CONTENT_LENGTH") {
    return problem("BAD_REQUEST_FRAMING", "The body's length differs from its Content-Length.");
  }
  return error;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "").split("?")[0] ?? "";
}
