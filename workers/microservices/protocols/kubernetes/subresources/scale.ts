/** autoscaling/v1 Scale of what has replicas (pkg/registry/apps, and custom resources that say where). */
import {
  isObject,
  type Json,
  type JsonObject,
  objectAt,
  textOf,
} from "../../../core/machinery/json.ts";
import { apiErrors } from "../../../core/store/api-error.ts";
import type { KubeObject } from "../../../core/store/objects.ts";
import { mediaTypeOf, parseObject } from "../body.ts";
import type { ApiContext } from "../context.ts";
import { keysOf } from "../custom/field-path.ts";
import { patched } from "../patch.ts";
import { formatSelector } from "../printers/columns.ts";
import type { ApiRequest } from "../request.ts";
import type { Served } from "../served.ts";
import { editable, liveObject, replace } from "../write.ts";

interface Paths {
  readonly spec: readonly string[];
  readonly status: readonly string[];
  readonly selector: readonly string[];
}

function pathsOf({ definition, version }: Served): Paths {
  const custom = definition?.versions.find(({ name }) => name === version)?.scale;
  if (definition !== null && !custom) throw apiErrors.pathNotFound();
  return {
    spec: keysOf(custom?.spec ?? ".spec.replicas"),
    status: keysOf(custom?.status ?? ".status.replicas"),
    selector: keysOf(custom ? (custom.selector ?? "") : ".spec.selector"),
  };
}

function at(object: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = object;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
  return path.length === 0 ? undefined : value;
}

function setAt(object: JsonObject, [key, ...rest]: readonly string[], value: Json): void {
  if (key === undefined) return;
  if (rest.length === 0) object[key] = value;
  else {
    const inner = objectAt(object, key) ?? {};
    object[key] = inner;
    setAt(inner, rest, value);
  }
}

function selectorText(value: Json | undefined): string {
  if (!isObject(value)) return textOf(value);
  const text = formatSelector(value);
  return text === "<none>" ? "" : text;
}

function scaleOf(served: Served, object: KubeObject): JsonObject {
  const paths = pathsOf(served);
  const json = object as unknown as JsonObject;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorText(at(json, paths.selector));
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec: { replicas: at(json, paths.spec) ?? 0 },
    status: {
      replicas: at(json, paths.status) ?? 0,
      ...(selector !== "" && { selector }),
    },
  };
}

/** GET, PUT and PATCH of .../scale. @throws ApiError */
export function scale(context: ApiContext, request: ApiRequest): JsonObject {
  const { served } = request;
  const live = liveObject(context, request);
  const viewed = served.fromStored(live);
  const before = scaleOf(served, viewed);
  if (request.method === "GET") return before;
  const type = mediaTypeOf(request.contentType);
  let wanted: JsonObject;
  if (request.method === "PUT") {
    wanted = parseObject(request.body, type, context.machinery);
  } else if (request.method === "PATCH") wanted = patched(context, request, type, before);
  else throw apiErrors.methodNotAllowed(notAllowed);
  const replicas = objectAt(wanted, "spec")?.["replicas"] ?? 0;
  if (typeof replicas !== "number" || !Number.isSafeInteger(replicas) || replicas < 0) {
    const message = `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`;
    throw apiErrors.invalid({ kind: "Scale", group: "autoscaling" }, live.metadata.name, [
      { reason: "FieldValueInvalid", message, field: "spec.replicas" },
    ]);
  }
  const asked = objectAt(wanted, "metadata")?.["resourceVersion"];
  const object = editable(viewed);
  setAt(object, pathsOf(served).spec, replicas);
  if (typeof asked === "string" && asked !== "")
    objectAt(object, "metadata")!["resourceVersion"] = asked;
  return scaleOf(served, served.fromStored(replace(context, request, object, live, false)));
}

export const notAllowed = "the server does not allow this method on the requested resource";
