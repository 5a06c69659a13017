/** What is done to pods besides writing them: binding, eviction, ephemeral containers. */
import type { Status } from "kubernetes-types/meta/v1";
import { isObject, type JsonObject, objectAt, stringAt } from "../../../core/machinery/json.ts";
import { apiErrors } from "../../../core/store/api-error.ts";
import { type KubeObject, type ObjectOf, timeText } from "../../../core/store/objects.ts";
import { selectorMatcher } from "../../../core/store/selectors.ts";
import { mediaTypeOf, parseObject } from "../body.ts";
import type { ApiContext } from "../context.ts";
import { optionsOf } from "../delete.ts";
import { patched } from "../patch.ts";
import type { ApiRequest } from "../request.ts";
import { bodyObject, editable } from "../write.ts";

const success = (code: number): Status => ({
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Success",
  code,
});

const kind = { plural: "pods", group: "" };

/** POST .../binding: a scheduler puts a pod on a node. @throws ApiError 404, 409 */
export function bind({ store, machinery }: ApiContext, request: ApiRequest): Status {
  const body = parseObject(request.body, mediaTypeOf(request.contentType), machinery);
  const target = objectAt(body, "target");
  const node = stringAt(target, "name");
  if (!node || (target?.["kind"] && target["kind"] !== "Node")) {
    throw apiErrors.badRequest("target: a binding names a Node");
  }
  const pod = store.require("pods", request.namespace, request.name!);
  const { name, deletionTimestamp } = pod.metadata;
  const spec = pod.spec!;
  const refused = (why: string) => apiErrors.conflict(kind, name, why);
  if (deletionTimestamp !== undefined)
    throw refused(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (spec.nodeName) {
    throw refused(`pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`);
  }
  if ((spec.schedulingGates ?? []).length > 0)
    throw refused(`pod ${name} has non-empty .spec.schedulingGates`);
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== "PodScheduled");
  const scheduled = {
    type: "PodScheduled",
    status: "True",
    lastTransitionTime: timeText(store.now),
  };
  store.update<KubeObject>(
    {
      ...pod,
      spec: { ...spec, nodeName: node },
      status: { ...pod.status, conditions: [...others, scheduled] },
    },
    "whole",
    { dryRun: request.dryRun },
  );
  return success(201);
}

type Budget = ObjectOf<"poddisruptionbudgets.policy">;

function isReady(pod: ObjectOf<"pods">): boolean {
  return (
    pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ??
    false
  );
}

/** pkg/registry/core/pod/rest/eviction.go, checkAndDecrement. @throws ApiError 429, 500 */
function spend(context: ApiContext, budget: Budget, pod: ObjectOf<"pods">, dryRun: boolean): void {
  const { metadata, status } = budget;
  const allowed = status?.disruptionsAllowed ?? 0;
  const isBehind = (status?.observedGeneration ?? 0) < (metadata.generation ?? 0);
  if (isBehind || allowed <= 0) {
    const message = isBehind
      ? `The disruption budget ${metadata.name} is still being processed by the server.`
      : `The disruption budget ${metadata.name} needs ${status?.desiredHealthy ?? 0} healthy pods and has ${status?.currentHealthy ?? 0} currently`;
    throw apiErrors.tooManyRequests(
      "Cannot evict pod as it would violate the pod's disruption budget.",
      [{ reason: "DisruptionBudget", message, field: "" }],
    );
  }
  if (dryRun) return;
  const disruptedPods = {
    ...status?.disruptedPods,
    [pod.metadata.name]: timeText(context.store.now),
  };
  context.store.setStatus<KubeObject>(budget, {
    ...status,
    disruptionsAllowed: allowed - 1,
    disruptedPods,
  });
}

/** POST .../eviction: a deletion that the pod's disruption budgets have a say in. @throws ApiError */
export function evict(context: ApiContext, request: ApiRequest): Status {
  const { store, machinery } = context;
  const body =
    request.body.length === 0
      ? {}
      : parseObject(request.body, mediaTypeOf(request.contentType), machinery);
  const options = optionsOf(objectAt(body, "deleteOptions") ?? {}, request.query, request.dryRun);
  const pod = store.require("pods", request.namespace, request.name!);
  const { phase } = pod.status ?? {};
  const needsNoBudget =
    phase === "Succeeded" ||
    phase === "Failed" ||
    phase === "Pending" ||
    pod.metadata.deletionTimestamp !== undefined;
  if (!needsNoBudget) {
    const budgets = [
      ...store.inNamespace("poddisruptionbudgets.policy", request.namespace!),
    ].filter(({ spec }) => selectorMatcher(spec?.selector)(pod.metadata.labels));
    if (budgets.length > 1) {
      throw apiErrors.internal(
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
      );
    }
    const [budget] = budgets;
    if (budget !== undefined) {
      const alwaysAllows = budget.spec?.unhealthyPodEvictionPolicy === "AlwaysAllow";
      const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
      const isFree =
        !isReady(pod) && (alwaysAllows || (currentHealthy >= desiredHealthy && desiredHealthy > 0));
      if (!isFree) spend(context, budget, pod, options.dryRun === true);
    }
  }
  store.delete("pods", request.namespace, request.name!, options);
  return success(201);
}

/** PUT and PATCH .../ephemeralcontainers: they are added, and never changed. @throws ApiError */
export function ephemeralContainers(context: ApiContext, request: ApiRequest): KubeObject {
  const live = context.store.require("pods", request.namespace, request.name!) as KubeObject;
  if (request.method === "GET") return live;
  const before = editable(live);
  const wanted =
    request.method === "PUT"
      ? bodyObject(context, request)
      : patched(context, request, mediaTypeOf(request.contentType), before);
  const listOf = (object: JsonObject): JsonObject[] => {
    const list = objectAt(object, "spec")?.["ephemeralContainers"];
    return Array.isArray(list) ? list.filter(isObject) : [];
  };
  const old = listOf(before);
  const list = listOf(wanted);
  const names = new Set(list.map((container) => container["name"]));
  if (old.some((container) => !names.has(container["name"]))) {
    throw apiErrors.invalid({ kind: "Pod", group: "" }, request.name!, [
      {
        reason: "FieldValueForbidden",
        message: "Forbidden: existing ephemeral containers may not be removed",
        field: "spec.ephemeralContainers",
      },
    ]);
  }
  const object = editable(live);
  objectAt(object, "spec")!["ephemeralContainers"] = list;
  context.machinery.setDefaults(object);
  return context.store.update(object as unknown as KubeObject, "main", { dryRun: request.dryRun });
}
