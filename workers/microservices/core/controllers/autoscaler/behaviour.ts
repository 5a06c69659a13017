/** How fast an autoscaler may follow its metrics (podautoscaler/horizontal.go, behavior): pure. */
import type {
  HorizontalPodAutoscalerBehavior,
  HPAScalingRules,
} from "kubernetes-types/autoscaling/v2";

/** What was recommended and done before, the oldest first. */
export interface ScalingHistory {
  readonly recommendations: { readonly at: number; readonly replicas: number }[];
  /** Positive: pods that were added. */
  readonly changes: { readonly at: number; readonly change: number }[];
}

export interface Bounded {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

const upDefaults = {
  stabilizationWindowSeconds: 0,
  selectPolicy: "Max",
  policies: [
    { type: "Percent", value: 100, periodSeconds: 15 },
    { type: "Pods", value: 4, periodSeconds: 15 },
  ],
};
const downDefaults = {
  stabilizationWindowSeconds: 300,
  selectPolicy: "Max",
  policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
};
/** No policy may look back further (validation's maxPeriodSeconds and maxStabilizationWindowSeconds). */
const historyMs = 3_600_000;

const rulesOf = (behaviour: HorizontalPodAutoscalerBehavior | undefined) => ({
  up: { ...upDefaults, ...behaviour?.scaleUp },
  down: { ...downDefaults, ...behaviour?.scaleDown },
});

/** The lowest that was recommended lately when going up, the highest when going down. */
export function stabilise(
  behaviour: HorizontalPodAutoscalerBehavior | undefined,
  { recommendations }: ScalingHistory,
  current: number,
  desired: number,
  now: number,
): Bounded {
  const { up, down } = rulesOf(behaviour);
  let lowest = desired;
  let highest = desired;
  for (const { at, replicas } of recommendations) {
    if (at > now - up.stabilizationWindowSeconds * 1_000) lowest = Math.min(lowest, replicas);
    if (at > now - down.stabilizationWindowSeconds * 1_000) highest = Math.max(highest, replicas);
  }
  while ((recommendations[0]?.at ?? now) < now - historyMs) recommendations.shift();
  recommendations.push({ at: now, replicas: desired });
  const replicas = Math.min(Math.max(current, lowest), highest);
  if (replicas === desired) {
    const message = "recommended size matches current size";
    return { replicas, reason: "ReadyForNewScale", message };
  }
  return desired >= current
    ? {
        replicas,
        reason: "ScaleUpStabilized",
        message:
          "recent recommendations were lower than current one, applying the lowest recent recommendation",
      }
    : {
        replicas,
        reason: "ScaleDownStabilized",
        message:
          "recent recommendations were higher than current one, applying the highest recent recommendation",
      };
}

/** Within the bounds, and no faster than the policies allow. */
export function limitRate(
  behaviour: HorizontalPodAutoscalerBehavior | undefined,
  { changes }: ScalingHistory,
  bounds: { readonly min: number; readonly max: number },
  current: number,
  desired: number,
  now: number,
): Bounded {
  const { up, down } = rulesOf(behaviour);
  while ((changes[0]?.at ?? now) < now - historyMs) changes.shift();
  if (desired > current) {
    const limit = Math.max(current, limitOf(up, changes, current, now, 1));
    const most = Math.min(bounds.max, limit);
    if (desired > most) {
      return most === bounds.max ? tooMany(most) : tooFast(most, "ScaleUpLimit", "increasing");
    }
  } else if (desired < current) {
    const limit = Math.min(current, limitOf(down, changes, current, now, -1));
    const least = Math.max(bounds.min, limit);
    if (desired < least) {
      return least === bounds.min ? tooFew(least) : tooFast(least, "ScaleDownLimit", "decreasing");
    }
  }
  if (desired > bounds.max) return tooMany(bounds.max);
  if (desired < bounds.min) return tooFew(bounds.min);
  const message = "the desired count is within the acceptable range";
  return { replicas: desired, reason: "DesiredWithinRange", message };
}

const tooMany = (replicas: number): Bounded => ({
  replicas,
  reason: "TooManyReplicas",
  message: "the desired replica count is more than the maximum replica count",
});
const tooFew = (replicas: number): Bounded => ({
  replicas,
  reason: "TooFewReplicas",
  message: "the desired replica count is less than the minimum replica count",
});
const tooFast = (replicas: number, reason: string, how: string): Bounded => ({
  replicas,
  reason,
  message: `the desired replica count is ${how} faster than the maximum scale rate`,
});

function limitOf(
  { policies = [], selectPolicy }: HPAScalingRules,
  changes: ScalingHistory["changes"],
  current: number,
  now: number,
  sign: 1 | -1,
): number {
  if (selectPolicy === "Disabled") return current;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    // Where the period began.
    let begin = current;
    for (const { at, change } of changes) if (at > now - periodSeconds * 1_000) begin -= change;
    if (type === "Pods") return begin + sign * value;
    const share = (begin * (100 + sign * value)) / 100;
    return sign > 0 ? Math.ceil(share) : Math.trunc(share);
  });
  const isFarthest = selectPolicy !== "Min";
  return isFarthest === sign > 0 ? Math.max(...limits) : Math.min(...limits);
}
