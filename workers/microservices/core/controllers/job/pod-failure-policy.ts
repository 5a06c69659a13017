/** What a job's policy says of a failed pod: the first rule that fits it (pod_failure_policy.go). */
import type { PodFailurePolicy, PodFailurePolicyRule } from "kubernetes-types/batch/v1";
import type { Pod } from "../pod-facts.ts";

export interface PolicyMatch {
  readonly action: string;
  /** Why the job fails, where the action is FailJob. */
  readonly message: string;
}

export function matchPodFailurePolicy(
  policy: PodFailurePolicy | undefined,
  pod: Pod,
): PolicyMatch | null {
  if (pod.status?.phase !== "Failed") return null;
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const what = exitCodeMatch(rule, pod) ?? conditionMatch(rule, pod);
    if (what === null) continue;
    const { action } = rule;
    return { action, message: `${what} matching ${action} rule at index ${index}` };
  }
  return null;
}

function exitCodeMatch({ onExitCodes }: PodFailurePolicyRule, pod: Pod): string | null {
  if (onExitCodes === undefined) return null;
  const { containerName, operator, values } = onExitCodes;
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  for (const { name, state } of [...containerStatuses, ...initContainerStatuses]) {
    if (containerName !== undefined && containerName !== name) continue;
    const code = state?.terminated?.exitCode ?? 0;
    if (code === 0 || values.includes(code) !== (operator === "In")) continue;
    return `Container ${name} for pod ${named(pod)} failed with exit code ${code}`;
  }
  return null;
}

function conditionMatch({ onPodConditions = [] }: PodFailurePolicyRule, pod: Pod): string | null {
  for (const wanted of onPodConditions) {
    const found = pod.status?.conditions?.find(({ type }) => type === wanted.type);
    if (found !== undefined && found.status === (wanted.status ?? "True")) {
      return `Pod ${named(pod)} has condition ${wanted.type}`;
    }
  }
  return null;
}

const named = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;
