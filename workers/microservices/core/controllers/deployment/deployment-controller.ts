/** Rolls Deployments out (pkg/controller/deployment/deployment_controller.go). */
import type { Change } from "../../store/change-log.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { objectKey } from "../../store/resource-table.ts";
import { selectorMatcher } from "../../store/selectors.ts";
import { conditionOf } from "../conditions.ts";
import type { EventRecorder } from "../event-recorder.ts";
import { claim, controllerOf } from "../ownership.ts";
import { PodOwnerController } from "../pod-owner-controller.ts";
import { rollBackIfLate } from "./auto-rollback.ts";
import { rolloutBlueGreen } from "./blue-green.ts";
import { rolloutCanary } from "./canary.ts";
import { type Deployment, deadlineMs, isRolling } from "./deployment-facts.ts";
import { noteProgress, syncRevision } from "./revisions.ts";
import { Rollout } from "./rollout.ts";
import { isScalingEvent, scaleProportionally } from "./scaling.ts";
import { deadlineAt, syncStatus } from "./status.ts";
import { cleanupHistory, rolloutRecreate, rolloutRolling } from "./strategies.ts";

const deployments = "deployments.apps";
const replicaSets = "replicasets.apps";
const strategyKey = "demo.dev/strategy";

export class DeploymentController extends PodOwnerController {
  readonly name = "deployment-controller";
  readonly #events: EventRecorder;

  constructor(store: ObjectStore, events: EventRecorder) {
    super(store, deployments, "Deployment", replicaSets);
    this.#events = events.as("deployment-controller");
  }

  override observe(change: Change): void {
    super.observe(change);
    const { type, resource, object } = change;
    // Recreate waits for the last old pod to be gone.
    if (resource !== "pods" || type !== "DELETED") return;
    const set = controllerOf(object);
    if (set?.kind !== "ReplicaSet") return;
    const owner = this.store.get(replicaSets, object.metadata.namespace, set.name);
    const deployment = owner && controllerOf(owner);
    if (deployment?.kind !== "Deployment") return;
    this.queue.add(objectKey(object.metadata.namespace, deployment.name));
  }

  protected sync(key: string): void {
    const deployment = this.store.at(deployments, key) as Deployment | undefined;
    if (deployment === undefined) return;
    const matches = selectorMatcher(deployment.spec?.selector);
    const sets = claim(this.store, replicaSets, deployment, matches, this.orphans);
    const rollout = new Rollout(this.store, this.#events, deployment, sets);
    if (deployment.metadata.deletionTimestamp !== undefined) {
      syncStatus(rollout);
      return;
    }
    notePause(rollout);
    const isPaused = rollout.deployment.spec?.paused === true;
    if (isPaused || (isScalingEvent(rollout) && !hasOwnStrategy(rollout))) {
      syncRevision(rollout, false);
      scaleProportionally(rollout);
      if (isPaused) cleanupHistory(rollout);
      syncStatus(rollout);
    } else {
      const next = roll(rollout);
      if (Number.isFinite(next)) this.queue.addAt(key, next);
      if (rollBackIfLate(rollout)) this.queue.add(key);
    }
    const at = deadlineAt(rollout);
    // One that is over was just looked at: it matters no more to a rollout that is complete or rests.
    if (Number.isFinite(at) && at > rollout.now) this.queue.addAt(key, at);
  }
}

/** Canary and blue-green size their sets themselves. */
function hasOwnStrategy(rollout: Rollout): boolean {
  const strategy = rollout.annotation(strategyKey);
  return strategy === "canary" || strategy === "blue-green";
}

/** @returns when to look again for the time alone */
function roll(rollout: Rollout): number {
  const strategy = rollout.annotation(strategyKey);
  if (strategy === "canary") return rolloutCanary(rollout);
  if (strategy === "blue-green") return rolloutBlueGreen(rollout);
  if (isRolling(rollout.deployment)) rolloutRolling(rollout);
  else rolloutRecreate(rollout);
  return Number.POSITIVE_INFINITY;
}

/** A rollout that rests has no deadline, and a new one when it goes on. */
function notePause(rollout: Rollout): void {
  const { deployment } = rollout;
  if (!Number.isFinite(deadlineMs(deployment))) return;
  const reason = conditionOf(deployment.status?.conditions, "Progressing")?.reason;
  if (reason === "ProgressDeadlineExceeded") return;
  const isPaused = deployment.spec?.paused === true;
  if (isPaused && reason !== "DeploymentPaused") {
    noteProgress(rollout, "Unknown", "DeploymentPaused", "Deployment is paused");
  } else if (!isPaused && reason === "DeploymentPaused") {
    noteProgress(rollout, "Unknown", "DeploymentResumed", "Deployment is resumed");
  }
}
