/**
 * Port forwarding: SPDY/3.1 streams in pairs, one for data and one for an error, over a connection of
 * its own or inside a WebSocket (kubelet, cri/streaming/portforward; client-go, portforward).
 */
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { kubernetesApiLimits as limits } from "../../../limits.ts";
import { apiErrors } from "../../../core/store/api-error.ts";
import type { ApiContext } from "../context.ts";
import { SpdyConnection, type SpdyStream } from "./spdy/connection.ts";

interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
}

function portOf(text: string | undefined): number | null {
  const port = Number(text);
  return Number.isSafeInteger(port) && port > 0 && port < 65_536 ? port : null;
}

/** Joins both ways until both have ended. */
function join(client: Duplex, pod: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      client.destroy();
      pod.destroy();
      resolve();
    };
    client.pipe(pod);
    pod.pipe(client);
    client.once("error", end);
    pod.once("error", end);
    client.once("close", end);
    pod.once("close", () => {
      // What was read before is still on its way to the client.
      if (client.writableFinished || client.destroyed) end();
      else client.once("finish", end);
      client.end();
    });
  });
}

async function forward(
  { streams }: ApiContext,
  podKey: string,
  port: number,
  data: Duplex,
  sayError: (text: string) => void,
): Promise<void> {
  try {
    const pod = await streams.connect(podKey, port);
    await join(data, pod);
  } catch (error) {
    sayError(
      `error forwarding port ${port} to pod ${podKey.slice(podKey.indexOf("/") + 1)}: ${(error as Error).message}`,
    );
    data.destroy();
  }
}

export async function serveForwardSpdy(
  context: ApiContext,
  podKey: string,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const pairs = new Map<string, Pair>();
  const connection = new SpdyConnection(socket, (stream) => {
    const type = stream.headers.get("streamtype");
    const port = portOf(stream.headers.get("port"));
    const id = stream.headers.get("requestid") ?? "";
    if ((type !== "data" && type !== "error") || port === null) {
      stream.destroy();
      return;
    }
    const pair = pairs.get(id) ?? {};
    if (pair[type] !== undefined || pairs.size >= limits.portForwardStreamsMax) {
      stream.destroy();
      return;
    }
    pair[type] = stream;
    pairs.set(id, pair);
    stream.once("close", () => {
      if (pair.data?.closed !== false && pair.error?.closed !== false) pairs.delete(id);
    });
    const { data, error } = pair;
    if (data === undefined || error === undefined) return;
    error.resume();
    void forward(context, podKey, port, data, (text) => error.write(text)).then(() => {
      error.end();
      pairs.delete(id);
    });
  });
  await connection.run(head);
}

/** The older form: channels 2n and 2n+1 of one WebSocket for the n-th of the query's ports. */
export function serveForwardChannels(
  context: ApiContext,
  podKey: string,
  ports: readonly number[],
  socket: WebSocket,
  channelOf: (socket: WebSocket, channel: number) => Duplex,
): void {
  for (const [at, port] of ports.entries()) {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    const data = channelOf(socket, 2 * at);
    const error = channelOf(socket, 2 * at + 1);
    // Both channels begin with the port.
    data.write(number);
    error.write(number);
    error.resume();
    void forward(context, podKey, port, data, (text) => error.write(text)).then(() => {
      if (ports.length === 1) socket.close(1000);
    });
  }
}

/** @throws ApiError 400 */
export function portsOf(query: URLSearchParams): number[] {
  const ports = query.getAll("ports").flatMap((text) => text.split(",").map(portOf));
  if (ports.length === 0 || ports.length > 16 || ports.includes(null)) {
    throw apiErrors.badRequest('query parameter "ports" is required: up to 16 ports');
  }
  return ports as number[];
}
