/** What a route does with a request: limits, faults, redirects, then a service. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import {
  chooseService,
  type CompiledRoute,
  hasDotSegments,
  rewritten,
} from "../../core/routing/route-table.ts";
import { outside } from "../../core/traffic.ts";
import { problem } from "../../errors.ts";
import { httpLimits } from "../../../service/limits.ts";
import type { Carried, Gateway } from "./gateway.ts";
import { changesOrNothing } from "./headers.ts";
import { HttpReply, withRetryAfter } from "./http-reply.ts";

export interface RoutedRequest {
  readonly raw: IncomingMessage | Http2ServerRequest;
  readonly host: string;
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly client: string;
}

/** @throws a problem where no route takes it */
export function findRoute(gateway: Gateway, request: RoutedRequest): CompiledRoute {
  const { host, method, target, headers } = request;
  const path = pathOf(target);
  if (!/^\/[\x21-\x7e]*$/.test(target) || hasDotSegments(path)) {
    throw problem("GATEWAY_PATH_REFUSED", "The path has dot segments or characters to escape.");
  }
  const route = gateway.table.match({
    host: hostnameOf(host),
    path,
    method,
    headers,
  });
  if (route !== undefined) return route;
  throw problem("GATEWAY_ROUTE_UNKNOWN", `No route takes ${method} ${path} for ${host}.`);
}

/** Answers on its own when the route says so, and carries the request to a service otherwise. */
export function answerRouted(
  gateway: Gateway,
  request: RoutedRequest,
  either: ServerResponse | Http2ServerResponse,
): void {
  const response = either as ServerResponse;
  let route: CompiledRoute;
  try {
    route = findRoute(gateway, request);
  } catch (error) {
    new HttpReply(response, false, undefined).refuse(error as Error);
    return;
  }
  const { config } = route;
  const reply = new HttpReply(response, false, changesOrNothing(config.responseHeaders));
  const waitMs = gateway.limited(config, request.client);
  if (waitMs > 0) {
    const told = `Route ${config.name} takes the next one in ${waitMs} ms.`;
    reply.refuse(withRetryAfter(problem("RATE_LIMITED", told), waitMs));
    return;
  }
  if (config.fault === null) {
    carry(gateway, request, response, route, reply);
    return;
  }
  const { delayMs, delayPercent, abortStatus, abortPercent } = config.fault;
  const { random } = gateway.host;
  const isAborted = abortStatus !== null && random() * 100 < abortPercent;
  const goOn = () => {
    if (response.destroyed) return;
    if (!isAborted) carry(gateway, request, response, route, reply);
    else if (abortStatus === 503) {
      reply.refuse(problem("FAULT_INJECTED", `Route ${config.name} says so.`));
    } else response.writeHead(abortStatus).end();
  };
  if (delayMs === 0 || random() * 100 >= delayPercent) {
    goOn();
    return;
  }
  const timer = setTimeout(goOn, delayMs);
  response.once("close", () => clearTimeout(timer));
}

function carry(
  gateway: Gateway,
  request: RoutedRequest,
  response: ServerResponse,
  route: CompiledRoute,
  reply: HttpReply,
): void {
  const { config } = route;
  const path = pathOf(request.target);
  const query = request.target.slice(path.length);
  if (config.redirect !== null) {
    const { status, host, path: to } = config.redirect;
    const authority = host === null ? "" : `http://${host}${portOf(request.host)}`;
    response.writeHead(status, { location: `${authority}${to ?? path}${query}` }).end();
    return;
  }
  const carried = carriedOf(request, rewritten(route, path, query));
  const service = chooseService(route, gateway.host.random());
  const forward = gateway.forward(carried, service, reply, route);
  if (forward !== undefined) reply.serves(forward);
  const { mirror } = config;
  if (mirror !== null && gateway.host.random() * 100 < mirror.percent) {
    gateway.mirror(carried, mirror.service);
  }
}

export function carriedOf(request: RoutedRequest, path: string): Carried {
  const { raw, headers, rawHeaders, method, client } = request;
  return {
    from: outside,
    method,
    path,
    headers,
    rawHeaders,
    client,
    body: hasBody(request) ? raw : null,
    bodyBytesMax: httpLimits.bodyBytesMax,
  };
}

export function fromHttp1(raw: IncomingMessage): RoutedRequest {
  const { headers, rawHeaders } = raw;
  return {
    raw,
    host: headers.host ?? "",
    method: raw.method ?? "",
    target: raw.url ?? "",
    headers,
    rawHeaders,
    client: raw.socket.remoteAddress ?? "",
  };
}

/** RFC 9112 section 6; in HTTP/2 a request ends with its head or has a body. */
function hasBody({ raw, headers }: RoutedRequest): boolean {
  const length = headers["content-length"];
  if (length !== undefined) return length !== "0";
  if (headers["transfer-encoding"] !== undefined) return true;
  return "stream" in raw && !raw.stream.endAfterHeaders;
}

export function pathOf(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}

/** "localhost:3005", "[::1]:80" and "shop.test" without their ports, in lower case. */
function hostnameOf(host: string): string {
  return host.replace(/:\d{1,5}$/, "").toLowerCase();
}

function portOf(host: string): string {
  return /:\d{1,5}$/.exec(host)?.[0] ?? "";
}
