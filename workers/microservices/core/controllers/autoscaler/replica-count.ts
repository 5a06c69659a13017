/** How many replicas a metric asks for (podautoscaler/replica_calculator.go): pure. */
import { timeOf, isEnding, type Pod } from "../pod-facts.ts";

export interface UsageSample {
  /** Thousandths of the resource's unit, by container. */
  readonly containers: ReadonlyMap<string, number>;
  /** When it was measured (milliseconds since the epoch), and over which time. */
  readonly at: number;
  readonly windowMs: number;
}

/** Where the autoscaler reads what pods use; undefined where nothing was measured. */
export interface PodMetrics {
  usage(pod: Pod, resource: string): UsageSample | undefined;
  /** A metric of the pod as a whole, such as `requests-per-second`, in thousandths. */
  value(pod: Pod, metric: string): number | undefined;
}

/** What of one pod is compared. */
export interface PodReading {
  readonly pod: Pod;
  /** Undefined where it is missing. */
  readonly amount: number | undefined;
  /** What the pod has at 100 %: its request, or the target where that is an amount. */
  readonly full: number;
  /** A sample that may be from before the pod was ready does not count. */
  readonly isUnready: boolean;
}

export interface Recommendation {
  readonly replicas: number;
  /** Use of what is full, over all pods that count; in thousandths of a pod's average, too. */
  readonly ratio: number;
  readonly averageAmount: number;
}

const tolerance = 0.1;
const isNear = (ratio: number): boolean => Math.abs(ratio - 1) <= tolerance + 1e-9;

/** `target`: the wanted use as a share of `full`. Null where no pod has a reading. */
export function recommend(
  readings: readonly PodReading[],
  target: number,
  current: number,
): Recommendation | null {
  const present = readings.filter(({ isUnready, amount }) => !isUnready && amount !== undefined);
  const unready = readings.filter(({ isUnready }) => isUnready);
  const missing = readings.filter(({ isUnready, amount }) => !isUnready && amount === undefined);
  if (present.length === 0) return null;
  const amounts = present.map(({ amount, full }) => ({ amount: amount!, full }));
  const use = ratioOf(amounts);
  // Requests of nothing: no share of them can be said.
  if (!Number.isFinite(use)) return null;
  const ratio = use / target;
  const total = amounts.reduce((sum, { amount }) => sum + amount, 0);
  const answer = { ratio: use, averageAmount: Math.floor(total / present.length) };
  const isUpWithUnready = unready.length > 0 && ratio > 1;
  if (!isUpWithUnready && missing.length === 0) {
    const replicas = isNear(ratio) ? current : ceilOf(ratio * present.length);
    return { ...answer, replicas };
  }
  // What is not known speaks against every change: idle when more are wanted, busy when fewer are.
  for (const { full } of missing) {
    if (ratio < 1) amounts.push({ amount: full * Math.max(1, target), full });
    else if (ratio > 1) amounts.push({ amount: 0, full });
  }
  if (isUpWithUnready) for (const { full } of unready) amounts.push({ amount: 0, full });
  const careful = ratioOf(amounts) / target;
  if (isNear(careful) || ratio < 1 !== careful < 1) return { ...answer, replicas: current };
  const replicas = ceilOf(careful * amounts.length);
  const isContrary = careful < 1 ? replicas > current : replicas < current;
  return { ...answer, replicas: isContrary ? current : replicas };
}

/** Whole percents, as Kubernetes compares them, would lose what amounts tell: thousandths do. */
function ratioOf(amounts: readonly { amount: number; full: number }[]): number {
  let used = 0;
  let full = 0;
  for (const each of amounts) {
    used += each.amount;
    full += each.full;
  }
  return used / full;
}

/** A product that is a hair above a whole number by rounding is that number. */
const ceilOf = (value: number): number => Math.ceil(value - 1e-9);

const initialisationMs = 300_000;
const firstReadinessMs = 30_000;

/** Pods that are over or ending do not count at all. */
export const countsForScaling = (pod: Pod): boolean =>
  !isEnding(pod) && pod.status?.phase !== "Failed" && pod.status?.phase !== "Succeeded";

/** Whether a pod's use of cpu says nothing yet, as it was starting. */
export function isStarting(pod: Pod, sample: UsageSample | undefined, now: number): boolean {
  const { phase, startTime, conditions = [] } = pod.status ?? {};
  if (phase === "Pending") return true;
  if (sample === undefined) return false;
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready === undefined || startTime === undefined) return true;
  const started = timeOf(startTime);
  const changed = timeOf(ready.lastTransitionTime);
  if (started + initialisationMs > now) {
    return ready.status === "False" || sample.at < changed + sample.windowMs;
  }
  return ready.status === "False" && started + firstReadinessMs > changed;
}
