/** Carries the kubelet's commands to real containers in worker threads, and what becomes of them back. */
import type { Container, Probe } from "kubernetes-types/core/v1";
import type {
  ProbeKind,
  RuntimeCommand,
  RuntimeObservation,
} from "../core/nodes/runtime-messages.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import { clusterLoopLimits } from "../limits.ts";
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

export interface RealRuntimeHost {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly tell: (seen: RuntimeObservation) => void;
  /** A server is about to end: no request should go to it any more. */
  readonly onEnding: () => void;
  /** A container listens (null: nowhere); it counts as started when this resolves (null: at once). */
  readonly onListening: (
    pod: { readonly uid: string; readonly namespace: string; readonly name: string },
    containerPort: number | null,
    port: number | null,
  ) => Promise<void> | null;
}

type CommandOf<Kind extends RuntimeCommand["kind"]> = Extract<RuntimeCommand, { kind: Kind }>;
type Reference = Pick<CommandOf<"stop">, "node" | "pod" | "container" | "attempt">;
type Started = Extract<RuntimeEvent, { kind: "started" }>;

export class RealRuntime {
  readonly #store: ObjectStore;
  readonly #runtime: PodRuntime;
  readonly #api: ApiAddress;
  /** What runs, by the runtime's key. */
  readonly #running = new Map<string, Reference & { namespace: string; podName: string }>();
  /** What was ever started of a pod, by the container's name; until the pod is forgotten. */
  readonly #started = new Map<string, Map<string, Container>>();
  /** The last outcome of each probe, by the pod's uid. */
  readonly #probed = new Map<string, Map<ProbeOutcome["kind"], ProbeOutcome>>();
  /** Servers that are about to be told to end, by the runtime's key. */
  readonly #ending = new Map<string, NodeJS.Timeout>();
  readonly #host: RealRuntimeHost;

  constructor(store: ObjectStore, runtime: PodRuntime, api: ApiAddress, host: RealRuntimeHost) {
    this.#store = store;
    this.#runtime = runtime;
    this.#api = api;
    this.#host = host;
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
      this.#listens(event);
      return;
    }
    this.#running.delete(event.key);
    this.#endDrain(event.key);
    const { exitCode, reason, message } = event;
    const outOfMemory = reason === "OOMKilled";
    this.#host.tell({
      ...bare(reference),
      kind: "exited",
      exitCode,
      outOfMemory,
      message: message || null,
    });
  }

  #listens({ key, containerPort, port }: Started): void {
    const reference = this.#running.get(key)!;
    const { pod: uid, namespace, podName: name } = reference;
    const tell = () => this.#host.tell({ ...bare(reference), kind: "started" });
    const open = this.#host.onListening({ uid, namespace, name }, containerPort, port);
    if (open === null) tell();
    else {
      void open.then(() => {
        // It may have ended meanwhile, and nobody is told of a start after the end.
        if (this.#running.get(key) === reference) tell();
      });
    }
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

  /** Its server still answers, and is about to be told to end. */
  isEnding(pod: string): boolean {
    if (this.#ending.size === 0) return false;
    for (const container of this.#started.get(pod)?.keys() ?? []) {
      if (this.#ending.has(keyOf({ podUid: pod, container }))) return true;
    }
    return false;
  }

  close(): void {
    for (const timer of this.#ending.values()) clearTimeout(timer);
    this.#ending.clear();
  }

  /** The last outcome of each of the pod's probes. */
  probesOf(pod: string): Iterable<ProbeOutcome> {
    return this.#probed.get(pod)?.values() ?? [];
  }

  /** Its machine went off, or it is gone: nobody hears of its end. */
  killPod(pod: string): void {
    for (const container of this.#started.get(pod)?.keys() ?? []) {
      const key = keyOf({ podUid: pod, container });
      this.#running.delete(key);
      this.#endDrain(key);
      this.#runtime.kill(key);
    }
  }

  #pull({ node, pod, container, image }: CommandOf<"pull">): void {
    const reference = { node, pod, container };
    if (resolveImage(image) === null) {
      this.#host.tell({ ...reference, kind: "pullFailed", message: pullFailure(image) });
    } else {
      this.#host.tell({ ...reference, kind: "pulled", sizeBytes: null });
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
      this.#running.set(key, { ...reference, namespace, podName });
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
      this.#host.tell({ ...reference, kind: "startFailed", message: (error as Error).message });
    }
  }

  #stop({ pod, container, attempt, graceMs }: CommandOf<"stop">): void {
    const key = keyOf({ podUid: pod, container });
    if (this.#running.get(key)?.attempt !== attempt) return;
    this.#endDrain(key);
    const { endpointDrainMs } = clusterLoopLimits;
    if (graceMs <= endpointDrainMs || this.#runtime.address(key) === null) {
      this.#runtime.stop(key, graceMs);
      return;
    }
    // Requests are on their way to it: it goes on answering until nobody sends it more.
    const timer = setTimeout(() => {
      this.#ending.delete(key);
      this.#runtime.stop(key, graceMs - endpointDrainMs);
    }, endpointDrainMs);
    this.#ending.set(key, timer);
    this.#host.onEnding();
  }

  #endDrain(key: string): void {
    clearTimeout(this.#ending.get(key));
    this.#ending.delete(key);
  }

  async #probe(command: CommandOf<"probe">): Promise<void> {
    const { node, pod, container, attempt, probe } = command;
    const key = keyOf({ podUid: pod, container });
    const asked = probeOf(command.spec, (name) => this.#portNamed(pod, container, name));
    const { ok, message } =
      asked === null
        ? { ok: false, message: "The probe names no action that is carried out here." }
        : await this.#runtime.probe(key, asked);
    this.#note(pod, { kind: probe, at: this.#host.now(), ok, message });
    this.#host.tell({ node, pod, container, attempt, kind: "probed", probe, ok, message });
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

  /** A pod that was deleted by force may run on: then it ends with it. */
  #forget(pod: string): void {
    this.killPod(pod);
    for (const container of this.#started.get(pod)?.keys() ?? []) {
      this.#runtime.forget(keyOf({ podUid: pod, container }));
    }
    this.#started.delete(pod);
    this.#probed.delete(pod);
  }
}

function bare({ node, pod, container, attempt }: Reference): Reference {
  return { node, pod, container, attempt };
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
