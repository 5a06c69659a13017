/** Logs, commands and connections of real pods, as the API server asks for them. */
import type { Duplex } from "node:stream";
import { apiErrors } from "../core/store/api-error.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import type { ObjectOf } from "../core/store/objects.ts";
import { keyOf, PodRuntimeError } from "../pods/container-spec.ts";
import type { PodRuntime } from "../pods/pod-runtime.ts";
import type { ProcessSession } from "../pods/process-session.ts";
import type {
  AttachOptions,
  ExecOptions,
  Execution,
  LogLine,
  LogOptions,
  PodStreams,
} from "../protocols/kubernetes/streams/pod-streams.ts";
import type { RealRuntime } from "./real-runtime.ts";
import { connect } from "node:net";

type Pod = ObjectOf<"pods">;

const defaultContainer = "kubectl.kubernetes.io/default-container";

export class ClusterStreams implements PodStreams {
  readonly #store: ObjectStore;
  readonly #runtime: PodRuntime;
  readonly #real: RealRuntime;

  constructor(store: ObjectStore, runtime: PodRuntime, real: RealRuntime) {
    this.#store = store;
    this.#runtime = runtime;
    this.#real = real;
  }

  async *logs(
    podKey: string,
    { container, follow, previous, tailLines, sinceMs }: LogOptions,
    signal: AbortSignal,
  ): AsyncIterable<LogLine> {
    const pod = this.#pod(podKey);
    const key = this.#key(pod, container);
    const options = { follow, previous, tailLines, sinceMs, timestamps: true, signal };
    try {
      for await (const line of this.#runtime.logs(key, options)) {
        const space = line.indexOf(" ");
        yield { atMs: Date.parse(line.slice(0, space)), text: line.slice(space + 1).trimEnd() };
      }
    } catch (error) {
      throw this.#worded(error, pod, container);
    }
  }

  exec(podKey: string, options: ExecOptions): Execution {
    const { container, command, tty } = options;
    return this.#session(podKey, options, (key) => this.#runtime.exec(key, command, { tty }))(
      container,
    );
  }

  attach(podKey: string, options: AttachOptions): Execution {
    return this.#session(podKey, options, (key) => this.#runtime.attach(key))(options.container);
  }

  connect(podKey: string, port: number): Duplex {
    const pod = this.#pod(podKey);
    const real = this.#real.portOf(pod.metadata.uid, port);
    if (real === null) {
      throw apiErrors.badRequest(
        `failed to connect to localhost:${port} inside pod ${podKey}: connection refused`,
      );
    }
    return connect(real, "127.0.0.1");
  }

  #session(
    podKey: string,
    { tty, stdin, signal }: AttachOptions,
    open: (key: string) => ProcessSession,
  ) {
    return (container: string | undefined): Execution => {
      const pod = this.#pod(podKey);
      let session: ProcessSession;
      try {
        session = open(this.#key(pod, container));
      } catch (error) {
        throw this.#worded(error, pod, container);
      }
      signal.addEventListener("abort", () => session.kill(), { once: true });
      if (stdin === null) session.stdin.end();
      else stdin.pipe(session.stdin);
      const stderr = tty ? null : session.stderr;
      return { stdout: session.stdout, stderr, done: session.exitCode };
    };
  }

  /** @throws ApiError 404 */
  #pod(podKey: string): Pod {
    const [namespace, name = ""] = podKey.split("/");
    return this.#store.require("pods", namespace, name);
  }

  /** @throws ApiError 400 */
  #key({ metadata, spec }: Pod, asked: string | undefined): string {
    const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
    const name = asked ?? metadata.annotations?.[defaultContainer] ?? containers[0]?.name ?? "";
    if (!containers.some((container) => container.name === name)) {
      throw apiErrors.badRequest(`container ${name} is not valid for pod ${metadata.name}`);
    }
    return keyOf({ podUid: metadata.uid, container: name });
  }

  #worded(error: unknown, { metadata, spec, status }: Pod, container: string | undefined): unknown {
    if (!(error instanceof PodRuntimeError)) return error;
    const name = container ?? spec?.containers[0]?.name ?? "";
    if (error.reason === "Full") return apiErrors.tooManyRequests(error.message);
    if (error.message.startsWith("previous")) return apiErrors.badRequest(error.message);
    const state = status?.containerStatuses?.find((each) => each.name === name)?.state;
    const why = state?.waiting?.reason ?? "it is simulated and writes nothing";
    return apiErrors.badRequest(
      `container "${name}" in pod "${metadata.name}" is waiting to start: ${why}`,
    );
  }
}
