/**
 * Admission of the pods that controllers make, which come to the store without the API: the same
 * priority, tolerations, bounds and quotas as for anybody else's.
 */
import type { Admit } from "../../../core/controllers/pod-control.ts";
import { cloneJson, type JsonObject } from "../../../core/machinery/json.ts";
import type { ObjectStore } from "../../../core/store/object-store.ts";
import type { NewObject } from "../../../core/store/objects.ts";
import { admitPod } from "./admit.ts";
import { checkQuotas } from "./quota.ts";

/** What decides how a pod's spec is filled in. */
const deciding = new Set(["priorityclasses.scheduling.k8s.io", "limitranges", "serviceaccounts"]);
const pods = { resource: "pods", plural: "pods", group: "" } as const;

/**
 * Pods of one template go on sharing its parts: a spec is filled in once for a namespace, and anew when
 * one of the objects has changed that decide on it.
 */
export function controllerAdmission(store: ObjectStore): Admit {
  let admitted = new WeakMap<object, Map<string, JsonObject>>();
  store.subscribe(({ resource }) => {
    if (deciding.has(resource)) admitted = new WeakMap();
  });
  return <Shape extends NewObject>(object: Shape): Shape => {
    if (object.kind !== "Pod" || object.apiVersion !== "v1") return object;
    const { namespace = "" } = object.metadata;
    const { spec: given } = object as { spec?: object };
    if (given === undefined) return object;
    let byNamespace = admitted.get(given);
    if (byNamespace === undefined) admitted.set(given, (byNamespace = new Map()));
    let spec = byNamespace.get(namespace);
    if (spec === undefined) {
      const pod = cloneJson({ metadata: object.metadata, spec: given } as unknown as JsonObject);
      admitPod(store, namespace, pod);
      spec = pod["spec"] as JsonObject;
      byNamespace.set(namespace, spec);
    }
    const pod = { ...object, spec };
    checkQuotas(store, { ...pods, namespace }, pod as unknown as JsonObject, null);
    return pod;
  };
}
