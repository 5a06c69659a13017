/** The objects of the cluster, in Kubernetes' words. All times are milliseconds since the epoch. */
import type { Condition, podPhases, ProbeSpec } from "../contract.ts";

export type PodPhase = (typeof podPhases)[number];
export type ProbeKind = "readiness" | "liveness";
export const probeKinds = ["readiness", "liveness"] as const;

export interface PodTemplate {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Changed to roll out the same template anew (kubectl rollout restart). */
  readonly restartedAt: number | null;
}

export interface Deployment {
  readonly name: string;
  readonly uid: number;
  replicas: number;
  template: PodTemplate;
  readonly createdAt: number;
  revision: number;
  /** When the rollout last came nearer to its end. */
  progressedAt: number;
  /** What the last look at progress saw, to tell whether there was any since. */
  progressMark: string;
  conditions: Condition[];
}

export interface ReplicaSet {
  readonly name: string;
  readonly uid: number;
  /** uid of its deployment. */
  readonly owner: number;
  readonly deployment: string;
  readonly templateHash: string;
  readonly template: PodTemplate;
  readonly createdAt: number;
  revision: number;
  replicas: number;
}

export interface ProbeState {
  readonly kind: ProbeKind;
  nextAt: number;
  /** True while the runtime has the probe under way. */
  running: boolean;
  successes: number;
  failures: number;
  last: { at: number; ok: boolean; message: string } | null;
}

export type ContainerState =
  | { readonly kind: "waiting"; readonly reason: string; readonly message: string | null }
  | { readonly kind: "running"; readonly startedAt: number; readonly port: number }
  | {
      readonly kind: "terminated";
      readonly exitCode: number;
      readonly reason: string;
      readonly at: number;
    };

export interface Pod {
  readonly name: string;
  readonly uid: number;
  /** uid of its ReplicaSet. */
  readonly owner: number;
  readonly replicaSet: string;
  readonly deployment: string;
  readonly template: PodTemplate;
  readonly createdAt: number;
  scheduled: boolean;
  phase: PodPhase;
  container: ContainerState;
  ready: boolean;
  readyAt: number | null;
  restarts: number;
  /** Start attempts; tells a late answer of an earlier container from one of this. */
  attempt: number;
  /** The runtime was told to start the container and has not answered yet. */
  starting: boolean;
  /** The step that the kubelet takes next, and when. */
  next: { readonly kind: "pull" | "pull-back-off" | "start"; readonly at: number } | null;
  /** When the present back-off ends. */
  retryAt: number | null;
  /** The pause after the next failure; 0 before the first one. */
  backOffMs: number;
  lastTermination: {
    readonly exitCode: number;
    readonly reason: string;
    readonly at: number;
  } | null;
  deletionAt: number | null;
  /** Set when the runtime was told to stop the server. */
  stopping: boolean;
  probes: ProbeState[];
  readinessSpec: ProbeSpec | null;
  livenessSpec: ProbeSpec | null;
  conditions: Condition[];
}

/** A pod that still counts towards its ReplicaSet. */
export function isActive(pod: Pod): boolean {
  return pod.deletionAt === null && pod.phase !== "Failed" && pod.phase !== "Succeeded";
}

/** What kubectl prints in the STATUS column. */
export function podStatus(pod: Pod): string {
  if (pod.deletionAt !== null) return "Terminating";
  if (!pod.scheduled) return "Pending";
  if (pod.container.kind === "waiting") return pod.container.reason;
  if (pod.container.kind === "terminated") return pod.container.reason;
  return pod.phase;
}

/** Sets a condition; its time changes only when its status does, as in Kubernetes. */
export function setCondition(
  conditions: Condition[],
  now: number,
  type: string,
  status: Condition["status"],
  reason: string | null = null,
  message: string | null = null,
): void {
  const at = conditions.findIndex((condition) => condition.type === type);
  const before = conditions[at];
  const lastTransitionAt = before?.status === status ? before.lastTransitionAt : now;
  const condition = { type, status, reason, message, lastTransitionAt };
  if (before === undefined) conditions.push(condition);
  else conditions[at] = condition;
}
