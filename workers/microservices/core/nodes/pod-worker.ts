/** What the kubelet does about one pod: containers in their order, deadlines, the end. */
import type { Container } from "kubernetes-types/core/v1";
import type { ObjectOf } from "../store/objects.ts";
import { ContainerRun, type KubeletContext } from "./container-run.ts";
import type { ContainerRef, RuntimeObservation } from "./runtime-messages.ts";

type Pod = ObjectOf<"pods">;

const deadlineMessage = "Pod was active on the node longer than the specified deadline";

export class PodWorker {
  pod: Pod;
  readonly node: string;
  readonly startedAt: number;
  readonly podIP: string;
  readonly hostIP: string;
  readonly init: readonly ContainerRun[];
  readonly main: readonly ContainerRun[];
  /** Why the pod was ended before its time; it will be Failed. */
  failure: { readonly reason: string; readonly message: string } | null = null;
  /** Everything is told and nothing runs any more. */
  finished = false;
  #endsAt = Number.POSITIVE_INFINITY;

  constructor(pod: Pod, startedAt: number, podIP: string, hostIP: string) {
    this.pod = pod;
    this.node = pod.spec!.nodeName!;
    this.startedAt = startedAt;
    this.podIP = podIP;
    this.hostIP = hostIP;
    const { initContainers = [], containers } = pod.spec!;
    const waiting = initContainers.length > 0 ? "PodInitializing" : "ContainerCreating";
    this.init = initContainers.map(
      (spec) =>
        new ContainerRun(spec, spec.restartPolicy === "Always" ? "sidecar" : "init", waiting),
    );
    this.main = containers.map((spec: Container) => new ContainerRun(spec, "main", waiting));
    const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
    const told = [...initContainerStatuses, ...containerStatuses];
    for (const run of this.runs) {
      const status = told.find(({ name }) => name === run.spec.name);
      if (status !== undefined) run.resume(status, startedAt);
    }
  }

  /** As the kubelet names a pod: web_default(uid). */
  get title(): string {
    const { name, namespace, uid } = this.pod.metadata;
    return `${name}_${namespace}(${uid})`;
  }

  get graceSeconds(): number {
    return (
      this.pod.metadata.deletionGracePeriodSeconds ??
      this.pod.spec?.terminationGracePeriodSeconds ??
      30
    );
  }

  get runs(): readonly ContainerRun[] {
    return this.init.length === 0 ? this.main : [...this.init, ...this.main];
  }

  /** False once the pod is on its way out. */
  get wantsContainers(): boolean {
    return (
      this.pod.metadata.deletionTimestamp === undefined && this.failure === null && !this.isDone
    );
  }

  /** Every container has done what it had to, well or not. */
  get isDone(): boolean {
    if (this.main.some((run) => run.phase !== "exited" || this.restarts(run))) {
      return this.#initFailed;
    }
    return true;
  }

  get #initFailed(): boolean {
    return this.init.some(
      (run) =>
        run.role === "init" && run.phase === "exited" && run.exitCode !== 0 && !this.restarts(run),
    );
  }

  get succeeded(): boolean {
    return (
      this.failure === null &&
      !this.#initFailed &&
      this.main.every(({ exitCode }) => exitCode === 0)
    );
  }

  get initialized(): boolean {
    return this.init.every((run) =>
      run.role === "sidecar" ? run.started || run.attempt > 1 : run.exitCode === 0,
    );
  }

  get anyLive(): boolean {
    return this.runs.some(({ isLive }) => isLive);
  }

  get dueAt(): number {
    if (this.finished) return Number.POSITIVE_INFINITY;
    let due = this.wantsContainers ? this.#deadline : Number.POSITIVE_INFINITY;
    for (const run of this.runs) {
      if (this.wantsContainers || run.isLive) due = Math.min(due, run.dueAt);
    }
    return due;
  }

  refOf({ spec: { name } }: ContainerRun): ContainerRef {
    return { node: this.node, pod: this.pod.metadata.uid, container: name };
  }

  containerId({ spec, attempt }: ContainerRun): string {
    return `demo://${this.pod.metadata.uid}/${spec.name}/${attempt}`;
  }

  /** Whether the container, having ended, is started again. */
  restarts({ role, exitCode }: ContainerRun): boolean {
    if (role === "sidecar") return true;
    const policy = this.pod.spec?.restartPolicy ?? "Always";
    if (role === "init") return exitCode !== 0 && policy !== "Never";
    return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
  }

  hear(seen: RuntimeObservation, context: KubeletContext): void {
    if (!("container" in seen)) return;
    this.runs.find(({ spec }) => spec.name === seen.container)?.hear(seen, this, context);
  }

  /** Does what is due. */
  sync(context: KubeletContext): void {
    if (this.finished) return;
    if (this.wantsContainers && this.#deadline <= context.now) {
      this.failure = { reason: "DeadlineExceeded", message: deadlineMessage };
      context.event("Normal", "DeadlineExceeded", deadlineMessage);
    }
    if (!this.wantsContainers) {
      this.stopContainers(context);
      return;
    }
    for (const run of this.init) {
      if (run.role === "init" && run.exitCode === 0 && run.phase === "exited") continue;
      if (!run.isLive) run.begin(this, context);
      run.probe(this, context);
      // The next one waits for it: for its end, or of a sidecar for its start.
      if (run.role === "init" || !(run.started || run.attempt > 1)) return;
    }
    for (const run of this.main) {
      if (!run.isLive && (run.phase !== "exited" || this.restarts(run))) run.begin(this, context);
      run.probe(this, context);
    }
  }

  /** Main containers first, then sidecars, the last one first. */
  stopContainers(context: KubeletContext): void {
    const graceMs = this.graceSeconds * 1_000;
    const shortest = Math.min(this.#endsAt, context.now + graceMs);
    this.#endsAt = shortest;
    const leftMs = Math.max(0, shortest - context.now);
    const stop = (run: ContainerRun): void =>
      run.stop(leftMs, `Stopping container ${run.spec.name}`, this, context);
    const others = this.runs.filter(({ role, isLive }) => role !== "sidecar" && isLive);
    for (const run of others) stop(run);
    if (others.length > 0) return;
    const sidecar = this.init.findLast(({ isLive }) => isLive);
    if (sidecar) stop(sidecar);
  }

  get #deadline(): number {
    const seconds = this.pod.spec?.activeDeadlineSeconds;
    return seconds === undefined ? Number.POSITIVE_INFINITY : this.startedAt + seconds * 1_000;
  }
}
