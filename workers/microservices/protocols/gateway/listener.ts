/**
 * The gateway's own port: HTTP/1.1, HTTP/2 without TLS by prior knowledge (RFC 9113 section 3.3) and
 * WebSocket, told apart by the first bytes. The thread's main port cannot do that: its server is
 * Fastify's, which reads HTTP/1.1 alone. The guard stands here, too; to its hosts come those that
 * the routes in force name.
 */
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttp2Server, type Http2ServerRequest } from "node:http2";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { problem } from "../../errors.ts";
import { dataPathLimits } from "../../limits.ts";
import { checkRole, guard, type GuardPolicy, isRefusal } from "../../../service/guard.ts";
import { refuseUpgrade } from "../../../service/http-server.ts";
import { httpLimits } from "../../../service/limits.ts";
import type { Gateway } from "./gateway.ts";
import { HttpReply } from "./http-reply.ts";
import { answerRouted, fromHttp1, type RoutedRequest } from "./routed.ts";
import { tunnelRouted } from "./tunnel.ts";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
const reading = new Set(["GET", "HEAD", "OPTIONS"]);

export interface GatewayListener {
  readonly port: number;
  /** Takes no new connections, and ends those that are left. */
  close(): Promise<void>;
}

/** @param policyOf the guard's policy for a port that is known only once it is bound */
export async function listenForRoutes(
  gateway: Gateway,
  host: string,
  policyOf: (port: number) => GuardPolicy,
): Promise<GatewayListener> {
  const plain = createHttpServer({
    maxHeaderSize: httpLimits.headerBytesMax,
    headersTimeout: httpLimits.headersTimeoutMs,
    // A body may come for as long as its route's answer may take.
    requestTimeout: 0,
    keepAliveTimeout: httpLimits.keepAliveTimeoutMs,
    requireHostHeader: false,
  });
  const multiplexed = createHttp2Server({
    settings: { maxConcurrentStreams: dataPathLimits.streamsPerConnectionMax },
    maxHeaderListPairs: 128,
    maxSessionMemory: 16,
  });
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, pauseOnConnect: false }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    tellApart(socket, plain, multiplexed);
  });
  server.maxConnections = dataPathLimits.inboundConnectionsMax;
  await bind(server, host);
  const { port } = server.address() as AddressInfo;
  const policy = withRouteHosts(policyOf(port), gateway, port);

  plain.on("request", (request, response) => {
    const routed = fromHttp1(request);
    const refusal = refusalOf(routed, policy, roleFor(routed));
    if (refusal === undefined) answerRouted(gateway, routed, response);
    else {
      response.setHeader("connection", "close");
      new HttpReply(response, false, undefined).refuse(refusal);
    }
  });
  plain.on("upgrade", (request, socket, head) => {
    const routed = fromHttp1(request);
    const refusal = refusalOf(routed, policy, "operator");
    if (refusal === undefined) tunnelRouted(gateway, routed, socket, head);
    else refuseUpgrade(socket, refusal);
  });
  plain.on("clientError", (_error, socket) => {
    refuseUpgrade(socket, problem("GATEWAY_PATH_REFUSED", "The bytes are no HTTP request."));
  });
  multiplexed.on("request", (request, response) => {
    const routed = fromHttp2(request);
    const refusal = refusalOf(routed, policy, roleFor(routed));
    if (refusal === undefined) answerRouted(gateway, routed, response);
    else new HttpReply(response, false, undefined).refuse(refusal);
  });
  multiplexed.on("sessionError", () => undefined);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function bind(server: Server, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Hands the connection to the server that its first bytes are meant for. */
function tellApart(
  socket: Socket,
  plain: ReturnType<typeof createHttpServer>,
  multiplexed: ReturnType<typeof createHttp2Server>,
): void {
  socket.setTimeout(httpLimits.headersTimeoutMs, () => socket.destroy());
  let seen: Buffer = Buffer.alloc(0);
  const look = (piece: Buffer) => {
    seen = seen.length === 0 ? piece : Buffer.concat([seen, piece]);
    const length = Math.min(seen.length, preface.length);
    const isPreface = seen.subarray(0, length).equals(preface.subarray(0, length));
    if (isPreface && length < preface.length) return;
    socket.off("data", look);
    socket.pause();
    socket.setTimeout(0);
    socket.removeAllListeners("timeout");
    socket.unshift(seen);
    (isPreface ? multiplexed : plain).emit("connection", socket);
    // A session of HTTP/2 takes what was read from the buffer itself.
    if (!isPreface) socket.resume();
  };
  socket.on("data", look);
}

/** A name that no route has stays refused: a foreign page that rebinds its name finds nothing. */
function withRouteHosts(policy: GuardPolicy, gateway: Gateway, port: number): GuardPolicy {
  class RouteHosts extends Set<string> {
    override has(host: string): boolean {
      if (super.has(host)) return true;
      const suffix = `:${port}`;
      if (!host.endsWith(suffix)) return false;
      return gateway.table.namesHost(host.slice(0, -suffix.length));
    }
  }
  return { ...policy, hosts: new RouteHosts(policy.hosts) };
}

/** A page that a route serves may ask its own host for more; Host has been checked by then. */
function refusalOf(
  request: RoutedRequest,
  policy: GuardPolicy,
  role: "viewer" | "operator",
): Error | undefined {
  const { method, target, rawHeaders, host } = request;
  const isOwn = request.headers.origin === `http://${host}`;
  const headers = isOwn ? { ...request.headers, origin: undefined } : request.headers;
  const decision = guard({ method, target, headers, rawHeaders }, policy);
  return isRefusal(decision) ? decision : checkRole(role, decision);
}

function roleFor({ method }: RoutedRequest): "viewer" | "operator" {
  return reading.has(method) ? "viewer" : "operator";
}

/** `:authority` stands in for Host; where both are there, both have to be right. */
function fromHttp2(raw: Http2ServerRequest): RoutedRequest {
  const authority = raw.authority;
  const rawHeaders = raw.rawHeaders.filter(
    (_each, index, all) => !all[index - (index % 2)]!.startsWith(":"),
  );
  if (raw.headers.host === undefined) rawHeaders.push("host", authority);
  else if (raw.headers.host !== authority) rawHeaders.push("host", authority);
  return {
    raw,
    host: authority,
    method: raw.method,
    target: raw.url,
    headers: { ...raw.headers, host: authority },
    rawHeaders,
    client: raw.socket.remoteAddress ?? "",
  };
}
