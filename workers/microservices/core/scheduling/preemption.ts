/**
 * Which pods would have to go for a pod to find a place: kube-scheduler's DefaultPreemption
 * (pkg/scheduler/framework/preemption, plugins/defaultpreemption). Pure: who is chosen is told,
 * and nothing is left changed.
 */
import { schedulingLimits } from "../../limits.ts";
import type { ObjectOf } from "../store/objects.ts";
import { selectorMatcher } from "../store/selectors.ts";
import { changeCycle, type Cycle } from "./cycle.ts";
import { type Diagnosis, fitMessage } from "./diagnosis.ts";
import type { Rejection } from "./filters.ts";
import type { NodeInfo, PodInfo } from "./node-info.ts";

type PodDisruptionBudget = ObjectOf<"poddisruptionbudgets.policy">;

const noVictims = { reasons: ["No preemption victims found for incoming pod"] };
const notHelpful: readonly string[] = ["Preemption is not helpful for scheduling"];

export interface Candidate {
  readonly info: NodeInfo;
  /** The most important first. */
  readonly victims: readonly PodInfo[];
  /** Victims that a disruption budget speaks for. */
  readonly violations: number;
}

export interface PreemptionInput {
  readonly cycle: Cycle;
  readonly diagnosis: Diagnosis;
  readonly budgets: readonly PodDisruptionBudget[];
  /** Whether the pod would fit, with the pods nominated to the node. */
  readonly filter: (cycle: Cycle, info: NodeInfo) => Rejection | null;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** The best candidate, or why there is none ("0/3 nodes are available: ..."). */
export function findVictims(input: PreemptionInput): Candidate | string {
  const { diagnosis, random } = input;
  const reasons: (readonly string[])[] = [];
  const possible: NodeInfo[] = [];
  for (const { info, rejection } of diagnosis.rejected) {
    if (rejection.resolvable) possible.push(info);
    else reasons.push(notHelpful);
  }
  const { preemptionNodesPercentage, preemptionNodesMin } = schedulingLimits;
  const wanted = Math.max(
    preemptionNodesMin,
    Math.trunc((possible.length * preemptionNodesPercentage) / 100),
  );
  const offset = Math.floor(random() * possible.length);
  const candidates: Candidate[] = [];
  let withoutViolations = 0;
  for (let step = 0; step < possible.length; step++) {
    // Enough are found when one of them breaks no budget.
    if (candidates.length >= wanted && withoutViolations > 0) break;
    const found = victimsOn(input, possible[(offset + step) % possible.length]!);
    if ("victims" in found) {
      candidates.push(found);
      if (found.violations === 0) withoutViolations++;
    } else reasons.push(found.reasons);
  }
  if (candidates.length === 0) return fitMessage(diagnosis.nodes, reasons);
  return candidates.reduce((best, candidate) => (isBetter(candidate, best) ? candidate : best));
}

function victimsOn(
  { cycle, budgets, filter }: PreemptionInput,
  info: NodeInfo,
): Candidate | { readonly reasons: readonly string[] } {
  const lower: PodInfo[] = [];
  for (const pod of info.pods.values()) if (pod.priority < cycle.pod.priority) lower.push(pod);
  if (lower.length === 0) return noVictims;
  const take = (pod: PodInfo): void => {
    info.release(pod);
    changeCycle(cycle, info, pod, -1);
  };
  const giveBack = (pod: PodInfo): void => {
    info.hold(pod);
    changeCycle(cycle, info, pod, 1);
  };
  for (const pod of lower) take(pod);
  const rejection = filter(cycle, info);
  if (rejection !== null) {
    for (const pod of lower) giveBack(pod);
    return rejection;
  }
  lower.sort(byImportance);
  const violating = violatingPods(lower, budgets);
  const victims: PodInfo[] = [];
  let violations = 0;
  // As many as possible may stay, those that a budget speaks for first.
  for (const spoken of [true, false]) {
    for (const pod of lower) {
      if (violating.has(pod) !== spoken) continue;
      giveBack(pod);
      if (filter(cycle, info) === null) continue;
      take(pod);
      victims.push(pod);
      if (spoken) violations++;
    }
  }
  for (const pod of victims) giveBack(pod);
  return { info, victims: victims.toSorted(byImportance), violations };
}

const startOf = ({ pod }: PodInfo): string => pod.status?.startTime ?? "9999";

/** util.MoreImportantPod: higher priority, then the longer running. */
function byImportance(left: PodInfo, right: PodInfo): number {
  if (left.priority !== right.priority) return right.priority - left.priority;
  const [before, after] = [startOf(left), startOf(right)];
  return before < after ? -1 : before > after ? 1 : 0;
}

function violatingPods(
  pods: readonly PodInfo[],
  budgets: readonly PodDisruptionBudget[],
): ReadonlySet<PodInfo> {
  const violating = new Set<PodInfo>();
  if (budgets.length === 0) return violating;
  const left = budgets.map(({ metadata, spec, status }) => ({
    namespace: metadata.namespace,
    matches: selectorMatcher(spec?.selector),
    disrupted: status?.disruptedPods ?? {},
    allowed: status?.disruptionsAllowed ?? 0,
  }));
  for (const pod of pods) {
    for (const budget of left) {
      if (budget.namespace !== pod.namespace || !budget.matches(pod.labels)) continue;
      // Its end is accounted for already.
      if (Object.hasOwn(budget.disrupted, pod.name)) continue;
      budget.allowed--;
      if (budget.allowed < 0) violating.add(pod);
    }
  }
  return violating;
}

/** pickOneNodeForPreemption: the first measure that differs decides. */
function isBetter(left: Candidate, right: Candidate): boolean {
  if (left.violations !== right.violations) return left.violations < right.violations;
  const highest = ({ victims }: Candidate) => victims[0]?.priority ?? Number.MIN_SAFE_INTEGER;
  if (highest(left) !== highest(right)) return highest(left) < highest(right);
  // Priorities are of 32 bits: this keeps their sum from rewarding negative ones.
  const sum = ({ victims }: Candidate) =>
    victims.reduce((total, { priority }) => total + priority + 2 ** 31, 0);
  if (sum(left) !== sum(right)) return sum(left) < sum(right);
  if (left.victims.length !== right.victims.length) {
    return left.victims.length < right.victims.length;
  }
  return earliestStart(left) > earliestStart(right);
}

/** Of the victims of the highest priority. */
function earliestStart({ victims }: Candidate): string {
  let earliest = "9999";
  for (const pod of victims) {
    if (pod.priority === victims[0]!.priority && startOf(pod) < earliest) earliest = startOf(pod);
  }
  return earliest;
}
