/** Which nodes a DaemonSet's pods are for (daemon_controller.go, NodeShouldRunDaemonPod). */
import type { PodTemplateSpec, Toleration } from "kubernetes-types/core/v1";
import { shapeOf } from "../../scheduling/pod-shape.ts";
import { isTolerated } from "../../scheduling/tolerations.ts";
import type { ObjectOf } from "../../store/objects.ts";
import type { Pod } from "../pod-facts.ts";

export type DaemonSet = ObjectOf<"daemonsets.apps">;
type Node = ObjectOf<"nodes">;

/** What every daemon bears (daemonset_util.go, AddOrUpdateDaemonPodTolerations). */
const tolerations: readonly Toleration[] = [
  ["not-ready", "NoExecute"],
  ["unreachable", "NoExecute"],
  ["disk-pressure", "NoSchedule"],
  ["memory-pressure", "NoSchedule"],
  ["pid-pressure", "NoSchedule"],
  ["unschedulable", "NoSchedule"],
].map(([key, effect]) => ({
  key: `node.kubernetes.io/${key}`,
  operator: "Exists",
  effect: effect!,
}));
const hostNetworkToleration: Toleration = {
  key: "node.kubernetes.io/network-unavailable",
  operator: "Exists",
  effect: "NoSchedule",
};

export interface NodeFit {
  readonly shouldRun: boolean;
  /** A daemon that is there may stay where a new one would not be put. */
  readonly mayStay: boolean;
}

const both = (fits: boolean): NodeFit => ({ shouldRun: fits, mayStay: fits });

export function nodeFit({ spec }: DaemonSet, { metadata, spec: nodeSpec }: Node): NodeFit {
  const pod = spec!.template.spec!;
  if (pod.nodeName && pod.nodeName !== metadata.name) return both(false);
  const { allowsNode } = shapeOf(pod);
  if (allowsNode?.(metadata.labels ?? {}, metadata.name) === false) return both(false);
  const borne = daemonTolerations(spec!.template);
  const hard = (nodeSpec?.taints ?? []).filter(
    (taint) => taint.effect !== "PreferNoSchedule" && !isTolerated(borne, taint),
  );
  if (hard.length === 0) return both(true);
  return { shouldRun: false, mayStay: hard.every(({ effect }) => effect !== "NoExecute") };
}

/** The template of the pod for one node: the scheduler finds that only this node will do. */
export function daemonTemplate({ spec, metadata }: DaemonSet, node: string, labels: object) {
  const { template } = spec!;
  const { affinity } = template.spec!;
  const generation = metadata.annotations?.["deprecated.daemonset.template.generation"];
  return {
    metadata: {
      ...template.metadata,
      labels: {
        ...template.metadata?.labels,
        ...labels,
        ...(generation !== undefined && { "pod-template-generation": generation }),
      },
    },
    spec: {
      ...template.spec!,
      tolerations: daemonTolerations(template),
      affinity: {
        ...affinity,
        nodeAffinity: {
          ...affinity?.nodeAffinity,
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] },
            ],
          },
        },
      },
    },
  } satisfies PodTemplateSpec;
}

/** The node that the pod is on or for; "" where it is for none. */
export function targetNode({ spec }: Pod): string {
  if (spec?.nodeName) return spec.nodeName;
  const terms =
    spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  for (const { matchFields = [] } of terms ?? []) {
    const pin = matchFields.find(({ key }) => key === "metadata.name");
    if (pin?.operator === "In" && pin.values?.length === 1) return pin.values[0]!;
  }
  return "";
}

function daemonTolerations({ spec }: PodTemplateSpec): Toleration[] {
  const added = spec?.hostNetwork === true ? [...tolerations, hostNetworkToleration] : tolerations;
  const own = (spec?.tolerations ?? []).filter(
    ({ key, effect }) => !added.some((each) => each.key === key && each.effect === effect),
  );
  return [...own, ...added];
}
