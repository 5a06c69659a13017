import type { PodCondition } from "kubernetes-types/core/v1";
import { timeText } from "../store/objects.ts";

/**
 * The conditions with this one set; the very same list where it stands there already. The time of
 * the transition moves with the status alone (podutil.UpdatePodCondition).
 */
export function setPodCondition(
  conditions: readonly PodCondition[] | undefined,
  { type, status, reason, message }: Omit<PodCondition, "lastTransitionTime">,
  now: number,
): PodCondition[] {
  const list = conditions ?? [];
  const before = list.find((condition) => condition.type === type);
  if (before?.status === status && before.reason === reason && before.message === message) {
    return list as PodCondition[];
  }
  const after: PodCondition = {
    type,
    status,
    lastTransitionTime:
      before?.status === status && before.lastTransitionTime
        ? before.lastTransitionTime
        : timeText(now),
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
  };
  return before === undefined
    ? [...list, after]
    : list.map((condition) => (condition === before ? after : condition));
}
