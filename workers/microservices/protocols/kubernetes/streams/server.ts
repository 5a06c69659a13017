/** Upgrades of exec, attach and portforward: which protocol the client speaks, and who serves it. */
import type { IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import { createWebSocketStream, type WebSocket, WebSocketServer } from "ws";
import { ApiError, apiErrors } from "../../../core/store/api-error.ts";
import { kubernetesApiLimits as limits } from "../../../limits.ts";
import { checkRole } from "../../../../service/guard.ts";
import { callerOf, offerUpgrade } from "../../../../service/http-server.ts";
import { statusOf } from "../answer.ts";
import type { ApiContext } from "../context.ts";
import { allowImpersonated, impersonated } from "../impersonation.ts";
import { queryOf, segmentsOf } from "../request.ts";
import { execRequest } from "./execution.ts";
import { portsOf, serveForwardChannels, serveForwardSpdy } from "./port-forward.ts";
import { serveExecSpdy } from "./spdy-exec.ts";
import { serveExecSocket } from "./websocket-exec.ts";

export interface StreamServer {
  readonly close: () => void;
}

interface Asked {
  readonly action: "exec" | "attach" | "portforward";
  readonly namespace: string;
  readonly name: string;
  readonly query: URLSearchParams;
}

/** @throws ApiError 404 */
function askedOf({ url = "" }: IncomingMessage): Asked {
  const [, , , namespace, pods, name, action, ...rest] = segmentsOf(url.split("?")[0]!);
  const isKnown = action === "exec" || action === "attach" || action === "portforward";
  if (pods !== "pods" || !isKnown || rest.length > 0) throw apiErrors.pathNotFound();
  return { action, namespace: namespace!, name: name!, query: queryOf(url) };
}

const listOf = (header: string | string[] | undefined): string[] =>
  String(header ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");

/** The first of ours that the client offers. @throws ApiError 403, as the real server does */
function chosen(offered: readonly string[], ours: readonly string[]): string {
  const found = ours.find((each) => offered.includes(each));
  if (found !== undefined) return found;
  throw new ApiError(
    403,
    "Forbidden",
    `unable to upgrade: unable to negotiate protocol: client supports ${JSON.stringify(offered)}, server accepts ${JSON.stringify(ours)}`,
  );
}

const execProtocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
const forwardTunnel = "SPDY/3.1+portforward.k8s.io";

export function offerStreams(
  app: FastifyInstance,
  context: ApiContext,
  onUnexpected: (error: unknown, operation: string) => void,
): StreamServer {
  const open = new Set<Duplex>();
  const server = new Streams(context, open, onUnexpected);
  offerUpgrade(app, "/api/v1/namespaces/*", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    try {
      server.accept(request, socket, head);
    } catch (error) {
      refuse(socket, error);
      if (!(error instanceof ApiError)) onUnexpected(error, "upgrade");
    }
  });
  return {
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}

class Streams {
  readonly #context: ApiContext;
  readonly #open: Set<Duplex>;
  readonly #onUnexpected: (error: unknown, operation: string) => void;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.streamMessageBytesMax,
    perMessageDeflate: false,
    // What was chosen is put where ws looks for it.
    handleProtocols: (_protocols, request) => (request as Chosen)[protocol] ?? false,
  });

  constructor(
    context: ApiContext,
    open: Set<Duplex>,
    onUnexpected: (error: unknown, operation: string) => void,
  ) {
    this.#context = context;
    this.#open = open;
    this.#onUnexpected = onUnexpected;
  }

  /** @throws ApiError before the protocol is switched */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = checkRole("operator", callerOf(request));
    if (refusal !== undefined) throw new ApiError(403, "Forbidden", refusal.message);
    if (this.#open.size >= limits.streamsMax) {
      throw apiErrors.tooManyRequests(`${this.#open.size} streams are open already`);
    }
    const asked = askedOf(request);
    const user = impersonated(request);
    if (user !== null) {
      const { namespace, name, action } = asked;
      // An upgrade that comes by GET is as much a command as one by POST.
      const what = { verb: "create", group: "", resource: "pods", subresource: action, path: null };
      allowImpersonated(this.#context.store, user, { ...what, namespace, name });
    }
    const upgrade = String(request.headers.upgrade).toLowerCase();
    if (upgrade === "websocket") this.#overWebSocket(request, socket, head, asked);
    else if (upgrade === "spdy/3.1") this.#overSpdy(request, socket, head, asked);
    else throw apiErrors.badRequest(`unable to upgrade: ${upgrade} is no protocol of this path`);
  }

  #overWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer, asked: Asked): void {
    const offered = listOf(request.headers["sec-websocket-protocol"]);
    const { action, namespace, name, query } = asked;
    const context = this.#context;
    const serve = (use: (client: WebSocket) => Promise<void> | void, name_: string): void => {
      (request as Chosen)[protocol] = name_;
      this.#hold(socket);
      this.#sockets.handleUpgrade(request, socket, head, (client) => {
        void this.#watch(use(client), asked);
      });
    };
    if (action !== "portforward") {
      const exec = execRequest(context, action, namespace, name, query);
      serve((client) => serveExecSocket(context, exec, client), chosen(offered, execProtocols));
      return;
    }
    const podKey = this.#running(namespace, name);
    const picked = chosen(offered, [forwardTunnel, "v4.channel.k8s.io"]);
    if (picked === forwardTunnel) {
      serve(
        (client) =>
          serveForwardSpdy(context, podKey, createWebSocketStream(client), Buffer.alloc(0)),
        picked,
      );
      return;
    }
    const ports = portsOf(query);
    serve((client) => serveForwardChannels(context, podKey, ports, client, channelDuplex), picked);
  }

  #overSpdy(request: IncomingMessage, socket: Duplex, head: Buffer, asked: Asked): void {
    const offered = listOf(request.headers["x-stream-protocol-version"]);
    const { action, namespace, name, query } = asked;
    const switchTo = (picked: string): void => {
      this.#hold(socket);
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${picked}\r\n\r\n`,
      );
    };
    if (action === "portforward") {
      const podKey = this.#running(namespace, name);
      switchTo(chosen(offered, ["portforward.k8s.io"]));
      void this.#watch(serveForwardSpdy(this.#context, podKey, socket, head), asked);
      return;
    }
    const exec = execRequest(this.#context, action, namespace, name, query);
    switchTo(chosen(offered, ["v4.channel.k8s.io"]));
    void this.#watch(serveExecSpdy(this.#context, exec, socket, head), asked);
  }

  #running(namespace: string, name: string): string {
    const pod = this.#context.store.require("pods", namespace, name);
    if (pod.status?.phase !== "Running") {
      throw apiErrors.badRequest(
        `unable to forward port because pod is not running. Current status=${pod.status?.phase}`,
      );
    }
    return `${namespace}/${name}`;
  }

  #hold(socket: Duplex): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
  }

  async #watch(work: Promise<void> | void, { action }: Asked): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#onUnexpected(error, action);
    }
  }
}

const protocol = Symbol("protocol");
type Chosen = IncomingMessage & { [protocol]?: string };

function refuse(socket: Duplex, error: unknown): void {
  const status = statusOf(error);
  const text = JSON.stringify(status);
  socket.end(
    `HTTP/1.1 ${status.code} ${status.reason}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

/** One numbered channel of a WebSocket as a stream. */
function channelDuplex(socket: WebSocket, channel: number): Duplex {
  const duplex = new Duplex({
    read() {
      socket.resume();
    },
    write(chunk: Buffer, _encoding, done) {
      if (socket.readyState !== socket.OPEN) done(new Error("The connection is closed."));
      else socket.send(Buffer.concat([Buffer.of(channel), chunk]), (error) => done(error));
    },
  });
  socket.on("message", (message: Buffer) => {
    if (message[0] === channel && !duplex.push(message.subarray(1))) socket.pause();
  });
  socket.once("close", () => duplex.destroy());
  return duplex;
}
