/** One resource's verbs and subresources. */
import type { ServerResponse } from "node:http";
import type { Status } from "kubernetes-types/meta/v1";
import { apiErrors } from "../../core/store/api-error.ts";
import type { KubeObject } from "../../core/store/objects.ts";
import { type Answer, jsonAnswer } from "./answer.ts";
import type { ApiContext } from "./context.ts";
import { refuseTooMany } from "./custom/definitions.ts";
import { remove, removeAll } from "./delete.ts";
import { list, written } from "./list.ts";
import { patch } from "./patch.ts";
import { includeObjectOf, partialMetadata, tableOfOne } from "./printers/table.ts";
import { contentTypeOf, textOf } from "./representation.ts";
import { type ApiRequest, flag } from "./request.ts";
import { finalizeNamespace } from "./subresources/finalize.ts";
import { log } from "./subresources/log.ts";
import { bind, ephemeralContainers, evict } from "./subresources/pod-actions.ts";
import { notAllowed, scale } from "./subresources/scale.ts";
import { createToken } from "./subresources/token.ts";
import { watch } from "./watch.ts";
import { create, liveObject, update } from "./write.ts";

/** An object in the form that the request asks for. */
function objectAnswer(
  context: ApiContext,
  request: ApiRequest,
  object: KubeObject,
  status = 200,
): Answer {
  const { served, representation } = request;
  const type = contentTypeOf(representation);
  if (representation.form === "table") {
    const include = includeObjectOf(request.query);
    const text = tableOfOne(served, object, representation, include, context.now());
    return { status, type, text };
  }
  const shown =
    representation.form === "metadata"
      ? partialMetadata(object, representation)
      : served.fromStored(object);
  return { status, type, text: textOf(shown, representation) };
}

const isStatus = (value: KubeObject | Status): value is Status => value.kind === "Status";

/** @throws ApiError */
export function handleResource(
  context: ApiContext,
  request: ApiRequest,
  response: ServerResponse,
): Answer | Promise<Answer> {
  const { method, name, subresource } = request;
  if (subresource !== undefined && subresource !== "status") {
    return handleSubresource(context, request);
  }
  if (name === undefined) return handleCollection(context, request, response);
  switch (method) {
    case "GET":
      if (flag(request.query, "watch")) return taken(context, request, response);
      return objectAnswer(context, request, liveObject(context, request));
    case "PUT":
      return objectAnswer(context, request, update(context, request));
    case "PATCH": {
      const { object, isNew } = patch(context, request);
      return objectAnswer(context, request, object, isNew ? 201 : 200);
    }
    case "DELETE": {
      if (subresource !== undefined) break;
      const result = remove(context, request);
      return isStatus(result) ? jsonAnswer(result) : objectAnswer(context, request, result);
    }
    default:
  }
  throw apiErrors.methodNotAllowed(notAllowed);
}

function taken(context: ApiContext, request: ApiRequest, response: ServerResponse): "taken" {
  watch(context, request, response);
  return "taken";
}

function handleCollection(
  context: ApiContext,
  request: ApiRequest,
  response: ServerResponse,
): Answer | Promise<Answer> {
  switch (request.method) {
    case "GET":
      if (flag(request.query, "watch")) return taken(context, request, response);
      return list(context, request);
    case "POST":
      if (request.served.kind.kind === "CustomResourceDefinition") refuseTooMany(context.store);
      return objectAnswer(context, request, create(context, request), 201);
    case "DELETE":
      return removeAll(context, request).then((items) =>
        written(context, request, items, { resourceVersion: String(context.store.revision) }),
      );
    default:
      throw apiErrors.methodNotAllowed(notAllowed);
  }
}

const subresourceMethods: Readonly<Record<string, readonly string[]>> = {
  scale: ["GET", "PUT", "PATCH"],
  binding: ["POST"],
  eviction: ["POST"],
  finalize: ["PUT"],
  ephemeralcontainers: ["GET", "PUT", "PATCH"],
  token: ["POST"],
  log: ["GET"],
};

function handleSubresource(context: ApiContext, request: ApiRequest): Answer | Promise<Answer> {
  const { subresource, method } = request;
  const allowed = subresourceMethods[subresource!];
  if (allowed === undefined) {
    throw apiErrors.badRequest(
      subresource === "proxy"
        ? "proxies through the API server are not offered here"
        : "Upgrade request required",
    );
  }
  if (!allowed.includes(method)) throw apiErrors.methodNotAllowed(notAllowed);
  switch (subresource) {
    case "scale":
      return jsonAnswer(scale(context, request));
    case "binding":
      return jsonAnswer(bind(context, request), 201);
    case "eviction":
      return jsonAnswer(evict(context, request), 201);
    case "finalize":
      return objectAnswer(context, request, finalizeNamespace(context, request));
    case "token":
      return jsonAnswer(createToken(context, request), 201);
    case "log":
      return log(context, request);
    default:
      return objectAnswer(context, request, ephemeralContainers(context, request));
  }
}
