/** Runs a command for a client: its streams joined to the command's, and its end as a Status. */
import type { Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";
import { ApiError } from "../../../core/store/api-error.ts";
import { kubernetesApiLimits as limits } from "../../../limits.ts";
import { containerOf } from "../subresources/log.ts";
import type { ApiContext } from "../context.ts";
import { flag } from "../request.ts";
import type { ClientStreams, TerminalSize } from "./pod-streams.ts";
import { apiErrors } from "../../../core/store/api-error.ts";

/** A client's streams, in whatever protocol it speaks. */
export interface ExecClient extends ClientStreams {
  readonly onResize: (listen: (size: TerminalSize) => void) => void;
  readonly signal: AbortSignal;
}

export interface ExecRequest {
  readonly kind: "exec" | "attach";
  readonly podKey: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** @throws ApiError 400, 404 */
export function execRequest(
  { store }: ApiContext,
  kind: "exec" | "attach",
  namespace: string,
  name: string,
  query: URLSearchParams,
): ExecRequest {
  const pod = store.require("pods", namespace, name);
  const { phase } = pod.status ?? {};
  if (phase === "Succeeded" || phase === "Failed") {
    throw apiErrors.badRequest(
      `cannot ${kind} a container in a completed pod; current phase is ${phase}`,
    );
  }
  const container = containerOf(pod, query.get("container"));
  if (!pod.spec?.nodeName) throw apiErrors.badRequest(`pod ${name} does not have a host assigned`);
  const command = query.getAll("command");
  if (kind === "exec" && command.length === 0) {
    throw apiErrors.badRequest("you must specify at least one command for the container");
  }
  if (command.length > limits.execArgumentsMax) {
    throw apiErrors.badRequest(`a command may have ${limits.execArgumentsMax} words`);
  }
  const tty = flag(query, "tty");
  const request: ExecRequest = {
    kind,
    podKey: `${namespace}/${name}`,
    container,
    command,
    tty,
    stdin: flag(query, "stdin"),
    stdout: flag(query, "stdout"),
    // A terminal has one stream.
    stderr: flag(query, "stderr") && !tty,
  };
  if (!request.stdin && !request.stdout && !request.stderr) {
    throw apiErrors.badRequest("you must specify at least 1 of stdin, stdout, stderr");
  }
  return request;
}

/** metav1.Status as remotecommand's v4 protocol sends it at the end. */
export type EndStatus = Readonly<Record<string, unknown>>;

function exited(code: number): EndStatus {
  if (code === 0) return { metadata: {}, status: "Success" };
  return {
    metadata: {},
    status: "Failure",
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: String(code) }] },
  };
}

function failed(error: unknown): EndStatus {
  if (error instanceof ApiError) return { ...error.status };
  const message = error instanceof Error ? error.message : "the command could not be run";
  return { metadata: {}, status: "Failure", message, reason: "InternalError", code: 500 };
}

async function copy(source: Readable | null, target: Writable | null): Promise<void> {
  if (source === null) return;
  if (target === null) {
    source.resume();
    await finished(source).catch(() => undefined);
    return;
  }
  await pipeline(source, target).catch(() => undefined);
}

/** Runs it to its end. Never rejects. */
export async function run(
  { streams }: ApiContext,
  { kind, podKey, container, command, tty }: ExecRequest,
  client: ExecClient,
): Promise<EndStatus> {
  try {
    const { stdin, onResize, signal } = client;
    const options = { container, tty, stdin, onResize, signal };
    const execution =
      kind === "exec"
        ? await streams.exec(podKey, { ...options, command })
        : await streams.attach(podKey, options);
    const output = Promise.all([
      copy(execution.stdout, client.stdout),
      copy(execution.stderr, client.stderr),
    ]);
    const code = await execution.done;
    await output;
    return exited(code);
  } catch (error) {
    return failed(error);
  }
}

/** `{"Width":80,"Height":24}` of the resize channel; null for anything else. */
export function terminalSize(text: string): TerminalSize | null {
  try {
    const { Width: width, Height: height } = JSON.parse(text) as {
      Width: unknown;
      Height: unknown;
    };
    const isSize = (value: unknown): value is number =>
      Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < 65_536;
    return isSize(width) && isSize(height) ? { width, height } : null;
  } catch {
    return null;
  }
}
