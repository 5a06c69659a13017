/** Pods for tests: their commands are this machine's programs, their ports a local server's. */
import { spawn } from "node:child_process";
import { connect } from "node:net";
import type { Execution, ExecOptions, LogLine, PodStreams } from "../streams/pod-streams.ts";

/** Every pod has these lines. */
export const logLines: readonly LogLine[] = Array.from({ length: 20 }, (_, at) => ({
  atMs: Date.UTC(2026, 0, 1, 0, 0, at),
  text: `line ${at + 1}`,
}));

function run(
  command: readonly string[],
  { stdin, signal }: Pick<ExecOptions, "stdin" | "signal">,
): Execution {
  const child = spawn(command[0]!, command.slice(1), { signal });
  if (stdin === null) child.stdin.end();
  else stdin.pipe(child.stdin);
  child.stdin.on("error", () => child.stdin.destroy());
  const done = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 137));
  });
  return { stdout: child.stdout, stderr: child.stderr, done };
}

/** @param ports where a pod's ports are found on this machine */
export function localStreams(ports: ReadonlyMap<number, number>): PodStreams {
  return {
    async *logs(_pod, { tailLines, sinceMs, follow }, signal) {
      const since = logLines.filter(({ atMs }) => sinceMs === undefined || atMs >= sinceMs);
      yield* tailLines === undefined ? since : since.slice(since.length - tailLines);
      if (!follow) return;
      yield { atMs: Date.UTC(2026, 0, 2), text: "and one more" };
      signal.throwIfAborted();
    },
    exec: (_pod, { command, stdin, signal }) => run(command, { stdin, signal }),
    attach: (_pod, { stdin, signal }) => run(["echo", "attached"], { stdin, signal }),
    connect(_pod, port) {
      const local = ports.get(port);
      if (local === undefined) throw new Error(`connection refused: nothing listens on ${port}`);
      return connect(local, "127.0.0.1");
    },
  };
}
