/** Create, update and patch: from a body to a stored object (apiserver, endpoints/handlers). */
import {
  cloneJson,
  isObject,
  type JsonObject,
  objectAt,
  stringAt,
  textOf,
} from "../../core/machinery/json.ts";
import {
  type FieldError,
  fieldErrorBody,
  fieldErrorReason,
} from "../../core/machinery/validation.ts";
import { apiErrors } from "../../core/store/api-error.ts";
import { sameJson } from "../../core/store/equal.ts";
import type { KubeObject, NewObject } from "../../core/store/objects.ts";
import { kubernetesApiLimits as limits } from "../../limits.ts";
import { admit } from "./admission/admit.ts";
import { mediaTypeOf, parseObject } from "./body.ts";
import type { ApiContext } from "./context.ts";
import { completeCustom } from "./custom/structural-schema.ts";
import type { ApiRequest } from "./request.ts";
import { prepareNew, prepareUpdate } from "./strategies.ts";
import { subjectOf } from "./served.ts";

/** The body as an object of the request's kind. @throws ApiError 400, 413, 415 */
export function bodyObject({ machinery }: ApiContext, request: ApiRequest): JsonObject {
  const { served } = request;
  const type = mediaTypeOf(request.contentType);
  if (request.body.length === 0) throw apiErrors.badRequest("the body of the request is empty");
  const object = parseObject(request.body, type, machinery);
  object["apiVersion"] ??= served.apiVersion;
  object["kind"] ??= served.kind.kind;
  const { apiVersion, kind } = object;
  if (kind !== served.kind.kind || apiVersion !== served.apiVersion) {
    throw apiErrors.badRequest(
      kind === served.kind.kind
        ? `the API version in the data (${textOf(apiVersion)}) does not match the expected API version (${served.apiVersion})`
        : `no kind ${JSON.stringify(kind)} of version ${JSON.stringify(apiVersion)} is expected here, but ${served.kind.kind} of ${served.apiVersion}`,
    );
  }
  return object;
}

/** fieldValidation: unknown fields are refused, told of, or left out silently. */
export function checkedFields(
  { machinery }: ApiContext,
  request: ApiRequest,
  object: JsonObject,
): void {
  const { served, query } = request;
  const mode = query.get("fieldValidation") || "Warn";
  if (!["Strict", "Warn", "Ignore"].includes(mode)) {
    throw apiErrors.badRequest(
      `fieldValidation: Unsupported value: ${JSON.stringify(mode)}: supported values: "Ignore", "Strict", "Warn"`,
    );
  }
  const { kind } = served.kind;
  const { unknown, mistyped } =
    served.definition === null
      ? machinery.checkFields(object, served.apiVersion, kind)
      : { unknown: completeCustom(served, object), mistyped: [] };
  const prefix = `${kind} in version ${JSON.stringify(served.version)} cannot be handled as a ${kind}: `;
  if (mistyped.length > 0) throw apiErrors.badRequest(prefix + mistyped.join(", "));
  if (unknown.length > 0 && mode === "Strict") {
    throw apiErrors.badRequest(`${prefix}strict decoding error: ${unknown.join(", ")}`);
  }
  if (mode === "Warn") request.warnings.push(...unknown.slice(0, limits.warningsMax));
  if (served.definition === null) machinery.pruneFields(object, served.apiVersion, kind);
}

/** Fills in the namespace and holds names against the path. @throws ApiError 400 */
function checkNames(request: ApiRequest, object: JsonObject): JsonObject {
  const metadata = objectAt(object, "metadata") ?? {};
  object["metadata"] = metadata;
  const { namespace, name, served } = request;
  if (!served.kind.namespaced) delete metadata["namespace"];
  else if (namespace === undefined) {
    throw apiErrors.badRequest("an empty namespace may not be set during creation");
  } else {
    const own = stringAt(metadata, "namespace");
    if (own && own !== namespace) {
      throw apiErrors.badRequest(
        "the namespace of the provided object does not match the namespace sent on the request",
      );
    }
    metadata["namespace"] = namespace;
  }
  if (name === undefined) return metadata;
  const own = stringAt(metadata, "name");
  if (own && own !== name) {
    throw apiErrors.badRequest(
      `the name of the object (${own}) does not match the name on the URL (${name})`,
    );
  }
  metadata["name"] = name;
  return metadata;
}

/** @throws ApiError 422 */
export function refuseInvalid(
  kind: { kind: string; group: string },
  name: string,
  errors: readonly FieldError[],
): void {
  if (errors.length === 0) return;
  const causes = errors.map((error) => ({
    reason: fieldErrorReason(error),
    message: fieldErrorBody(error),
    field: error.field,
  }));
  throw apiErrors.invalid(kind, name, causes);
}

function validated(
  { machinery }: ApiContext,
  request: ApiRequest,
  object: JsonObject,
  old: JsonObject | null,
): void {
  const { served } = request;
  const metadata = objectAt(object, "metadata")!;
  const name = stringAt(metadata, "name") ?? stringAt(metadata, "generateName") ?? "";
  const errors = [
    ...machinery.validate(object, old),
    ...(served.definition?.validate(object, old, served.version) ?? []),
  ];
  refuseInvalid({ kind: served.kind.kind, group: served.group }, name, errors);
}

/** @throws ApiError */
export function create(context: ApiContext, request: ApiRequest): KubeObject {
  const object = bodyObject(context, request);
  checkedFields(context, request, object);
  return createObject(context, request, object, null);
}

/** @param applied the managedFields are written already, by server-side apply */
function createObject(
  context: ApiContext,
  request: ApiRequest,
  body: JsonObject,
  applied: JsonObject | null,
): KubeObject {
  const { store, machinery } = context;
  const { kind } = request.served;
  if (stringAt(objectAt(body, "metadata"), "resourceVersion") && applied === null) {
    throw apiErrors.badRequest("resourceVersion should not be set on objects to be created");
  }
  const object = request.served.toStored(body);
  checkNames(request, object);
  prepareNew(kind, object);
  machinery.setDefaults(object);
  admit(context, request, object, null);
  validated(context, request, object, null);
  const tracked = applied === null ? track(context, request, object, null) : object;
  return store.create(tracked as unknown as NewObject, { dryRun: request.dryRun });
}

function track(
  { machinery }: ApiContext,
  request: ApiRequest,
  after: JsonObject,
  before: JsonObject | null,
): JsonObject {
  const apiVersion = stringAt(after, "apiVersion")!;
  return machinery.trackUpdate({
    before,
    after,
    manager: request.manager,
    subresource: request.subresource ?? "",
    nowIso: request.nowIso,
    apiVersion,
    type: machinery.typeOf(apiVersion, request.served.kind.kind),
  });
}

export function liveObject({ store }: ApiContext, request: ApiRequest): KubeObject {
  const { served, namespace, name } = request;
  const object = store.get(served.kind.resource, namespace, name!);
  if (object === undefined) throw apiErrors.notFound(subjectOf(served), name!);
  return object;
}

/** PUT. @throws ApiError */
export function update(context: ApiContext, request: ApiRequest): KubeObject {
  const object = bodyObject(context, request);
  checkedFields(context, request, object);
  return replace(context, request, object, liveObject(context, request), false);
}

/** Stores `body`, in the request's version, in the place of `live`. */
export function replace(
  context: ApiContext,
  request: ApiRequest,
  body: JsonObject,
  live: KubeObject,
  isApplied: boolean,
): KubeObject {
  const part = request.subresource === "status" ? "status" : "main";
  const object = request.served.toStored(body);
  const old = live as unknown as JsonObject;
  checkNames(request, object);
  prepareUpdate(object, live, part);
  context.machinery.setDefaults(object);
  if (part === "main") admit(context, request, object, old);
  validated(context, request, object, old);
  const tracked =
    isApplied || isUnchanged(object, live) ? object : track(context, request, object, old);
  return context.store.update(tracked as unknown as KubeObject, part, { dryRun: request.dryRun });
}

function isUnchanged(object: JsonObject, live: KubeObject): boolean {
  const { resourceVersion, managedFields } = live.metadata;
  const metadata = { ...objectAt(object, "metadata"), resourceVersion, managedFields };
  return sameJson({ ...object, metadata }, live);
}

const patchTypes = [
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
];

export { createObject as createApplied, patchTypes };

/** A copy that may be changed: stored objects may not. */
export function editable(object: KubeObject): JsonObject {
  const copy = cloneJson(object as unknown as JsonObject);
  return isObject(copy) ? copy : {};
}
