/** The ReplicaSet of the present template: found, numbered or made (pkg/controller/deployment/sync.go). */
import type { DeploymentCondition } from "kubernetes-types/apps/v1";
import { controllerLimits } from "../../../limits.ts";
import { ApiError } from "../../store/api-error.ts";
import type { NewObject, ObjectOf } from "../../store/objects.ts";
import { conditionOf } from "../conditions.ts";
import { controllerReference, isControlledBy } from "../ownership.ts";
import { isNamespaceEnding } from "../pod-control.ts";
import type { ReplicaSet } from "../replica-set/replica-set-controller.ts";
import {
  annotationKeys,
  deadlineMs,
  desiredOf,
  isRolling,
  maxSurgeOf,
  revisionOf,
  sumOf,
} from "./deployment-facts.ts";
import { makeCondition, type Rollout, withDeploymentCondition } from "./rollout.ts";
import { hashLabel, hashOf, sameTemplate, withHash } from "./template-hash.ts";

/** Annotations that say something of the Deployment alone, or of the set alone. */
const notCopied = new Set<string>([
  "kubectl.kubernetes.io/last-applied-configuration",
  "deprecated.deployment.rollback.to",
  ...Object.values(annotationKeys),
]);

/** This product's own: what drives a rollout is of the Deployment alone. */
const isOwn = (key: string): boolean => key.startsWith("demo.dev/");

export const copiedAnnotations = (annotations: Readonly<Record<string, string>> | undefined) =>
  Object.fromEntries(
    Object.entries(annotations ?? {}).filter(([key]) => !notCopied.has(key) && !isOwn(key)),
  );

/**
 * Brings the number of the new set up to date, in it and in the Deployment, and makes the set where
 * there is none and `create` says so. `replicas`: of a set that is made.
 * @throws ApiError where the set cannot be made
 */
export function syncRevision(
  rollout: Rollout,
  create: boolean,
  replicas = (): number => newReplicasOf(rollout, 0),
): void {
  const revision = Math.max(0, ...rollout.oldSets.map(revisionOf)) + 1;
  const { newSet, deployment } = rollout;
  if (newSet !== undefined) {
    const annotations = annotationsOf(rollout, newSet, revision);
    const { minReadySeconds = 0 } = deployment.spec ?? {};
    const stored = rollout.replace(newSet, {
      ...newSet,
      metadata: { ...newSet.metadata, annotations },
      spec: { ...newSet.spec!, minReadySeconds },
    });
    noteRevision(rollout, revisionOf(stored));
    const found = `Found new replica set "${newSet.metadata.name}"`;
    if (!conditionOf(deployment.status?.conditions, "Progressing")) {
      noteProgress(rollout, "True", "FoundNewReplicaSet", found);
    }
    return;
  }
  if (create) makeSet(rollout, revision, replicas());
}

/** How many the new set may have now (NewRSNewReplicas). */
export function newReplicasOf(rollout: Rollout, present: number): number {
  const desired = desiredOf(rollout.deployment);
  if (!isRolling(rollout.deployment)) return desired;
  const room = desired + maxSurgeOf(rollout.deployment) - sumOf(rollout.sets, "desired");
  return room <= 0 ? present : present + Math.min(room, desired - present);
}

function makeSet(rollout: Rollout, revision: number, replicas: number): void {
  const { store, deployment } = rollout;
  const { metadata, spec, status } = deployment;
  const hash = hashOf(spec!.template, status?.collisionCount);
  const template = withHash(spec!.template, hash);
  const name = `${metadata.name}-${hash}`;
  const made = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name,
      namespace: metadata.namespace!,
      labels: template.metadata!.labels!,
      annotations: {
        ...copiedAnnotations(metadata.annotations),
        [annotationKeys.revision]: String(revision),
        ...rollout.sizeAnnotations(),
      },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas,
      minReadySeconds: spec!.minReadySeconds ?? 0,
      selector: {
        ...spec!.selector,
        matchLabels: { ...spec!.selector.matchLabels, [hashLabel]: hash },
      },
      template,
    },
    status: { replicas: 0 },
  } satisfies NewObject & Pick<ObjectOf<"replicasets.apps">, "spec" | "status">;
  try {
    rollout.newSet = store.create(made) as ReplicaSet;
  } catch (error) {
    if (!(error instanceof ApiError) || isNamespaceEnding(error)) throw error;
    if (error.status.reason === "AlreadyExists") onTakenName(rollout, name, error);
    else {
      const message = `Failed to create new replica set "${name}": ${error.message}`;
      noteProgress(rollout, "False", "ReplicaSetCreateError", message);
      rollout.tell("ReplicaSetCreateError", message, "Warning");
      throw error;
    }
    return;
  }
  if (replicas > 0) {
    rollout.tell("ScalingReplicaSet", `Scaled up replica set ${name} from 0 to ${replicas}`);
  }
  noteRevision(rollout, revision);
  noteProgress(rollout, "True", "NewReplicaSetCreated", `Created new replica set "${name}"`);
}

/** Another set has this name: it is ours after all, or the hash collides and is made anew. */
function onTakenName(rollout: Rollout, name: string, error: ApiError): void {
  const { deployment, store } = rollout;
  const there = store.get("replicasets.apps", deployment.metadata.namespace, name);
  if (
    there &&
    isControlledBy(there, deployment) &&
    sameTemplate(there.spec?.template, deployment.spec?.template)
  ) {
    rollout.newSet = there;
    return;
  }
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
  rollout.setStatus({ ...deployment.status, collisionCount });
  throw error;
}

/** What the Deployment's annotations, and a newer number, make of the set's. */
function annotationsOf(rollout: Rollout, set: ReplicaSet, revision: number) {
  const before = set.metadata.annotations;
  const annotations: Record<string, string> = {
    ...before,
    ...copiedAnnotations(rollout.deployment.metadata.annotations),
  };
  const old = before?.[annotationKeys.revision];
  if (revisionOf(set) >= revision) return annotations;
  annotations[annotationKeys.revision] = String(revision);
  if (old !== undefined) {
    const history = (before?.[annotationKeys.revisionHistory] ?? "").split(",").filter(Boolean);
    history.push(old);
    while (history.join(",").length > controllerLimits.revisionHistoryCharactersMax) {
      history.shift();
    }
    annotations[annotationKeys.revisionHistory] = history.join(",");
  }
  return annotations;
}

function noteRevision(rollout: Rollout, revision: number): void {
  const text = String(revision);
  if (rollout.annotation(annotationKeys.revision) !== text) {
    rollout.annotate({ [annotationKeys.revision]: text });
  }
}

/** A condition Progressing, where the Deployment has a deadline at all. */
export function noteProgress(
  rollout: Rollout,
  status: "True" | "False" | "Unknown",
  reason: string,
  message: string,
): void {
  const { deployment } = rollout;
  if (!Number.isFinite(deadlineMs(deployment))) return;
  const before: readonly DeploymentCondition[] = deployment.status?.conditions ?? [];
  const conditions = withDeploymentCondition(
    before,
    makeCondition("Progressing", status, reason, message, rollout.now),
  );
  if (conditions !== before) rollout.setStatus({ ...deployment.status, conditions });
}
