/** The mesh's door of one port of one pod: mutual TLS in front, the policies, the plain port behind. */
import { Agent, request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { trace, type Span } from "@opentelemetry/api";
import { startSpan } from "../../service/telemetry/span.ts";
import { meshLimits } from "../core/mesh/limits.ts";
import type { MeshPod } from "../core/mesh/pod.ts";
import { spiffeId, type WorkloadIdentity } from "../core/mesh/spiffe-id.ts";
import type { Verdict } from "../core/mesh/policy.ts";
import type { AuthorizedRequest } from "../core/mesh/authorization.ts";
import { peerOf, type Credentials, type VerifiedPeer } from "./credentials.ts";
import {
  clientCertificateHeader,
  endToEnd,
  refusalHeader,
  secretHeader,
  traceHeaders,
  traceOf,
  type Refusal,
} from "./headers.ts";
import { alpnProtocol, type MeshAddress } from "./peer-pool.ts";
import { joinTunnel, writeHead } from "./tunnel.ts";

export interface ListenerOptions {
  readonly pod: MeshPod;
  /** Of the container, as policies name it. */
  readonly port: number;
  /** Where the pod listens in truth. */
  readonly plain: { readonly host: string; readonly port: number };
  /** Sent with each request, so that the pod's thread can refuse what did not come over the mesh. */
  readonly plainSecret?: string;
}

export interface ListenerEvents {
  readonly now: () => number;
  readonly podOf: (identity: WorkloadIdentity) => MeshPod;
  readonly judge: (source: MeshPod, destination: MeshPod, request: AuthorizedRequest) => Verdict;
  readonly denied: (source: MeshPod, destination: MeshPod) => void;
}

const handshakeRecord = 0x16;
const plainAnswer =
  "This port speaks mutual TLS 1.3 with a certificate of the mesh. Call the service over the mesh.\n";

export class MeshListener {
  readonly options: ListenerOptions;
  readonly #events: ListenerEvents;
  readonly #server: Server;
  readonly #plain: Agent;
  readonly #peers = new WeakMap<Socket, VerifiedPeer>();
  readonly #raw = new Set<Socket>();
  readonly #tracer = trace.getTracer("mesh");

  constructor(options: ListenerOptions, credentials: Credentials, events: ListenerEvents) {
    this.options = options;
    this.#events = events;
    this.#plain = new Agent({
      keepAlive: true,
      maxFreeSockets: meshLimits.idleConnectionsPerPairMax,
      timeout: meshLimits.idleConnectionMs,
    });
    this.#server = createServer({
      ...credentials.options,
      requestCert: true,
      rejectUnauthorized: true,
      ALPNProtocols: [alpnProtocol],
      handshakeTimeout: meshLimits.handshakeMs,
      headersTimeout: meshLimits.requestHeadersMs,
      // A stream may last; a connection on which nothing moves may not.
      requestTimeout: 0,
      keepAliveTimeout: meshLimits.listenerIdleConnectionMs,
      maxHeaderSize: meshLimits.headerBytesMax,
      noDelay: true,
    });
    this.#server.timeout = meshLimits.tunnelIdleMs;
    this.#server.maxConnections = meshLimits.connectionsPerListenerMax;
    this.#server.on("secureConnection", (socket) => this.#connected(socket));
    this.#server.on("tlsClientError", (_error, socket) => socket.destroy());
    this.#server.on("request", (request, response) => void this.#serve(request, response));
    this.#server.on(
      "upgrade",
      (request, socket, head) => void this.#upgrade(request, socket, head),
    );
    this.#lookAtFirstByte();
  }

  listen(): Promise<MeshAddress> {
    const { promise, resolve, reject } = Promise.withResolvers<MeshAddress>();
    this.#server.once("error", reject);
    this.#server.listen(0, "127.0.0.1", () => {
      this.#server.off("error", reject);
      resolve({ host: "127.0.0.1", port: (this.#server.address() as AddressInfo).port });
    });
    return promise;
  }

  /** New connections get these; open ones stay. The keys of session tickets change with them. */
  use(credentials: Credentials): void {
    this.#server.setSecureContext(credentials.options);
  }

  /** Lets requests finish for so long, then ends them. */
  async close(graceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeIdleConnections();
    const end = () => {
      for (const socket of this.#raw) socket.destroy();
      this.#plain.destroy();
    };
    const timer = setTimeout(end, graceMs);
    if (graceMs === 0) end();
    await promise;
    clearTimeout(timer);
    this.#plain.destroy();
  }

  /** A record of TLS goes on to TLS; anything else gets an answer that it can read. */
  #lookAtFirstByte(): void {
    const [accept] = this.#server.listeners("connection") as ((socket: Socket) => void)[];
    this.#server.removeAllListeners("connection");
    this.#server.on("connection", (socket: Socket) => {
      this.#raw.add(socket);
      socket.once("close", () => this.#raw.delete(socket));
      const ignore = () => socket.destroy();
      socket.on("error", ignore);
      socket.setTimeout(meshLimits.handshakeMs, ignore);
      socket.once("readable", () => {
        const first = socket.read(1) as Buffer | null;
        if (first === null) return socket.destroy();
        if (first[0] !== handshakeRecord) return refusePlain(socket);
        socket.setTimeout(0);
        socket.removeListener("timeout", ignore);
        socket.removeListener("error", ignore);
        socket.unshift(first);
        accept?.call(this.#server, socket);
      });
    });
  }

  #connected(socket: TLSSocket): void {
    const peer = peerOf(socket.getPeerX509Certificate());
    if (peer === null) socket.destroy();
    else this.#peers.set(socket, peer);
  }

  /** Null where the request may pass; else the reason. */
  #refusal(
    peer: VerifiedPeer | undefined,
    source: MeshPod,
    request: IncomingMessage,
  ): string | null {
    const { pod, port } = this.options;
    if (peer === undefined || peer.notAfterMs <= this.#events.now()) {
      return "the certificate of the caller has expired";
    }
    const { method = "", url = "", headers } = request;
    const asked = { method, target: url, port, host: headers.host ?? "" };
    return this.#events.judge(source, pod, asked).reason;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#traced(request, (span, peer, source) => {
      const reason = this.#refusal(peer, source, request);
      if (reason !== null) {
        span.setAttribute("mesh.denied", reason);
        this.#events.denied(source, this.options.pod);
        refuse(response, 403, "denied", `RBAC: access denied: ${reason}\n`);
        return Promise.resolve();
      }
      return this.#forward(request, response, peer!, span);
    });
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy());
    await this.#traced(request, (span, peer, source) => {
      const reason = this.#refusal(peer, source, request);
      if (reason !== null) {
        span.setAttribute("mesh.denied", reason);
        this.#events.denied(source, this.options.pod);
        const fields = [refusalHeader, "denied", "connection", "close"];
        writeHead(socket, 403, fields);
        socket.end(`RBAC: access denied: ${reason}\n`);
        return Promise.resolve();
      }
      const upstream = this.#open(request, peer!, ["connection", "Upgrade"], true);
      const { promise, resolve } = Promise.withResolvers<void>();
      upstream.once("upgrade", (answer, plain, rest) => {
        const upgrade = ["connection", "Upgrade", "upgrade", answer.headers.upgrade ?? ""];
        writeHead(socket, 101, [...endToEnd(answer.rawHeaders, null), ...upgrade]);
        joinTunnel({ socket, rest: head }, { socket: plain, rest });
        resolve();
      });
      upstream.once("response", (answer) => {
        const kept = endToEnd(answer.rawHeaders, null);
        writeHead(socket, answer.statusCode ?? 502, [...kept, "connection", "close"]);
        answer.pipe(socket);
        resolve();
      });
      upstream.once("error", () => {
        socket.destroy();
        resolve();
      });
      upstream.end();
      return promise;
    });
  }

  async #traced(
    request: IncomingMessage,
    work: (span: Span, peer: VerifiedPeer | undefined, source: MeshPod) => Promise<void>,
  ): Promise<void> {
    const peer = this.#peers.get(request.socket);
    if (peer === undefined) return void request.socket.destroy();
    const source = this.#events.podOf(peer.identity);
    const { pod } = this.options;
    const attributes = {
      "http.request.method": request.method ?? "",
      "url.path": request.url ?? "",
      "mesh.source.principal": spiffeId(peer.identity),
      "mesh.source.workload": source.workload,
      "mesh.destination.principal": spiffeId(pod),
      "mesh.destination.workload": pod.workload,
    };
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const start = { name: `mesh ${pod.workload}`, kind: SpanKind.SERVER, parent, attributes };
    await startSpan(this.#tracer, start, (span) => work(span, peer, source));
  }

  #forward(
    request: IncomingMessage,
    response: ServerResponse,
    peer: VerifiedPeer,
    span: Span,
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const hasBody =
      request.headers["transfer-encoding"] !== undefined ||
      (request.headers["content-length"] ?? "0") !== "0";
    const isChunked = request.headers["transfer-encoding"] !== undefined;
    const upstream = this.#open(request, peer, isChunked ? ["transfer-encoding", "chunked"] : []);
    upstream.once("response", (answer) => {
      span.setAttribute("http.response.status_code", answer.statusCode ?? 0);
      response.writeHead(answer.statusCode ?? 502, endToEnd(answer.rawHeaders, null));
      answer.pipe(response);
      answer.once("error", () => response.destroy());
    });
    upstream.on("error", (error) => {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
      if (response.headersSent) response.destroy();
      else refuse(response, 503, "unreachable", "The pod closed the connection or took none.\n");
    });
    response.once("close", () => {
      if (!response.writableFinished) upstream.destroy();
      resolve();
    });
    if (hasBody) request.pipe(upstream);
    else upstream.end();
    return promise;
  }

  /** A request to the plain port, its body yet to come. */
  #open(
    request: IncomingMessage,
    peer: VerifiedPeer,
    framing: readonly string[],
    upgrade = false,
  ): ClientRequest {
    const { pod, plain, plainSecret } = this.options;
    const headers = [...endToEnd(request.rawHeaders, traceHeaders), ...framing];
    if (upgrade) headers.push("upgrade", request.headers.upgrade ?? "");
    for (const [name, value] of Object.entries(traceOf(request.rawHeaders))) {
      headers.push(name, value);
    }
    headers.push(
      clientCertificateHeader,
      `By=${spiffeId(pod)};Hash=${peer.fingerprint};URI=${spiffeId(peer.identity)}`,
    );
    if (plainSecret !== undefined) headers.push(secretHeader, plainSecret);
    return httpRequest({
      agent: this.#plain,
      host: plain.host,
      port: plain.port,
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers,
      setHost: false,
    });
  }
}

function refuse(response: ServerResponse, status: number, refusal: Refusal, text: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    [refusalHeader]: refusal,
  });
  response.end(text);
}

function refusePlain(socket: Socket): void {
  const head = `HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: ${plainAnswer.length}\r\nconnection: close\r\n\r\n`;
  socket.end(head + plainAnswer);
  // What is left unread would turn the end into a reset, and the answer would be lost.
  socket.resume();
}
