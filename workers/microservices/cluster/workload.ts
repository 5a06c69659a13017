/** What a pod belongs to, as people name it: the Deployment behind its ReplicaSet, the Job, or itself. */
import type { ObjectStore } from "../core/store/object-store.ts";
import type { KubeObject } from "../core/store/objects.ts";

export interface Workload {
  readonly kind: string;
  readonly name: string;
}

export function workloadOf(store: ObjectStore, object: KubeObject): Workload {
  let at: KubeObject = object;
  // A pod's owner's owner at most: a Deployment, or a CronJob.
  for (let steps = 0; steps < 2; steps++) {
    const owner = at.metadata.ownerReferences?.find(({ controller }) => controller === true);
    const kind = owner && store.kinds.ofObject(owner.apiVersion, owner.kind);
    if (owner === undefined || kind === undefined) break;
    const found = store.get(kind.resource, at.metadata.namespace, owner.name);
    if (found === undefined) return { kind: owner.kind, name: owner.name };
    at = found;
  }
  return { kind: at.kind, name: at.metadata.name };
}
