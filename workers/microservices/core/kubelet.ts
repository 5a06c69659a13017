/**
 * What the kubelet does with one pod: pull, start, probe, restart with back-off, end. Commands go
 * to the runtime that makes the servers; what it answers comes back as observations.
 */
import { strict as assert } from "node:assert";
import type { ClusterEvent, ProbeSpec } from "../contract.ts";
import { kubernetesDefaults } from "../limits.ts";
import { type Pod, type PodTemplate, type ProbeKind, probeKinds, setCondition } from "./objects.ts";

export type Command =
  | { readonly kind: "pull"; readonly pod: number; readonly image: string }
  | {
      readonly kind: "start";
      readonly pod: number;
      readonly attempt: number;
      readonly name: string;
      readonly deployment: string;
      readonly template: PodTemplate;
    }
  | { readonly kind: "stop"; readonly pod: number; readonly graceMs: number }
  | {
      readonly kind: "probe";
      readonly pod: number;
      readonly attempt: number;
      readonly probe: ProbeKind;
      readonly port: number;
      readonly spec: ProbeSpec;
    }
  /** Nothing of the pod is left to keep. */
  | { readonly kind: "forget"; readonly pod: number };

export type Observation =
  | {
      readonly kind: "pulled";
      readonly pod: number;
      readonly readiness: ProbeSpec | null;
      readonly liveness: ProbeSpec | null;
    }
  | { readonly kind: "pull-failed"; readonly pod: number; readonly message: string }
  | {
      readonly kind: "started";
      readonly pod: number;
      readonly attempt: number;
      readonly port: number;
    }
  | {
      readonly kind: "exited";
      readonly pod: number;
      readonly attempt: number;
      readonly exitCode: number;
    }
  | {
      readonly kind: "probed";
      readonly pod: number;
      readonly attempt: number;
      readonly probe: ProbeKind;
      readonly ok: boolean;
      readonly message: string;
    };

/** How the kubelet tells the world. */
export interface KubeletHost {
  readonly command: (command: Command) => void;
  readonly event: (
    now: number,
    type: ClusterEvent["type"],
    object: string,
    reason: string,
    message: string,
  ) => void;
}

/** The kubelet looks at its containers this often (PLEG relist); the engine here is told at once. */
const relistMs = 1_000;

/** Takes every step of the pod that is due. */
export function stepPod(pod: Pod, now: number, host: KubeletHost): void {
  if (pod.deletionAt !== null) return;
  const { next } = pod;
  if (next !== null && next.at <= now) takeStep(pod, next.kind, now, host);
  if (pod.container.kind !== "running" || pod.stopping) return;
  for (const probe of pod.probes) {
    const spec = specOf(pod, probe.kind);
    if (spec === null || probe.running || probe.nextAt > now) continue;
    probe.running = true;
    probe.nextAt = now + spec.periodMs;
    const { attempt, uid, container } = pod;
    host.command({
      kind: "probe",
      pod: uid,
      attempt,
      probe: probe.kind,
      port: container.port,
      spec,
    });
  }
}

function takeStep(
  pod: Pod,
  kind: NonNullable<Pod["next"]>["kind"],
  now: number,
  host: KubeletHost,
) {
  const { image } = pod.template;
  pod.next = null;
  if (kind === "pull-back-off") {
    assert(pod.retryAt !== null);
    const message = `Back-off pulling image "${image}"`;
    pod.container = { kind: "waiting", reason: "ImagePullBackOff", message };
    pod.next = { kind: "pull", at: pod.retryAt };
    host.event(now, "Warning", `pod/${pod.name}`, "BackOff", message);
    return;
  }
  pod.retryAt = null;
  if (kind === "pull") {
    host.event(now, "Normal", `pod/${pod.name}`, "Pulling", `Pulling image "${image}"`);
    host.command({ kind: "pull", pod: pod.uid, image });
    return;
  }
  pod.attempt += 1;
  pod.starting = true;
  const { uid, attempt, name, deployment, template } = pod;
  host.command({ kind: "start", pod: uid, attempt, name, deployment, template });
}

/** What the runtime saw of this pod. Answers of an earlier container are left unread. */
export function observePod(pod: Pod, seen: Observation, now: number, host: KubeletHost): void {
  if ("attempt" in seen && seen.attempt !== pod.attempt) return;
  if (seen.kind === "started") started(pod, seen.port, now, host);
  else if (seen.kind === "exited") exited(pod, seen.exitCode, now, host);
  else if (pod.deletionAt !== null) return;
  else if (seen.kind === "pulled") pulled(pod, seen, now, host);
  else if (seen.kind === "pull-failed") pullFailed(pod, seen.message, now, host);
  else probed(pod, seen, now, host);
}

function pulled(
  pod: Pod,
  { readiness, liveness }: Extract<Observation, { kind: "pulled" }>,
  now: number,
  host: KubeletHost,
): void {
  pod.readinessSpec = readiness;
  pod.livenessSpec = liveness;
  pod.backOffMs = 0;
  pod.container = { kind: "waiting", reason: "ContainerCreating", message: null };
  pod.next = { kind: "start", at: now };
  const message = `Successfully pulled image "${pod.template.image}"`;
  host.event(now, "Normal", `pod/${pod.name}`, "Pulled", message);
}

function pullFailed(pod: Pod, message: string, now: number, host: KubeletHost): void {
  const text = `Failed to pull image "${pod.template.image}": ${message}`;
  host.event(now, "Warning", `pod/${pod.name}`, "Failed", text);
  pod.container = { kind: "waiting", reason: "ErrImagePull", message };
  pod.backOffMs = nextBackOffMs(pod.backOffMs);
  pod.retryAt = now + pod.backOffMs;
  pod.next = { kind: "pull-back-off", at: now + relistMs };
}

function started(pod: Pod, port: number, now: number, host: KubeletHost): void {
  pod.starting = false;
  // Deleted while it started: the runtime has been told to stop it, and will say when it has.
  if (pod.deletionAt !== null) return;
  pod.phase = "Running";
  pod.container = { kind: "running", startedAt: now, port };
  pod.probes = probeKinds.flatMap((kind) => {
    const spec = specOf(pod, kind);
    if (spec === null) return [];
    const nextAt = now + spec.initialDelayMs;
    return [{ kind, nextAt, running: false, successes: 0, failures: 0, last: null }];
  });
  host.event(now, "Normal", `pod/${pod.name}`, "Started", "Started container");
  if (pod.readinessSpec === null) setReady(pod, true, now);
}

function exited(pod: Pod, exitCode: number, now: number, host: KubeletHost): void {
  const startedAt = pod.container.kind === "running" ? pod.container.startedAt : now;
  pod.starting = false;
  pod.stopping = false;
  pod.probes = [];
  const reason = exitCode === 0 ? "Completed" : "Error";
  pod.lastTermination = { exitCode, reason, at: now };
  pod.container = { kind: "terminated", exitCode, reason, at: now };
  setReady(pod, false, now);
  if (pod.deletionAt !== null) return;

  pod.restarts += 1;
  if (now - startedAt >= kubernetesDefaults.backOffResetMs) pod.backOffMs = 0;
  const pauseMs = pod.backOffMs;
  pod.backOffMs = nextBackOffMs(pauseMs);
  if (pauseMs === 0) {
    // The first restart comes without back-off.
    pod.next = { kind: "start", at: now + relistMs };
    return;
  }
  const message = `back-off ${pauseMs / 1_000}s restarting failed container`;
  pod.container = { kind: "waiting", reason: "CrashLoopBackOff", message };
  pod.retryAt = now + pauseMs;
  pod.next = { kind: "start", at: pod.retryAt };
  host.event(now, "Warning", `pod/${pod.name}`, "BackOff", `Back-off restarting failed container`);
}

function probed(
  pod: Pod,
  { probe: kind, ok, message }: Extract<Observation, { kind: "probed" }>,
  now: number,
  host: KubeletHost,
): void {
  const probe = pod.probes.find((candidate) => candidate.kind === kind);
  const spec = specOf(pod, kind);
  if (probe === undefined || spec === null || pod.stopping) return;
  probe.running = false;
  probe.last = { at: now, ok, message };
  probe.successes = ok ? probe.successes + 1 : 0;
  probe.failures = ok ? 0 : probe.failures + 1;
  if (!ok) {
    const name = kind === "readiness" ? "Readiness" : "Liveness";
    host.event(now, "Warning", `pod/${pod.name}`, "Unhealthy", `${name} probe failed: ${message}`);
  }
  if (kind === "readiness") {
    if (probe.successes >= spec.successThreshold) setReady(pod, true, now);
    if (probe.failures >= spec.failureThreshold) setReady(pod, false, now);
  } else if (probe.failures >= spec.failureThreshold) {
    const text = "Container failed liveness probe, will be restarted";
    host.event(now, "Normal", `pod/${pod.name}`, "Killing", text);
    stopContainer(pod, kubernetesDefaults.terminationGraceMs, host);
  }
}

/** Ends the container; the runtime says when it has. */
export function stopContainer(pod: Pod, graceMs: number, host: KubeletHost): void {
  pod.stopping = true;
  host.command({ kind: "stop", pod: pod.uid, graceMs });
}

/** Whether there is a server that has to end before the pod is gone. */
export function occupiesRuntime(pod: Pod): boolean {
  return pod.starting || pod.container.kind === "running";
}

export function setReady(pod: Pod, ready: boolean, now: number): void {
  if (ready && !pod.ready) pod.readyAt = now;
  if (!ready) pod.readyAt = null;
  pod.ready = ready;
  const status = ready ? "True" : "False";
  const reason = ready ? null : "ContainersNotReady";
  const message = ready ? null : "containers with unready status";
  setCondition(pod.conditions, now, "ContainersReady", status, reason, message);
  setCondition(pod.conditions, now, "Ready", status, reason, message);
}

function specOf(pod: Pod, kind: ProbeKind): ProbeSpec | null {
  return kind === "readiness" ? pod.readinessSpec : pod.livenessSpec;
}

/** 10 s, doubled up to 5 min. */
function nextBackOffMs(beforeMs: number): number {
  const { backOffFirstMs, backOffMaxMs } = kubernetesDefaults;
  return beforeMs === 0 ? backOffFirstMs : Math.min(beforeMs * 2, backOffMaxMs);
}

/** When the pod needs the next look. */
export function podDueAt(pod: Pod): number {
  if (pod.deletionAt !== null) return Number.POSITIVE_INFINITY;
  let due = pod.next?.at ?? Number.POSITIVE_INFINITY;
  if (pod.container.kind === "running" && !pod.stopping) {
    for (const probe of pod.probes) if (!probe.running) due = Math.min(due, probe.nextAt);
  }
  return due;
}
