/**
 * Takes a rollout back that missed its deadline, where the Deployment asks for it by the annotation
 * `demo.dev/rollback: auto`. What was taken back is not rolled out to again by a further failure: the
 * annotation `demo.dev/rolled-back-from` names it.
 */
import { conditionOf } from "../conditions.ts";
import { desiredOf, revisionOf } from "./deployment-facts.ts";
import type { Rollout } from "./rollout.ts";
import { withoutHash } from "./template-hash.ts";

export const rollbackKeys = {
  mode: "demo.dev/rollback",
  from: "demo.dev/rolled-back-from",
} as const;

/** @returns whether the Deployment has another template now */
export function rollBackIfLate(rollout: Rollout): boolean {
  const { deployment, newSet, store } = rollout;
  const condition = conditionOf(deployment.status?.conditions, "Progressing");
  if (condition?.reason !== "ProgressDeadlineExceeded" || newSet === undefined) return false;
  if (rollout.annotation(rollbackKeys.mode) !== "auto") return false;
  const failed = rollout.annotation(rollbackKeys.from);
  const before = rollout.oldSets
    .filter(({ metadata }) => metadata.name !== failed)
    .toSorted((a, b) => desiredOf(b) - desiredOf(a) || revisionOf(b) - revisionOf(a))
    .find((set) => revisionOf(set) < revisionOf(newSet));
  if (before?.spec?.template === undefined) return false;
  const { name } = newSet.metadata;
  rollout.deployment = store.update(
    {
      ...deployment,
      metadata: {
        ...deployment.metadata,
        annotations: { ...deployment.metadata.annotations, [rollbackKeys.from]: name },
      },
      spec: { ...deployment.spec!, template: withoutHash(before.spec.template) },
    },
    "main",
  );
  rollout.tell(
    "DeploymentRollback",
    `Rolled back deployment "${deployment.metadata.name}" to revision ${revisionOf(before)}: ${name} missed its deadline`,
    "Warning",
  );
  return true;
}
