/** Conditions of a status, by type. */
import { timeText } from "../store/objects.ts";

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export const conditionOf = <Shape extends { type: string }>(
  conditions: readonly Shape[] | undefined,
  type: string,
): Shape | undefined => conditions?.find((condition) => condition.type === type);

export const withoutCondition = <Shape extends { type: string }>(
  conditions: readonly Shape[],
  type: string,
): Shape[] => conditions.filter((condition) => condition.type !== type);

/**
 * The conditions with this one in place of the one of its type; the same list where status, reason
 * and message are as they were. The time of transition is that of the last change of status.
 */
export function withCondition<Shape extends Condition>(
  conditions: readonly Shape[] | undefined,
  condition: Shape,
  now: number,
): Shape[] {
  const before = conditionOf(conditions, condition.type);
  if (
    before?.status === condition.status &&
    before.reason === condition.reason &&
    before.message === condition.message
  ) {
    return conditions as Shape[];
  }
  const lastTransitionTime =
    before?.status === condition.status ? before.lastTransitionTime : timeText(now);
  const made = { ...condition, ...(lastTransitionTime !== undefined && { lastTransitionTime }) };
  const index = conditions?.findIndex(({ type }) => type === condition.type) ?? -1;
  if (index < 0) return [...(conditions ?? []), made];
  return conditions!.with(index, made);
}
