/** Commands over SPDY/3.1, as kubectl up to 1.30 runs them (kubelet, cri/streaming/remotecommand). */
import type { Duplex } from "node:stream";
import { kubernetesApiLimits as limits } from "../../../limits.ts";
import type { ApiContext } from "../context.ts";
import { type ExecRequest, run, terminalSize } from "./execution.ts";
import type { TerminalSize } from "./pod-streams.ts";
import { SpdyConnection, type SpdyStream } from "./spdy/connection.ts";

/** How long a client may take to open the streams that it spoke of. */
const openTimeoutMs = 30_000;

function expectedOf({ stdin, stdout, stderr, tty }: ExecRequest): Set<string> {
  const expected = new Set(["error"]);
  if (stdin) expected.add("stdin");
  if (stdout) expected.add("stdout");
  if (stderr) expected.add("stderr");
  if (tty) expected.add("resize");
  return expected;
}

export async function serveExecSpdy(
  context: ApiContext,
  request: ExecRequest,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const expected = expectedOf(request);
  const opened = new Map<string, SpdyStream>();
  const gone = new AbortController();
  let begin: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const connection = new SpdyConnection(socket, (stream) => {
    const type = stream.headers.get("streamtype") ?? "";
    if (!expected.has(type) || opened.has(type)) {
      stream.destroy();
      return;
    }
    opened.set(type, stream);
    if (opened.size === expected.size) begin();
  });
  const timer = setTimeout(() => connection.close(), openTimeoutMs);
  const ended = connection.run(head).then(() => gone.abort(new Error("The client went away.")));
  await Promise.race([ready, ended]);
  clearTimeout(timer);
  if (gone.signal.aborted) return;
  const stream = (type: string): SpdyStream | null => opened.get(type) ?? null;
  const status = await run(context, request, {
    stdin: stream("stdin"),
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    onResize: (listen) => readSizes(stream("resize"), listen),
    signal: gone.signal,
  });
  await new Promise<void>((resolve) => {
    const error = stream("error")!;
    error.once("close", () => resolve());
    error.end(JSON.stringify(status), () => resolve());
  });
  // The client closes when it has read everything; one that does not is not waited for.
  setTimeout(() => connection.close(), limits.streamDrainMs).unref();
  connection.end();
  await ended;
}

/** Sizes come as one JSON object after another. */
function readSizes(stream: SpdyStream | null, listen: (size: TerminalSize) => void): void {
  let rest = "";
  stream?.on("data", (chunk: Buffer) => {
    rest = (rest + chunk.toString()).slice(-1_024);
    for (let end = rest.indexOf("}"); end >= 0; end = rest.indexOf("}")) {
      const size = terminalSize(rest.slice(0, end + 1));
      rest = rest.slice(end + 1);
      if (size !== null) listen(size);
    }
  });
}
