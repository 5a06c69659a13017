/** Upgraded connections, such as WebSocket: bytes pass both ways until either side ends. */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { meshLimits } from "../core/mesh/limits.ts";

export interface TunnelEnd {
  readonly socket: Duplex;
  /** What has been read of it already. */
  readonly rest: Buffer;
}

export function joinTunnel(one: TunnelEnd, other: TunnelEnd): void {
  if (one.rest.length > 0) other.socket.write(one.rest);
  if (other.rest.length > 0) one.socket.write(other.rest);
  for (const [from, to] of [
    [one.socket, other.socket],
    [other.socket, one.socket],
  ] as const) {
    from.on("error", () => from.destroy());
    from.once("close", () => to.destroy());
    (from as Socket).setTimeout(meshLimits.tunnelIdleMs, () => from.destroy());
    from.pipe(to);
  }
}

/** @param fields names and values in turn */
export function writeHead(socket: Duplex, status: number, fields: readonly string[]): void {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
  for (let index = 0; index < fields.length; index += 2) {
    text += `${fields[index]!}: ${fields[index + 1]!}\r\n`;
  }
  socket.write(`${text}\r\n`, "latin1");
}
