/** Probes of a container: an HTTP request, a connection, or a command in it. */
import type { ContainerProbe } from "./container-spec.ts";
import { probeHttp, probeTcp, type ProbeOutcome } from "./probe.ts";
import type { ProcessSession } from "./process-session.ts";

export interface ProbeTarget {
  /** The real port behind a container's port; null: nothing listens there. */
  readonly portOf: (containerPort: number) => number | null;
  readonly exec: (command: readonly string[]) => ProcessSession;
}

const outputBytesMax = 10 * 1024;

export function probeContainer(probe: ContainerProbe, target: ProbeTarget): Promise<ProbeOutcome> {
  if (probe.kind === "exec") return probeByCommand(probe, target);
  const port = target.portOf(probe.containerPort);
  if (port === null) {
    const refused = `dial tcp 127.0.0.1:${probe.containerPort}: connect: connection refused`;
    const message =
      probe.kind === "httpGet"
        ? `Get "http://127.0.0.1:${probe.containerPort}${probe.path}": ${refused}`
        : refused;
    return Promise.resolve({ ok: false, message });
  }
  return probe.kind === "httpGet"
    ? probeHttp("127.0.0.1", port, probe.path, probe.timeoutMs, probe.headers)
    : probeTcp("127.0.0.1", port, probe.timeoutMs);
}

async function probeByCommand(
  { command, timeoutMs }: Extract<ContainerProbe, { kind: "exec" }>,
  { exec }: ProbeTarget,
): Promise<ProbeOutcome> {
  const session = exec(command);
  session.stdin.end();
  let output = "";
  const take = (chunk: Buffer) => {
    if (output.length < outputBytesMax) output += chunk.toString("utf8");
  };
  session.stdout.on("data", take);
  session.stderr.on("data", take);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    session.kill();
  }, timeoutMs);
  const exitCode = await session.exitCode;
  clearTimeout(timer);
  if (late) {
    return { ok: false, message: `command "${command.join(" ")}" timed out after ${timeoutMs} ms` };
  }
  return { ok: exitCode === 0, message: output.trim() };
}
