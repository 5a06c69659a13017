/** The spread that kube-scheduler aims at where a pod asks for none (defaultingType: System). */
import type { TopologySpreadConstraint } from "kubernetes-types/core/v1";
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { schedulingLimits } from "../../limits.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { ObjectOf } from "../store/objects.ts";

const none: readonly TopologySpreadConstraint[] = [];

export class DefaultSpread {
  readonly #store: ObjectStore;
  readonly #known = new Map<string, readonly TopologySpreadConstraint[]>();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Among the pods of the same services and of the same owner; none where there are neither. */
  of(pod: ObjectOf<"pods">): readonly TopologySpreadConstraint[] {
    const selector = this.#selectorOf(pod);
    if (selector === null) return none;
    const key = JSON.stringify(selector);
    let constraints = this.#known.get(key);
    if (constraints === undefined) {
      const common = { whenUnsatisfiable: "ScheduleAnyway", labelSelector: selector };
      constraints = [
        { ...common, topologyKey: "kubernetes.io/hostname", maxSkew: 3 },
        { ...common, topologyKey: "topology.kubernetes.io/zone", maxSkew: 5 },
      ];
      if (this.#known.size >= schedulingLimits.selectorsTrackedMax) this.#known.clear();
      this.#known.set(key, constraints);
    }
    return constraints;
  }

  #selectorOf({ metadata }: ObjectOf<"pods">): LabelSelector | null {
    const { namespace = "", labels = {}, ownerReferences = [] } = metadata;
    const matchLabels: Record<string, string> = {};
    const matchExpressions: LabelSelector["matchExpressions"] = [];
    for (const { spec } of this.#store.inNamespace("services", namespace)) {
      const wanted = Object.entries(spec?.selector ?? {});
      if (wanted.length === 0 || wanted.some(([key, value]) => labels[key] !== value)) continue;
      Object.assign(matchLabels, spec?.selector);
    }
    const owner = ownerReferences.find(({ controller }) => controller === true);
    if (owner?.kind === "ReplicaSet" || owner?.kind === "StatefulSet") {
      const resource = owner.kind === "ReplicaSet" ? "replicasets.apps" : "statefulsets.apps";
      const selector = this.#store.get(resource, namespace, owner.name)?.spec?.selector;
      Object.assign(matchLabels, selector?.matchLabels);
      matchExpressions.push(...(selector?.matchExpressions ?? []));
    }
    const parts = Object.keys(matchLabels).length + matchExpressions.length;
    return parts === 0 ? null : { matchLabels, matchExpressions };
  }
}
