/**
 * A canary rollout, by annotations of a Deployment, which kubectl shows and sets like any other:
 *
 * - `demo.dev/strategy: canary`
 * - `demo.dev/canary-steps: "10:30s,50:2m,75:manual"`: shares of the replicas in percent, and how long
 *   each is watched once all of them are available; "manual" waits for a promotion.
 * - `demo.dev/promote: step` ends the present wait, `demo.dev/promote: full` all of them. It is taken
 *   off when it has been followed. `kubectl rollout undo` aborts.
 *
 * The controller notes how far it is in `demo.dev/canary-step`. While the new ReplicaSet grows, the old
 * ones give up what the new one serves: never fewer than the replicas are available because of it.
 */
import { timeText } from "../../store/objects.ts";
import { conditionOf } from "../conditions.ts";
import { timeOf } from "../pod-facts.ts";
import type { ReplicaSet } from "../replica-set/replica-set-controller.ts";
import { desiredOf, oldestFirst, sumOf } from "./deployment-facts.ts";
import { noteProgress, syncRevision } from "./revisions.ts";
import type { Rollout } from "./rollout.ts";
import { syncRolloutStatus, syncStatus } from "./status.ts";
import { cleanupIfComplete } from "./strategies.ts";

export const canaryKeys = {
  steps: "demo.dev/canary-steps",
  promote: "demo.dev/promote",
  /** "web-6d4b75cb6d 1 2026-01-01T00:00:00Z": the set, the step, and since when it is available. */
  state: "demo.dev/canary-step",
} as const;

const stepsMax = 20;
const defaultSteps = "10:30s,50:30s";
const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

export interface CanaryStep {
  /** 1 to 100. */
  readonly percent: number;
  /** Infinity: until somebody promotes it. */
  readonly watchMs: number;
}

/** What is no step is left out: a rollout does not stand still for a slip of the pen. */
export function canarySteps(text: string): CanaryStep[] {
  const steps = text.split(",").flatMap((part): CanaryStep[] => {
    const match = /^\s*(\d{1,3})%?\s*(?::\s*(?:(\d+)([smh])|(manual)))?\s*$/.exec(part);
    if (match === null) return [];
    const percent = Number(match[1]);
    if (percent < 1 || percent > 100) return [];
    if (match[4] !== undefined) return [{ percent, watchMs: Number.POSITIVE_INFINITY }];
    const unit = units[(match[3] ?? "s") as keyof typeof units];
    return [{ percent, watchMs: Number(match[2] ?? 30) * unit }];
  });
  return steps.slice(0, stepsMax);
}

/** @returns when to look again for the time alone; Infinity: at a change */
export function rolloutCanary(rollout: Rollout): number {
  const steps = canarySteps(rollout.annotation(canaryKeys.steps) ?? defaultSteps);
  const isFirst = rollout.activeOldSets.length === 0;
  const desired = desiredOf(rollout.deployment);
  syncRevision(rollout, true, () => (isFirst ? desired : sizeAt(steps[0], desired)));
  const { newSet } = rollout;
  if (newSet === undefined) return Number.POSITIVE_INFINITY;
  if (isFirst) {
    rollout.scale(newSet, desired);
    if (rollout.annotation(canaryKeys.state) !== undefined) {
      rollout.annotate({ [canaryKeys.state]: undefined });
    }
    cleanupIfComplete(rollout);
    syncRolloutStatus(rollout);
    return Number.POSITIVE_INFINITY;
  }
  const next = takeStep(rollout, steps, newSet.metadata.name);
  noteWatch(rollout, next.watching);
  if (next.watching) syncStatus(rollout);
  else syncRolloutStatus(rollout);
  return next.at;
}

/** A canary that is watched is not late, and has all its time again when it goes on. */
function noteWatch(rollout: Rollout, isWatched: boolean): void {
  const subject = `ReplicaSet "${rollout.newSet!.metadata.name}"`;
  const { conditions } = rollout.deployment.status ?? {};
  if (isWatched) noteProgress(rollout, "Unknown", "CanaryWatched", `${subject} is watched.`);
  else if (conditionOf(conditions, "Progressing")?.reason === "CanaryWatched") {
    noteProgress(rollout, "True", "ReplicaSetUpdated", `${subject} is progressing.`);
  }
}

function takeStep(
  rollout: Rollout,
  steps: readonly CanaryStep[],
  set: string,
): { readonly at: number; readonly watching: boolean } {
  const desired = desiredOf(rollout.deployment);
  let { step, since } = stateOf(rollout, set);
  const promote = rollout.annotation(canaryKeys.promote);
  if (promote === "full") step = steps.length;
  else if (promote === "step") step += 1;
  else if (since !== null && since + (steps[step]?.watchMs ?? 0) <= rollout.now) step += 1;
  else return settle(rollout, steps, set, step, since);
  since = null;
  if (promote !== undefined) rollout.annotate({ [canaryKeys.promote]: undefined });
  rollout.tell(
    "CanaryStep",
    step >= steps.length
      ? `Promoted replica set ${set}`
      : `Canary ${set} goes on to ${sizeAt(steps[step], desired)} of ${desired} replicas`,
  );
  return settle(rollout, steps, set, step, since);
}

/** Brings the sets to the size of the step, and notes since when it is reached. */
function settle(
  rollout: Rollout,
  steps: readonly CanaryStep[],
  set: string,
  step: number,
  since: number | null,
): { readonly at: number; readonly watching: boolean } {
  const desired = desiredOf(rollout.deployment);
  // A set that serves already, as after an abort, gives nothing up to begin anew.
  const size = Math.max(
    sizeAt(steps[step], desired),
    Math.min(desired, desiredOf(rollout.newSet!)),
  );
  if (desiredOf(rollout.newSet!) !== size) rollout.scale(rollout.newSet!, size);
  const available = rollout.newSet!.status?.availableReplicas ?? 0;
  shrinkOldTo(rollout, Math.max(0, desired - Math.min(available, size)));
  const reached = available >= size;
  const at = reached ? (since ?? rollout.now) : null;
  note(rollout, `${set} ${step}${at === null ? "" : ` ${timeText(at)}`}`);
  const current = steps[step];
  if (!reached || current === undefined) return { at: Number.POSITIVE_INFINITY, watching: false };
  return { at: at! + current.watchMs, watching: true };
}

/** What does not serve goes first, and then earlier canaries, which are smaller than what they were of. */
function shrinkOldTo(rollout: Rollout, size: number): void {
  let excess = sumOf(rollout.activeOldSets, "desired") - size;
  const give = (old: ReplicaSet, most: number): void => {
    const taken = Math.min(excess, most);
    if (taken <= 0) return;
    rollout.scale(old, desiredOf(old) - taken);
    excess -= taken;
  };
  const smallestFirst = () =>
    rollout.activeOldSets.toSorted(
      (left, right) => desiredOf(left) - desiredOf(right) || oldestFirst(left, right),
    );
  for (const old of smallestFirst()) {
    give(old, desiredOf(old) - (old.status?.availableReplicas ?? 0));
  }
  for (const old of smallestFirst()) give(old, desiredOf(old));
}

function sizeAt(step: CanaryStep | undefined, desired: number): number {
  return step === undefined ? desired : Math.ceil((desired * step.percent) / 100);
}

/** Another template begins with the first step. */
function stateOf(rollout: Rollout, set: string): { step: number; since: number | null } {
  const [name, step = "0", since] = (rollout.annotation(canaryKeys.state) ?? "").split(" ");
  if (name !== set) return { step: 0, since: null };
  const at = timeOf(since);
  return { step: Number(step) || 0, since: Number.isNaN(at) ? null : at };
}

function note(rollout: Rollout, state: string): void {
  if (rollout.annotation(canaryKeys.state) !== state) {
    rollout.annotate({ [canaryKeys.state]: state });
  }
}
