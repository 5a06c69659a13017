/**
 * Commands over WebSocket: v5.channel.k8s.io and v4.channel.k8s.io, one byte of channel before the
 * data (apimachinery, pkg/util/httpstream/wsstream; client-go, remotecommand/v5.go).
 */
import { PassThrough, Writable } from "node:stream";
import type { WebSocket } from "ws";
import { kubernetesApiLimits as limits } from "../../../limits.ts";
import type { ApiContext } from "../context.ts";
import { type ExecRequest, run, terminalSize } from "./execution.ts";
import type { TerminalSize } from "./pod-streams.ts";

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;
const normalClosure = 1000;

function channelOf(socket: WebSocket, channel: number): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (socket.readyState !== socket.OPEN) done(new Error("The connection is closed."));
      else socket.send(Buffer.concat([Buffer.of(channel), chunk]), (error) => done(error));
    },
  });
}

export async function serveExecSocket(
  context: ApiContext,
  request: ExecRequest,
  socket: WebSocket,
): Promise<void> {
  const gone = new AbortController();
  const stdin = request.stdin
    ? new PassThrough({ highWaterMark: limits.streamBufferBytesMax })
    : null;
  const listeners: ((size: TerminalSize) => void)[] = [];
  let lastSize: TerminalSize | null = null;
  stdin?.on("drain", () => socket.resume());
  stdin?.on("error", () => stdin.destroy());
  socket.on("message", (message: Buffer) => {
    const data = message.subarray(1);
    switch (message[0]) {
      case channels.stdin:
        if (stdin !== null && !stdin.writableEnded && !stdin.write(data)) socket.pause();
        break;
      case channels.resize: {
        const size = terminalSize(data.toString());
        if (size === null) break;
        lastSize = size;
        for (const listen of listeners) listen(size);
        break;
      }
      case channels.close:
        if (data[0] === channels.stdin) stdin?.end();
        break;
      default:
    }
  });
  socket.once("close", () => {
    stdin?.end();
    gone.abort(new Error("The client went away."));
  });
  socket.on("error", () => socket.terminate());
  const status = await run(context, request, {
    stdin,
    stdout: request.stdout ? channelOf(socket, channels.stdout) : null,
    stderr: request.stderr ? channelOf(socket, channels.stderr) : null,
    onResize: (listen) => {
      listeners.push(listen);
      if (lastSize !== null) listen(lastSize);
    },
    signal: gone.signal,
  });
  if (socket.readyState !== socket.OPEN) return;
  socket.send(Buffer.concat([Buffer.of(channels.error), Buffer.from(JSON.stringify(status))]));
  socket.close(normalClosure);
  setTimeout(() => socket.terminate(), limits.streamDrainMs).unref();
}
