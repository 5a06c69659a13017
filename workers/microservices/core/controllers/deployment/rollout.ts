/** One look at a Deployment: it, its ReplicaSets, and how they are changed. */
import type { DeploymentCondition, DeploymentStatus } from "kubernetes-types/apps/v1";
import type { ObjectStore } from "../../store/object-store.ts";
import { timeText } from "../../store/objects.ts";
import { conditionOf } from "../conditions.ts";
import type { EventRecorder } from "../event-recorder.ts";
import type { ReplicaSet } from "../replica-set/replica-set-controller.ts";
import {
  annotationKeys,
  type Deployment,
  desiredOf,
  maxSurgeOf,
  newSetOf,
} from "./deployment-facts.ts";

export class Rollout {
  readonly store: ObjectStore;
  readonly events: EventRecorder;
  readonly now: number;
  /** As it is stored now. */
  deployment: Deployment;
  /** The set of the present template. */
  newSet: ReplicaSet | undefined;
  oldSets: ReplicaSet[];

  constructor(
    store: ObjectStore,
    events: EventRecorder,
    deployment: Deployment,
    sets: readonly ReplicaSet[],
  ) {
    this.store = store;
    this.events = events;
    this.now = store.now;
    this.deployment = deployment;
    this.newSet = newSetOf(deployment, sets);
    this.oldSets = sets.filter((set) => set !== this.newSet);
  }

  get sets(): ReplicaSet[] {
    return this.newSet ? [...this.oldSets, this.newSet] : this.oldSets;
  }

  get activeSets(): ReplicaSet[] {
    return this.sets.filter((set) => desiredOf(set) > 0);
  }

  get activeOldSets(): ReplicaSet[] {
    return this.oldSets.filter((set) => desiredOf(set) > 0);
  }

  /** Stores a changed set in the place of `set`. */
  replace(set: ReplicaSet, changed: ReplicaSet): ReplicaSet {
    const stored = this.store.update(changed);
    if (this.newSet === set) this.newSet = stored;
    else this.oldSets = this.oldSets.map((other) => (other === set ? stored : other));
    return stored;
  }

  setStatus(status: DeploymentStatus): void {
    this.deployment = this.store.setStatus(this.deployment, status);
  }

  /** Changes annotations; undefined takes one off. */
  annotate(changes: Readonly<Record<string, string | undefined>>): void {
    const { metadata } = this.deployment;
    const annotations: Record<string, string> = { ...metadata.annotations };
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined) delete annotations[key];
      else annotations[key] = value;
    }
    this.deployment = this.store.update({
      ...this.deployment,
      metadata: { ...metadata, annotations },
    });
  }

  annotation(key: string): string | undefined {
    return this.deployment.metadata.annotations?.[key];
  }

  /** Scales a set, and notes in it what the Deployment asks for; true where the number is new. */
  scale(set: ReplicaSet, replicas: number): boolean {
    const before = desiredOf(set);
    const annotations = { ...set.metadata.annotations, ...this.sizeAnnotations() };
    this.replace(set, {
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: { ...set.spec!, replicas },
    });
    if (before === replicas) return false;
    const way = before < replicas ? "up" : "down";
    this.tell(
      "ScalingReplicaSet",
      `Scaled ${way} replica set ${set.metadata.name} from ${before} to ${replicas}`,
    );
    return true;
  }

  sizeAnnotations(): Record<string, string> {
    const desired = desiredOf(this.deployment);
    return {
      [annotationKeys.desiredReplicas]: String(desired),
      [annotationKeys.maxReplicas]: String(desired + maxSurgeOf(this.deployment)),
    };
  }

  tell(reason: string, message: string, type: "Normal" | "Warning" = "Normal"): void {
    this.events.record(this.deployment, type, reason, message);
  }
}

export const makeCondition = (
  type: string,
  status: "True" | "False" | "Unknown",
  reason: string,
  message: string,
  now: number,
): DeploymentCondition => ({
  type,
  status,
  lastUpdateTime: timeText(now),
  lastTransitionTime: timeText(now),
  reason,
  message,
});

/** The conditions with this one last; as they were where status and reason are no others. */
export function withDeploymentCondition(
  conditions: readonly DeploymentCondition[],
  condition: DeploymentCondition,
): DeploymentCondition[] {
  const before = conditionOf(conditions, condition.type);
  if (before?.status === condition.status && before.reason === condition.reason) {
    return conditions as DeploymentCondition[];
  }
  const { lastTransitionTime } = before?.status === condition.status ? before : condition;
  const others = conditions.filter(({ type }) => type !== condition.type);
  return [...others, { ...condition, ...(lastTransitionTime && { lastTransitionTime }) }];
}
