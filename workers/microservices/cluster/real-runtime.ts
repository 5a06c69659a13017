/** Carries the kubelet's commands to real containers in worker threads, and what becomes of them back. */
import type { Container, Probe } from "kubernetes-types/core/v1";
import type {
  ProbeKind,
  RuntimeCommand,
  RuntimeObservation,
} from "../core/nodes/runtime-messages.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import { type ContainerProbe, keyOf, type RuntimeEvent } from "../pods/container-spec.ts";
import { pullFailure, resolveImage } from "../pods/images/catalogue.ts";
import type { PodRuntime } from "../pods/pod-runtime.ts";
import { type ApiAddress, expand, surroundingsOf } from "./container-environment.ts";

export interface ProbeOutcome {
  readonly kind: ProbeKind;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly ok: boolean;
  readonly message: string;
}

type CommandOf<Kind extends RuntimeCommand["kind"]> = Extract<RuntimeCommand, { kind: Kind }>;
type Reference = Pick<CommandOf<"stop">, "node" | "pod" | "container" | "attempt">;

export class RealRuntime {
  readonly #store: ObjectStore;
  readonly #runtime: PodRuntime;
  readonly #api: ApiAddress;
  readonly #tell: (seen: RuntimeObservation) => void;
  /** What runs, by the runtime's key. */
  readonly #running = new Map<string, Reference>();
  /** What was ever started of a pod, by the container's name; until the pod is forgotten. */
  readonly #started = new Map<string, Map<string, Container>>();
  /** The last outcome of each probe, by the pod's uid. */
  readonly #probed = new Map<string, Map<ProbeOutcome["kind"], ProbeOutcome>>();
  readonly #now: () => number;

  constructor(
    store: ObjectStore,
    runtime: PodRuntime,
    api: ApiAddress,
    now: () => number,
    tell: (seen: RuntimeObservation) => void,
  ) {
    this.#now = now;
    this.#store = store;
    this.#runtime = runtime;
    this.#api = api;
    this.#tell = tell;
  }

  command(command: RuntimeCommand): void {
    switch (command.kind) {
      case "pull":
        this.#pull(command);
        return;
      case "start":
        this.#start(command);
        return;
      case "stop":
        this.#stop(command);
        return;
      case "probe":
        void this.#probe(command);
        return;
      default:
        this.#forget(command.pod);
    }
  }

  /** To be told of the runtime's events. */
  hear(event: RuntimeEvent): void {
    const reference = this.#running.get(event.key);
    if (reference === undefined) return;
    if (event.kind === "started") {
      this.#tell({ ...reference, kind: "started" });
      return;
    }
    this.#running.delete(event.key);
    const { exitCode, reason, message } = event;
    const outOfMemory = reason === "OOMKilled";
    this.#tell({ ...reference, kind: "exited", exitCode, outOfMemory, message: message || null });
  }

  /** Where a port of the pod can be reached on 127.0.0.1; null while nothing listens there. */
  portOf(pod: string, containerPort: number): number | null {
    for (const container of this.#started.get(pod)?.keys() ?? []) {
      const key = keyOf({ podUid: pod, container });
      const address = this.#runtime.address(key, containerPort);
      if (address !== null) return address.port;
    }
    return null;
  }

  /** The last outcome of each of the pod's probes. */
  probesOf(pod: string): Iterable<ProbeOutcome> {
    return this.#probed.get(pod)?.values() ?? [];
  }

  /** The machine under it went off: nobody hears of its end. */
  killPod(pod: string): void {
    for (const container of this.#started.get(pod)?.keys() ?? []) {
      const key = keyOf({ podUid: pod, container });
      this.#running.delete(key);
      this.#runtime.kill(key);
    }
  }

  #pull({ node, pod, container, image }: CommandOf<"pull">): void {
    const reference = { node, pod, container };
    if (resolveImage(image) === null) {
      this.#tell({ ...reference, kind: "pullFailed", message: pullFailure(image) });
    } else {
      this.#tell({ ...reference, kind: "pulled", sizeBytes: null });
    }
  }

  #start(command: CommandOf<"start">): void {
    const { node, pod: uid, container, attempt, namespace, podName, spec, limits } = command;
    const reference = { node, pod: uid, container, attempt };
    const key = keyOf({ podUid: uid, container });
    let started = this.#started.get(uid);
    if (started === undefined) this.#started.set(uid, (started = new Map()));
    started.set(container, spec);
    try {
      const pod = this.#store.require("pods", namespace, podName);
      const { environment, files } = surroundingsOf(this.#store, pod, spec, this.#api);
      const words = (list: readonly string[] | undefined) =>
        list === undefined || list.length === 0
          ? null
          : list.map((word) => expand(word, environment));
      this.#running.set(key, reference);
      this.#runtime.start({
        podUid: uid,
        podName,
        namespace,
        container,
        image: spec.image ?? "",
        command: words(spec.command),
        args: words(spec.args),
        environment,
        ports: spec.ports ?? [],
        limits: { cpuMillicores: limits.cpuMilli, memoryBytes: limits.memoryBytes },
        files,
        stdin: spec.stdin ?? false,
        tty: spec.tty ?? false,
      });
    } catch (error) {
      this.#running.delete(key);
      this.#tell({ ...reference, kind: "startFailed", message: (error as Error).message });
    }
  }

  #stop({ pod, container, attempt, graceMs }: CommandOf<"stop">): void {
    const key = keyOf({ podUid: pod, container });
    if (this.#running.get(key)?.attempt === attempt) this.#runtime.stop(key, graceMs);
  }

  async #probe(command: CommandOf<"probe">): Promise<void> {
    const { node, pod, container, attempt, probe } = command;
    const key = keyOf({ podUid: pod, container });
    const asked = probeOf(command.spec, (name) => this.#portNamed(pod, container, name));
    const { ok, message } =
      asked === null
        ? { ok: false, message: "The probe names no action that is carried out here." }
        : await this.#runtime.probe(key, asked);
    this.#note(pod, { kind: probe, at: this.#now(), ok, message });
    this.#tell({ node, pod, container, attempt, kind: "probed", probe, ok, message });
  }

  #note(pod: string, outcome: ProbeOutcome): void {
    // It may have been forgotten meanwhile.
    if (!this.#started.has(pod)) return;
    let outcomes = this.#probed.get(pod);
    if (outcomes === undefined) this.#probed.set(pod, (outcomes = new Map()));
    outcomes.set(outcome.kind, outcome);
  }

  #portNamed(pod: string, container: string, name: string): number | undefined {
    const ports = this.#started.get(pod)?.get(container)?.ports ?? [];
    return ports.find((port) => port.name === name)?.containerPort;
  }

  #forget(pod: string): void {
    for (const container of this.#started.get(pod)?.keys() ?? []) {
      this.#runtime.forget(keyOf({ podUid: pod, container }));
    }
    this.#started.delete(pod);
    this.#probed.delete(pod);
  }
}

/** null: nothing that a container here can be asked, such as gRPC. */
export function probeOf(
  { httpGet, tcpSocket, exec, timeoutSeconds = 1 }: Probe,
  portNamed: (name: string) => number | undefined,
): ContainerProbe | null {
  const timeoutMs = timeoutSeconds * 1_000;
  const numberOf = (port: string | number): number =>
    typeof port === "number" ? port : (portNamed(port) ?? Number(port));
  if (httpGet !== undefined) {
    const { port, path = "/", httpHeaders = [] } = httpGet;
    const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]));
    return {
      kind: "httpGet",
      containerPort: numberOf(port),
      path: path || "/",
      headers,
      timeoutMs,
    };
  }
  if (tcpSocket !== undefined) {
    return { kind: "tcpSocket", containerPort: numberOf(tcpSocket.port), timeoutMs };
  }
  if (exec !== undefined) return { kind: "exec", command: exec.command ?? [], timeoutMs };
  return null;
}
