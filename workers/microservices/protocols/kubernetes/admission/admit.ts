/** Admission: what is filled in and refused before an object is stored (plugin/pkg/admission). */
import { isObject, type JsonObject, objectAt, stringAt } from "../../../core/machinery/json.ts";
import { simulatedTaint } from "../../../core/nodes/node-pools.ts";
import { apiErrors } from "../../../core/store/api-error.ts";
import type { ObjectStore } from "../../../core/store/object-store.ts";
import type { ApiContext } from "../context.ts";
import type { ApiRequest } from "../request.ts";
import { allocateService } from "./cluster-ip.ts";
import { applyLimitRanges } from "./limit-ranges.ts";
import { checkQuotas } from "./quota.ts";

/** @param object changed. @throws ApiError 403, 422, 429 */
export function admit(
  context: ApiContext,
  request: ApiRequest,
  object: JsonObject,
  old: JsonObject | null,
): void {
  const { resource, plural, group } = request.served.kind;
  const { namespace } = request;
  if (resource === "namespaces") labelNamespace(object);
  if (resource === "services") allocateService(context.store, object, old);
  if (resource === "pods" && old === null) admitPod(context.store, namespace!, object);
  if (resource === "poddisruptionbudgets.policy" && old !== null) keepStatus(object, old);
  if (namespace === undefined) return;
  checkQuotas(context.store, { resource, namespace, plural, group }, object, old);
}

/** Every namespace can be selected by its name. */
function labelNamespace(object: JsonObject): void {
  const metadata = objectAt(object, "metadata")!;
  const name = stringAt(metadata, "name");
  if (!name) return;
  metadata["labels"] = {
    ...objectAt(metadata, "labels"),
    "kubernetes.io/metadata.name": name,
  };
}

function keepStatus(object: JsonObject, old: JsonObject): void {
  if (object["status"] === undefined && old["status"] !== undefined)
    object["status"] = old["status"];
}

/** @param pod changed. @throws ApiError 403 */
export function admitPod(store: ObjectStore, namespace: string, pod: JsonObject): void {
  const spec = objectAt(pod, "spec");
  if (spec === undefined) return;
  const name = stringAt(objectAt(pod, "metadata"), "name") ?? "";
  setServiceAccount(store, namespace, spec, name);
  setPriority(store, spec, name);
  applyLimitRanges(store, namespace, pod);
  addNodeTolerations(spec);
  tolerateSimulation(spec);
}

const pods = { plural: "pods", group: "" };

/** plugin/pkg/admission/serviceaccount: "default" where none is named; a named one must be there. */
function setServiceAccount(
  store: ObjectStore,
  namespace: string,
  spec: JsonObject,
  pod: string,
): void {
  const name = stringAt(spec, "serviceAccountName") || "default";
  spec["serviceAccountName"] = name;
  spec["serviceAccount"] = name;
  if (name === "default" || store.get("serviceaccounts", namespace, name)) return;
  throw apiErrors.forbidden(
    pods,
    pod,
    `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
  );
}

const systemPriorities: Readonly<Record<string, number>> = {
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};

/** plugin/pkg/admission/priority */
function setPriority(store: ObjectStore, spec: JsonObject, pod: string): void {
  const name = stringAt(spec, "priorityClassName");
  if (name) {
    const priorityClass = store.get("priorityclasses.scheduling.k8s.io", undefined, name);
    const value = priorityClass?.value ?? systemPriorities[name];
    if (value === undefined) {
      throw apiErrors.forbidden(pods, pod, `no PriorityClass with name ${name} was found`);
    }
    spec["priority"] = value;
    spec["preemptionPolicy"] ??= priorityClass?.preemptionPolicy ?? "PreemptLowerPriority";
    return;
  }
  let priority = 0;
  let policy = "PreemptLowerPriority";
  for (const { globalDefault, metadata, value, preemptionPolicy } of store.all(
    "priorityclasses.scheduling.k8s.io",
  )) {
    if (!globalDefault) continue;
    spec["priorityClassName"] = metadata.name;
    priority = value;
    policy = preemptionPolicy ?? policy;
    break;
  }
  spec["priority"] = priority;
  spec["preemptionPolicy"] ??= policy;
}

const troubles = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

/** plugin/pkg/admission/defaulttolerationseconds: a pod stays 300 s on a node in trouble. */
function addNodeTolerations(spec: JsonObject): void {
  const given = Array.isArray(spec["tolerations"]) ? spec["tolerations"] : [];
  const tolerations = [...given];
  for (const key of troubles) {
    const isTolerated = given
      .filter(isObject)
      .some(
        (each) =>
          (each["key"] === key || !each["key"]) &&
          (!each["effect"] || each["effect"] === "NoExecute"),
      );
    if (isTolerated) continue;
    tolerations.push({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 });
  }
  spec["tolerations"] = tolerations;
}

/** Who asks for simulated nodes by their label tolerates the taint that keeps all others away. */
function tolerateSimulation(spec: JsonObject): void {
  const { key, value, effect } = simulatedTaint;
  if (objectAt(spec, "nodeSelector")?.[key] !== value) return;
  const given = Array.isArray(spec["tolerations"]) ? spec["tolerations"] : [];
  spec["tolerations"] = [...given, { key, operator: "Equal", value, effect }];
}
