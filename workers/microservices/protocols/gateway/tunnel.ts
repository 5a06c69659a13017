/** Protocol upgrades, such as WebSocket: the request goes to a service, then bytes pass both ways. */
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { chooseService, rewritten } from "../../core/routing/route-table.ts";
import type { Endpoint } from "../../core/endpoints.ts";
import { problem } from "../../errors.ts";
import { dataPathLimits } from "../../limits.ts";
import { refuseUpgrade } from "../../../service/http-server.ts";
import type { Forward, Reply } from "./forward.ts";
import type { Gateway } from "./gateway.ts";
import { answerFields } from "./headers.ts";
import { carriedOf, findRoute, pathOf, type RoutedRequest } from "./routed.ts";

const tunnels = new Set<Duplex>();

/** By the routes in force. */
export function tunnelRouted(
  gateway: Gateway,
  request: RoutedRequest,
  socket: Duplex,
  head: Buffer,
): void {
  try {
    const route = findRoute(gateway, request);
    const path = pathOf(request.target);
    if (route.config.redirect !== null) {
      throw problem("GATEWAY_ROUTE_UNKNOWN", `Route ${route.config.name} takes no upgrade.`);
    }
    const to = rewritten(route, path, request.target.slice(path.length));
    const service = chooseService(route, gateway.host.random());
    const reply = openTunnel(socket, head);
    const carried = { ...carriedOf(request, to), body: null, upgrade: upgradeOf(request) };
    reply.serves(gateway.forward(carried, service, reply, route));
  } catch (error) {
    refuseUpgrade(socket, error as Error);
  }
}

/** To a named service, whose own path is `path`. */
export function tunnelToService(
  gateway: Gateway,
  request: RoutedRequest,
  service: string,
  path: string,
  socket: Duplex,
  head: Buffer,
): void {
  try {
    const reply = openTunnel(socket, head);
    const carried = { ...carriedOf(request, path), body: null, upgrade: upgradeOf(request) };
    reply.serves(gateway.forward(carried, service, reply));
  } catch (error) {
    refuseUpgrade(socket, error as Error);
  }
}

function upgradeOf({ headers }: RoutedRequest): string {
  return headers.upgrade ?? "websocket";
}

function openTunnel(socket: Duplex, head: Buffer): TunnelReply {
  if (tunnels.size >= dataPathLimits.tunnelsMax) {
    throw problem("TUNNELS_FULL", `${tunnels.size} connections are upgraded already.`);
  }
  tunnels.add(socket);
  socket.once("close", () => tunnels.delete(socket));
  return new TunnelReply(socket, head);
}

class TunnelReply implements Reply {
  readonly #client: Duplex;
  readonly #head: Buffer;
  #forward: Forward | undefined;

  constructor(client: Duplex, head: Buffer) {
    this.#client = client;
    this.#head = head;
    client.on("error", () => client.destroy());
  }

  serves(forward: Forward | undefined): void {
    this.#forward = forward;
    this.#client.once("close", () => {
      if (forward?.isFinished === false) forward.cancel();
    });
  }

  switched(headers: string[], rest: Buffer, upstream: Socket, endpoint: Endpoint): void {
    const client = this.#client;
    const fields = answerFields(headers, undefined, false);
    fields.push("connection", "Upgrade", "upgrade", valueOf(headers, "upgrade"));
    fields.push("x-upstream-instance", endpoint.id);
    client.write(headText(101, fields), "latin1");
    if (rest.length > 0) client.write(rest);
    if (this.#head.length > 0) upstream.write(this.#head);
    upstream.setTimeout(dataPathLimits.tunnelIdleMs, () => upstream.destroy());
    upstream.once("close", () => client.destroy());
    client.once("close", () => upstream.destroy());
    upstream.pipe(client);
    client.pipe(upstream);
  }

  /** The service took no upgrade: its answer passes as it is, and ends with the connection. */
  head(status: number, headers: string[], endpoint: Endpoint): void {
    const fields = answerFields(headers, undefined, true);
    fields.push("x-upstream-instance", endpoint.id, "connection", "close");
    this.#client.write(headText(status, fields), "latin1");
  }

  data(piece: Buffer): boolean {
    const takesMore = this.#client.write(piece);
    if (!takesMore) this.#client.once("drain", () => this.#forward?.resume());
    return takesMore;
  }

  flush(): void {
    // A socket has no more to flush.
  }

  end(): void {
    this.#client.end();
  }

  abort(): void {
    this.#client.destroy();
  }

  refuse(error: Error): void {
    refuseUpgrade(this.#client, error);
  }
}

function headText(status: number, fields: readonly string[]): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
  for (let index = 0; index < fields.length; index += 2) {
    text += `${fields[index]!}: ${fields[index + 1]!}\r\n`;
  }
  return `${text}\r\n`;
}

function valueOf(headers: readonly string[], name: string): string {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === name) return headers[index + 1]!;
  }
  return "";
}
