/** Which filter plugins a change of the cluster may bring to another answer (EventsToRegister). */
import type { ObjectOf } from "../store/objects.ts";
import type { FilterPlugin } from "./filters.ts";

const everything: readonly FilterPlugin[] = [
  "NodeUnschedulable",
  "TaintToleration",
  "NodeAffinity",
  "NodePorts",
  "NodeResourcesFit",
  "PodTopologySpread",
  "InterPodAffinity",
];
const ofPods: readonly FilterPlugin[] = ["PodTopologySpread", "InterPodAffinity"];
const ofEndedPods: readonly FilterPlugin[] = [...ofPods, "NodeResourcesFit", "NodePorts"];

/** "change": a pod was bound or relabelled; "end": it left its node. */
export function podChangeConcerns(what: "change" | "end"): readonly FilterPlugin[] {
  return what === "change" ? ofPods : ofEndedPods;
}

export function nodeChangeConcerns(
  before: ObjectOf<"nodes"> | null,
  after: ObjectOf<"nodes"> | null,
): readonly FilterPlugin[] {
  if (after === null) return ["PodTopologySpread"];
  if (before === null) return everything;
  const concerned: FilterPlugin[] = [];
  if (before.spec?.unschedulable !== after.spec?.unschedulable) {
    concerned.push("NodeUnschedulable");
  }
  if (before.spec?.taints !== after.spec?.taints) {
    concerned.push("TaintToleration", "PodTopologySpread", "NodeUnschedulable");
  }
  if (before.metadata.labels !== after.metadata.labels) {
    concerned.push("NodeAffinity", "PodTopologySpread", "InterPodAffinity");
  }
  if (before.status?.allocatable !== after.status?.allocatable) concerned.push("NodeResourcesFit");
  return concerned;
}
