/** One container's life on a node: pulled, started, probed, ended, started again after a pause. */
import { strict as assert } from "node:assert";
import type { Container, ContainerState, ContainerStatus, Probe } from "kubernetes-types/core/v1";
import { kubernetesDefaults } from "../../limits.ts";
import { amountOfResource } from "../scheduling/quantity.ts";
import { timeText } from "../store/objects.ts";
import type { PodWorker } from "./pod-worker.ts";
import type { ProbeKind, RuntimeCommand, RuntimeObservation } from "./runtime-messages.ts";

/** How the kubelet's parts reach the world. */
export interface KubeletContext {
  readonly now: number;
  readonly command: (command: RuntimeCommand) => void;
  readonly event: (type: "Normal" | "Warning", reason: string, message: string) => void;
  /** Images that the node has. */
  readonly images: Set<string>;
  readonly watchesProbes: boolean;
}

interface ProbeRun {
  readonly kind: ProbeKind;
  readonly spec: Probe;
  running: boolean;
  nextAt: number;
  successes: number;
  failures: number;
}

/** The kubelet notices what happened to containers this often (PLEG relist). */
const relistMs = 1_000;
const never = Number.POSITIVE_INFINITY;

export type RunPhase =
  | "idle"
  | "pulling"
  | "pullWait"
  | "starting"
  | "running"
  | "stopping"
  | "exited";

export class ContainerRun {
  readonly spec: Container;
  readonly role: "main" | "init" | "sidecar";
  phase: RunPhase = "idle";
  attempt = 0;
  restarts = 0;
  state: ContainerState;
  last: ContainerState | undefined;
  exitCode: number | null = null;
  ready = false;
  /** Running, and its startup probe has passed. */
  started = false;
  /** When the pull or the restart is due. */
  retryAt = never;
  #startedAt = 0;
  #pullingSince = 0;
  #pullError = "";
  #pullBackOffMs = 0;
  #crashBackOffMs = 0;
  /** When the stop that was asked for last kills. */
  #stopBy = never;
  #probes: ProbeRun[] = [];

  constructor(spec: Container, role: ContainerRun["role"], waitingReason: string) {
    this.spec = spec;
    this.role = role;
    this.state = { waiting: { reason: waitingReason } };
  }

  /** A server is there, or about to be. */
  get isLive(): boolean {
    return this.phase === "starting" || this.phase === "running" || this.phase === "stopping";
  }

  get dueAt(): number {
    let due = this.retryAt;
    if (this.phase === "running") {
      for (const probe of this.#probes) if (this.#runs(probe)) due = Math.min(due, probe.nextAt);
    }
    return due;
  }

  /**
   * Its kubelet is another one than the one that told this, and what ran is gone: the next start is a
   * restart, and what was lost is the last state, as after a reboot of the machine.
   */
  resume(told: ContainerStatus, now: number): void {
    const { restartCount, state = {}, lastState = {}, containerID } = told;
    if (containerID === undefined) return;
    // A sidecar that was restarted lets the others begin: this one has not begun yet.
    this.attempt = this.role === "sidecar" ? 0 : restartCount + 1;
    this.restarts = this.role === "sidecar" ? restartCount + 1 : restartCount;
    if (state.running === undefined) {
      const last = state.terminated === undefined ? lastState : state;
      if (Object.keys(last).length > 0) this.last = last;
      return;
    }
    const lost = { exitCode: 255, reason: "Unknown", containerID, finishedAt: timeText(now) };
    this.last = { terminated: { ...state.running, ...lost } };
  }

  /** Brings the container nearer to running: pulls what is missing, or starts it. */
  begin(pod: PodWorker, context: KubeletContext): void {
    if (this.phase === "exited") this.phase = "idle";
    if (this.phase !== "idle" && this.phase !== "pullWait") return;
    if (this.retryAt !== never && this.retryAt > context.now) return;
    if (this.phase === "pullWait" && this.state.waiting?.reason === "ErrImagePull") {
      this.#waitToPull(context);
      return;
    }
    this.retryAt = never;
    const image = this.spec.image ?? "";
    const policy = this.spec.imagePullPolicy ?? defaultPullPolicy(image);
    if (policy === "Always" || !context.images.has(image)) {
      if (policy === "Never") {
        const message = `Container image "${image}" is not present with pull policy of Never`;
        this.#waitFor("ErrImageNeverPull", message, context);
        return;
      }
      this.phase = "pulling";
      this.#pullingSince = context.now;
      context.event("Normal", "Pulling", `Pulling image "${image}"`);
      const { annotations = {} } = pod.pod.metadata;
      context.command({ kind: "pull", image, annotations, ...pod.refOf(this) });
      return;
    }
    const present = `Container image "${image}" already present on machine`;
    context.event("Normal", "Pulled", present);
    this.#start(pod, context);
  }

  hear(seen: RuntimeObservation, pod: PodWorker, context: KubeletContext): void {
    if ("attempt" in seen && seen.attempt !== this.attempt) return;
    if (seen.kind === "pulled" || seen.kind === "pullFailed") {
      if (this.phase === "pulling") this.#heardOfPull(seen, pod, context);
    } else if (seen.kind === "started") {
      if (this.phase === "starting") this.#heardStart(pod, context);
    } else if (seen.kind === "startFailed") {
      context.event("Warning", "Failed", `Error: ${seen.message}`);
      this.#ended(128, "StartError", seen.message, pod, context);
    } else if (seen.kind === "exited") {
      const reason = seen.outOfMemory ? "OOMKilled" : seen.exitCode === 0 ? "Completed" : "Error";
      this.#ended(seen.exitCode, reason, seen.message, pod, context);
    } else if (this.phase === "running") this.#heardProbe(seen, pod, context);
  }

  /** The machine went away under it. */
  lose(pod: PodWorker, context: KubeletContext): void {
    if (this.phase === "pulling") this.phase = "idle";
    if (this.isLive) this.#ended(255, "Unknown", null, pod, context);
  }

  stop(graceMs: number, why: string, pod: PodWorker, context: KubeletContext): void {
    const stopBy = context.now + graceMs;
    if (!this.isLive || stopBy >= this.#stopBy) return;
    if (this.#stopBy === never) context.event("Normal", "Killing", why);
    this.#stopBy = stopBy;
    this.phase = "stopping";
    this.ready = false;
    const { attempt } = this;
    context.command({ kind: "stop", graceMs, attempt, ...pod.refOf(this) });
  }

  /** Sends the probes that are due. */
  probe(pod: PodWorker, context: KubeletContext): void {
    if (this.phase !== "running") return;
    for (const probe of this.#probes) {
      if (!this.#runs(probe) || probe.nextAt > context.now) continue;
      probe.running = true;
      const watch = context.watchesProbes;
      probe.nextAt = watch ? never : context.now + (probe.spec.periodSeconds ?? 10) * 1_000;
      const { kind, spec } = probe;
      const { attempt } = this;
      const { podIP } = pod;
      context.command({
        kind: "probe",
        probe: kind,
        spec,
        podIP,
        watch,
        attempt,
        ...pod.refOf(this),
      });
    }
  }

  /** Readiness and liveness wait for the startup probe. */
  #runs({ kind, running }: ProbeRun): boolean {
    return !running && (kind === "startup" ? !this.started : this.started);
  }

  /** What ended stays to be seen as the last state. */
  #become(state: ContainerState): void {
    if (this.state.terminated) this.last = this.state;
    this.state = state;
  }

  #waitToPull(context: KubeletContext): void {
    const image = this.spec.image ?? "";
    const message = `Back-off pulling image "${image}"`;
    context.event("Normal", "BackOff", message);
    context.event("Warning", "Failed", "Error: ImagePullBackOff");
    this.state = {
      waiting: {
        reason: "ImagePullBackOff",
        message: `${message}: ErrImagePull: ${this.#pullError}`,
      },
    };
    this.retryAt = context.now - relistMs + this.#pullBackOffMs;
  }

  #waitFor(reason: string, message: string, context: KubeletContext): void {
    if (this.state.waiting?.reason !== reason) context.event("Warning", reason, message);
    this.phase = "pullWait";
    this.#become({ waiting: { reason, message } });
    this.retryAt = context.now + kubernetesDefaults.backOffFirstMs;
  }

  #heardOfPull(
    seen: Extract<RuntimeObservation, { kind: "pulled" | "pullFailed" }>,
    pod: PodWorker,
    context: KubeletContext,
  ): void {
    const image = this.spec.image ?? "";
    if (seen.kind === "pullFailed") {
      this.#pullError = seen.message;
      context.event("Warning", "Failed", `Failed to pull image "${image}": ${seen.message}`);
      context.event("Warning", "Failed", "Error: ErrImagePull");
      this.phase = "pullWait";
      this.#become({ waiting: { reason: "ErrImagePull", message: seen.message } });
      this.#pullBackOffMs = nextBackOffMs(this.#pullBackOffMs);
      this.retryAt = context.now + relistMs;
      return;
    }
    const took = secondsText(context.now - this.#pullingSince);
    const size = seen.sizeBytes === null ? "" : ` Image size: ${seen.sizeBytes} bytes.`;
    const message = `Successfully pulled image "${image}" in ${took} (${took} including waiting).${size}`;
    context.event("Normal", "Pulled", message);
    context.images.add(image);
    this.#pullBackOffMs = 0;
    this.phase = "idle";
    if (pod.wantsContainers) this.#start(pod, context);
  }

  #start(pod: PodWorker, context: KubeletContext): void {
    assert(!this.isLive, "A container is started once at a time");
    this.phase = "starting";
    this.attempt++;
    if (this.attempt > 1) this.restarts++;
    this.#stopBy = never;
    this.exitCode = null;
    context.event("Normal", "Created", `Created container: ${this.spec.name}`);
    const { labels = {}, annotations = {}, name: podName, namespace = "" } = pod.pod.metadata;
    const { attempt, spec } = this;
    const limits = {
      cpuMilli: limitOf(spec, "cpu"),
      memoryBytes: limitOf(spec, "memory"),
    };
    const { podIP } = pod;
    const what = { namespace, podName, podIP, labels, annotations, spec, limits, attempt };
    context.command({ kind: "start", ...what, ...pod.refOf(this) });
  }

  #heardStart(pod: PodWorker, context: KubeletContext): void {
    const { spec } = this;
    this.phase = "running";
    this.#startedAt = context.now;
    this.#become({ running: { startedAt: timeText(context.now) } });
    context.event("Normal", "Started", `Started container ${spec.name}`);
    this.started = spec.startupProbe === undefined;
    this.ready = this.started && spec.readinessProbe === undefined;
    const probes = [
      ["startup", spec.startupProbe],
      ["readiness", spec.readinessProbe],
      ["liveness", spec.livenessProbe],
    ] as const;
    this.#probes = probes.flatMap(([kind, probe]) => {
      if (probe === undefined) return [];
      const nextAt = context.now + (probe.initialDelaySeconds ?? 0) * 1_000;
      return [{ kind, spec: probe, running: false, nextAt, successes: 0, failures: 0 }];
    });
    if (!pod.wantsContainers) pod.stopContainers(context);
  }

  #ended(
    exitCode: number,
    reason: string,
    message: string | null,
    pod: PodWorker,
    context: KubeletContext,
  ): void {
    if (!this.isLive) return;
    const ran = this.#startedAt > 0 ? context.now - this.#startedAt : 0;
    const startedAt = timeText(this.#startedAt || context.now);
    this.phase = "exited";
    this.exitCode = exitCode;
    this.ready = false;
    this.started = false;
    this.#probes = [];
    this.#startedAt = 0;
    this.state = {
      terminated: {
        exitCode,
        reason,
        ...(message !== null && { message }),
        startedAt,
        finishedAt: timeText(context.now),
        containerID: pod.containerId(this),
      },
    };
    if (!pod.wantsContainers || !pod.restarts(this)) return;
    if (ran >= kubernetesDefaults.backOffResetMs) this.#crashBackOffMs = 0;
    const pauseMs = this.#crashBackOffMs;
    this.#crashBackOffMs = nextBackOffMs(pauseMs);
    this.retryAt = context.now + (pauseMs || relistMs);
    // The first restart comes without a pause.
    if (pauseMs === 0) return;
    const { name } = this.spec;
    this.#become({
      waiting: {
        reason: "CrashLoopBackOff",
        message: `back-off ${goDuration(pauseMs / 1_000)} restarting failed container=${name} pod=${pod.title}`,
      },
    });
    const text = `Back-off restarting failed container ${name} in pod ${pod.title}`;
    context.event("Warning", "BackOff", text);
  }

  #heardProbe(
    seen: Extract<RuntimeObservation, { kind: "probed" }>,
    pod: PodWorker,
    context: KubeletContext,
  ): void {
    const probe = this.#probes.find(({ kind }) => kind === seen.probe);
    if (probe === undefined) return;
    const { spec, kind } = probe;
    // A watched outcome is told when it is settled, and told again by the runtime itself.
    if (!context.watchesProbes) probe.running = false;
    const counted = context.watchesProbes ? Number.MAX_SAFE_INTEGER : 1;
    probe.successes = seen.ok ? probe.successes + counted : 0;
    probe.failures = seen.ok ? 0 : probe.failures + counted;
    if (!seen.ok) {
      const title = `${kind[0]!.toUpperCase()}${kind.slice(1)}`;
      context.event("Warning", "Unhealthy", `${title} probe failed: ${seen.message}`);
    }
    const passed = probe.successes >= (spec.successThreshold ?? 1);
    const failed = probe.failures >= (spec.failureThreshold ?? 3);
    if (kind === "readiness") {
      if (passed) this.ready = true;
      if (failed) this.ready = false;
    } else if (failed) {
      const why = `Container ${this.spec.name} failed ${kind} probe, will be restarted`;
      this.stop(
        (spec.terminationGracePeriodSeconds ?? pod.graceSeconds) * 1_000,
        why,
        pod,
        context,
      );
    } else if (kind === "startup" && passed) {
      this.started = true;
      this.ready = this.spec.readinessProbe === undefined;
      for (const other of this.#probes)
        if (other.kind !== "startup") {
          other.nextAt = Math.max(other.nextAt, context.now);
        }
    }
  }
}

function limitOf({ resources }: Container, name: string): number | null {
  const text = resources?.limits?.[name];
  return text === undefined ? null : amountOfResource(name, text);
}

/** 10 s, doubled up to 5 min. */
function nextBackOffMs(beforeMs: number): number {
  const { backOffFirstMs, backOffMaxMs } = kubernetesDefaults;
  return beforeMs === 0 ? backOffFirstMs : Math.min(beforeMs * 2, backOffMaxMs);
}

/** Always for ":latest" and for no tag at all (SetDefaults_Container). */
function defaultPullPolicy(image: string): string {
  if (image.includes("@")) return "IfNotPresent";
  const tag = image.slice(image.lastIndexOf("/") + 1).split(":")[1];
  return tag === undefined || tag === "latest" ? "Always" : "IfNotPresent";
}

const secondsText = (milliseconds: number): string =>
  milliseconds >= 1_000 ? `${milliseconds / 1_000}s` : `${milliseconds}ms`;

/** As Go prints a time.Duration of whole seconds: 40s, 1m20s, 5m0s. */
function goDuration(seconds: number): string {
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
