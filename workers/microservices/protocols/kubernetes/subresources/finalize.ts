/** PUT /api/v1/namespaces/NAME/finalize: the namespace controller lets a namespace go. */
import type { KubeObject } from "../../../core/store/objects.ts";
import { objectAt } from "../../../core/machinery/json.ts";
import type { ApiContext } from "../context.ts";
import type { ApiRequest } from "../request.ts";
import { bodyObject, editable, liveObject } from "../write.ts";

/** @throws ApiError */
export function finalizeNamespace(context: ApiContext, request: ApiRequest): KubeObject {
  const live = liveObject(context, request);
  const finalizers = objectAt(bodyObject(context, request), "spec")?.["finalizers"] ?? [];
  const object = editable(live);
  object["spec"] = { ...objectAt(object, "spec"), finalizers };
  return context.store.update(object as unknown as KubeObject, "main", { dryRun: request.dryRun });
}
