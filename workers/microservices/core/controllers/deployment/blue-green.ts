/**
 * A blue-green rollout, by annotations of a Deployment:
 *
 * - `demo.dev/strategy: blue-green`
 * - `demo.dev/service: web`: the Service in front of it. It is switched to the new ReplicaSet, by its
 *   pod-template-hash, when all replicas of that are available.
 * - `demo.dev/keep-old-seconds: "60"`: how long the old replicas stay after the switch (30 by default).
 *
 * Until the switch nobody sees the new replicas; `kubectl rollout undo` before it aborts.
 */
import { timeText } from "../../store/objects.ts";
import { timeOf } from "../pod-facts.ts";
import { desiredOf } from "./deployment-facts.ts";
import { syncRevision } from "./revisions.ts";
import type { Rollout } from "./rollout.ts";
import { syncRolloutStatus } from "./status.ts";
import { cleanupIfComplete } from "./strategies.ts";
import { hashLabel } from "./template-hash.ts";

export const blueGreenKeys = {
  service: "demo.dev/service",
  keepOld: "demo.dev/keep-old-seconds",
  /** "web-6d4b75cb6d 2026-01-01T00:00:00Z": what it was switched to, and when. */
  state: "demo.dev/switched",
} as const;

const keepOldSecondsDefault = 30;
const keepOldSecondsMax = 86_400;
/** How soon a Service that was not there is looked for again. */
const serviceWaitMs = 15_000;

/** @returns when to look again for the time alone; Infinity: at a change */
export function rolloutBlueGreen(rollout: Rollout): number {
  const desired = desiredOf(rollout.deployment);
  syncRevision(rollout, true, () => desired);
  const { newSet } = rollout;
  if (newSet === undefined) return Number.POSITIVE_INFINITY;
  if (desiredOf(newSet) !== desired) rollout.scale(newSet, desired);
  const available = newSet.status?.availableReplicas ?? 0;
  let at = Number.POSITIVE_INFINITY;
  if (available >= desired) {
    const switched = switchedAt(rollout);
    // What nothing was switched from goes on serving.
    at = switched === null ? rollout.now + serviceWaitMs : afterSwitch(rollout, switched);
  } else {
    // The old replicas serve alone until then, and are scaled as the Deployment is.
    const [serving, ...others] = rollout.activeOldSets;
    if (serving !== undefined && others.length === 0 && desiredOf(serving) !== desired) {
      rollout.scale(serving, desired);
    }
  }
  cleanupIfComplete(rollout);
  syncRolloutStatus(rollout);
  return at;
}

/** Ends the old replicas when their time is over. */
function afterSwitch(rollout: Rollout, switched: number): number {
  if (rollout.activeOldSets.length === 0) return Number.POSITIVE_INFINITY;
  const asked = Number(rollout.annotation(blueGreenKeys.keepOld) ?? keepOldSecondsDefault);
  const seconds = Number.isFinite(asked) ? Math.min(Math.max(0, asked), keepOldSecondsMax) : 0;
  const end = switched + seconds * 1_000;
  if (rollout.now < end) return end;
  for (const old of rollout.activeOldSets) rollout.scale(old, 0);
  return Number.POSITIVE_INFINITY;
}

/** Switches the Service, once. @returns when; null: there is none to switch */
function switchedAt(rollout: Rollout): number | null {
  const { store, deployment, now } = rollout;
  const set = rollout.newSet!;
  const [name, time] = (rollout.annotation(blueGreenKeys.state) ?? "").split(" ");
  const before = timeOf(time);
  if (name === set.metadata.name && !Number.isNaN(before)) return before;
  const hash = set.metadata.labels?.[hashLabel] ?? "";
  const asked = rollout.annotation(blueGreenKeys.service);
  const service =
    asked === undefined ? undefined : store.get("services", deployment.metadata.namespace, asked);
  if (service === undefined) {
    rollout.tell(
      "ServiceMissing",
      `There is no service ${asked ?? `(annotation ${blueGreenKeys.service})`} to switch`,
      "Warning",
    );
    return null;
  }
  const selector = { ...service.spec?.selector, [hashLabel]: hash };
  store.update<typeof service>({ ...service, spec: { ...service.spec, selector } });
  rollout.tell("Switched", `Switched service ${asked} to replica set ${set.metadata.name}`);
  rollout.annotate({ [blueGreenKeys.state]: `${set.metadata.name} ${timeText(now)}` });
  return now;
}
