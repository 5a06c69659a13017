/** PATCH in its four kinds (apiserver, endpoints/handlers/patch.go). */
import { type JsonObject, isObject, objectAt } from "../../core/machinery/json.ts";
import {
  type Apply,
  type Conflict,
  conflictMessage,
} from "../../core/machinery/server-side-apply.ts";
import { ApiError, apiErrors } from "../../core/store/api-error.ts";
import type { KubeObject } from "../../core/store/objects.ts";
import { mediaTypeOf, parseJson, parseYaml } from "./body.ts";
import type { ApiContext } from "./context.ts";
import type { Machinery } from "./machinery.ts";
import { flag, type ApiRequest } from "./request.ts";
import { subjectOf } from "./served.ts";
import {
  checkedFields,
  createApplied,
  editable,
  liveObject,
  patchTypes,
  replace,
} from "./write.ts";

export interface PatchResult {
  readonly object: KubeObject;
  readonly isNew: boolean;
}

/** @throws ApiError */
export function patch(context: ApiContext, request: ApiRequest): PatchResult {
  const type = mediaTypeOf(request.contentType);
  if (type === "application/apply-patch+yaml") return apply(context, request);
  const live = liveObject(context, request);
  const before = editable(request.served.fromStored(live));
  const after = patched(context, request, type, before);
  after["apiVersion"] = request.served.apiVersion;
  after["kind"] = request.served.kind.kind;
  checkedFields(context, request, after);
  return { object: replace(context, request, after, live, false), isNew: false };
}

/** The document with a patch of any of the three older kinds. @throws ApiError 400, 415, 422 */
export function patched(
  { machinery }: ApiContext,
  { served, body }: ApiRequest,
  type: string,
  document: JsonObject,
): JsonObject {
  const schemaType = machinery.typeOf(document["apiVersion"] as string, document["kind"] as string);
  const isStrategic = type === "application/strategic-merge-patch+json";
  if (!patchTypes.includes(type) || (isStrategic && schemaType === null)) {
    const accepted = served.definition
      ? patchTypes.filter((each) => !each.includes("strategic"))
      : patchTypes;
    throw apiErrors.unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
    );
  }
  const value = parseJson(body);
  try {
    if (type === "application/json-patch+json") {
      const result = machinery.jsonPatch(document, value);
      if (isObject(result)) return result;
      throw new Error("the patched document is no object");
    }
    if (!isObject(value)) throw apiErrors.badRequest("the patch is not an object");
    if (isStrategic) return machinery.strategicMergePatch(document, value, schemaType!);
    return machinery.mergePatch(document, value);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    // The machinery words what is wrong with the patch.
    throw new ApiError(
      422,
      "Invalid",
      `the server rejected our request due to an error in our request: ${(error as Error).message}`,
      {},
    );
  }
}

function apply(context: ApiContext, request: ApiRequest): PatchResult {
  const { machinery, store } = context;
  const { served, query, name, namespace } = request;
  if (!query.get("fieldManager")) {
    throw apiErrors.badRequest(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  }
  const applied = parseYaml(request.body);
  if (!isObject(applied)) throw apiErrors.badRequest("the applied configuration is not an object");
  if (applied["kind"] !== served.kind.kind || applied["apiVersion"] !== served.apiVersion) {
    throw apiErrors.badRequest(
      `the applied configuration must be of kind ${served.kind.kind} and apiVersion ${served.apiVersion}`,
    );
  }
  if (objectAt(applied, "metadata")?.["managedFields"]) {
    throw apiErrors.badRequest("metadata.managedFields must be nil");
  }
  checkedFields(context, request, applied);
  const metadata = objectAt(applied, "metadata") ?? {};
  metadata["name"] ??= name!;
  if (namespace !== undefined) metadata["namespace"] ??= namespace;
  applied["metadata"] = metadata;
  const live = store.get(served.kind.resource, namespace, name!);
  if (live === undefined && request.subresource !== undefined) {
    throw apiErrors.notFound(subjectOf(served), name!);
  }
  const { object, conflicts } = appliedTo(machinery, {
    live: live === undefined ? null : editable(served.fromStored(live)),
    applied,
    manager: request.manager,
    force: flag(query, "force"),
    subresource: request.subresource ?? "",
    nowIso: request.nowIso,
    apiVersion: served.apiVersion,
    type: machinery.typeOf(served.apiVersion, served.kind.kind),
  });
  if (conflicts.length > 0) throw conflict(request, conflicts);
  if (live === undefined) {
    return { object: createApplied(context, request, object, applied), isNew: true };
  }
  return { object: replace(context, request, object, live, true), isNew: false };
}

/** @throws ApiError 400 for lists whose members cannot be told apart */
function appliedTo(machinery: Machinery, request: Apply): ReturnType<Machinery["applyPatch"]> {
  try {
    return machinery.applyPatch(request);
  } catch (error) {
    throw apiErrors.badRequest((error as Error).message);
  }
}

function conflict({ served, name }: ApiRequest, conflicts: readonly Conflict[]): ApiError {
  return new ApiError(409, "Conflict", conflictMessage(conflicts), {
    name: name!,
    ...(served.group !== "" && { group: served.group }),
    kind: served.kind.plural,
    causes: conflicts.map(({ manager, apiVersion, path }) => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${JSON.stringify(manager)} using ${apiVersion}`,
      field: path,
    })),
  });
}
