/** What the API server does to each kind on its way in (pkg/registry, PrepareForCreate and -Update). */
import { isObject, type JsonObject, objectAt } from "../../core/machinery/json.ts";
import type { Kind } from "../../core/store/kinds.ts";
import type { KubeObject } from "../../core/store/objects.ts";

/** The status of new objects; where a kind is not named, it begins empty. */
const firstStatus: Readonly<Record<string, JsonObject>> = {
  pods: { phase: "Pending", qosClass: "BestEffort" },
  services: { loadBalancer: {} },
  persistentvolumes: { phase: "Pending" },
  persistentvolumeclaims: { phase: "Pending" },
  "ingresses.networking.k8s.io": { loadBalancer: {} },
  "poddisruptionbudgets.policy": {
    disruptionsAllowed: 0,
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
  },
  "replicasets.apps": { replicas: 0 },
  "statefulsets.apps": { replicas: 0, availableReplicas: 0 },
  "daemonsets.apps": {
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
  },
  "horizontalpodautoscalers.autoscaling": { desiredReplicas: 0, currentMetrics: null },
};

/** Their status comes with them: kubelets and controllers register them whole. */
const keepsStatus = new Set(["nodes", "namespaces"]);

/** @param object changed */
export function prepareNew(kind: Kind, object: JsonObject): void {
  const metadata = objectAt(object, "metadata")!;
  for (const name of [
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "selfLink",
  ]) {
    delete metadata[name];
  }
  if (!kind.subresources.includes("status") || keepsStatus.has(kind.resource)) return;
  if (kind.custom) {
    delete object["status"];
    return;
  }
  object["status"] = structuredClone(firstStatus[kind.resource] ?? {});
  if (kind.resource === "pods") {
    const status = object["status"];
    if (isObject(status)) status["qosClass"] = qosClassOf(objectAt(object, "spec") ?? {});
  }
}

/** What the server alone sets stays as it is. @param object changed */
export function prepareUpdate(object: JsonObject, live: KubeObject, part: "main" | "status"): void {
  const stored = live as unknown as JsonObject;
  const before = stored["metadata"] as JsonObject;
  const metadata = objectAt(object, "metadata")!;
  for (const name of [
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "selfLink",
  ]) {
    const value = before[name];
    if (value === undefined) delete metadata[name];
    else metadata[name] = value;
  }
  if (part === "status") {
    for (const key of Object.keys(object)) {
      if (key !== "status" && key !== "metadata" && !(key in stored)) delete object[key];
    }
    for (const [key, value] of Object.entries(stored)) {
      if (key !== "status" && key !== "metadata") object[key] = value;
    }
    return;
  }
  if (stored["status"] === undefined) delete object["status"];
  else object["status"] = stored["status"];
}

/** k8s.io/kubernetes pkg/apis/core/v1/helper/qos: of CPU and memory, over all containers. */
export function qosClassOf(spec: JsonObject): "Guaranteed" | "Burstable" | "BestEffort" {
  const containers = [spec["containers"], spec["initContainers"]]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .filter(isObject);
  let isAny = false;
  let isGuaranteed = containers.length > 0;
  for (const container of containers) {
    const resources = objectAt(container, "resources");
    const requests = objectAt(resources, "requests") ?? {};
    const bounds = objectAt(resources, "limits") ?? {};
    for (const name of ["cpu", "memory"]) {
      const request = requests[name] ?? bounds[name];
      if (request !== undefined) isAny = true;
      if (bounds[name] === undefined || request !== bounds[name]) isGuaranteed = false;
    }
  }
  if (!isAny) return "BestEffort";
  return isGuaranteed ? "Guaranteed" : "Burstable";
}
