/** DELETE of one object and of many (apiserver, endpoints/handlers/delete.go). */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Status } from "kubernetes-types/meta/v1";
import { type JsonObject, numberAt, objectAt, stringAt } from "../../core/machinery/json.ts";
import { ApiError, apiErrors } from "../../core/store/api-error.ts";
import type { DeleteOptions } from "../../core/store/object-store.ts";
import type { KubeObject } from "../../core/store/objects.ts";
import { kubernetesApiLimits as limits } from "../../limits.ts";
import { mediaTypeOf, parseObject } from "./body.ts";
import type { ApiContext } from "./context.ts";
import { pageOf } from "./list.ts";
import { flag, type ApiRequest, wholeNumber } from "./request.ts";
import { subjectOf } from "./served.ts";

const propagations = ["Orphan", "Background", "Foreground"] as const;

/** @throws ApiError 400 */
export function deleteOptions({ machinery }: ApiContext, request: ApiRequest): DeleteOptions {
  const { query, body } = request;
  const given: JsonObject =
    body.length === 0 ? {} : parseObject(body, mediaTypeOf(request.contentType), machinery);
  return optionsOf(given, query, request.dryRun);
}

/** @throws ApiError 400 */
export function optionsOf(
  given: JsonObject,
  query: URLSearchParams,
  isDryRun: boolean,
): DeleteOptions {
  const grace = numberAt(given, "gracePeriodSeconds") ?? wholeNumber(query, "gracePeriodSeconds");
  if (grace !== undefined && (!Number.isSafeInteger(grace) || grace < 0)) {
    throw apiErrors.badRequest("gracePeriodSeconds: must be a whole number from 0 on");
  }
  const isOrphaning = given["orphanDependents"] === true || flag(query, "orphanDependents");
  const policy =
    stringAt(given, "propagationPolicy") ??
    query.get("propagationPolicy") ??
    (isOrphaning ? "Orphan" : undefined);
  const propagation = propagations.find((each) => each === policy);
  if (policy && propagation === undefined) {
    throw apiErrors.badRequest(
      `propagationPolicy: Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan"`,
    );
  }
  const preconditions = objectAt(given, "preconditions");
  const dryRuns = given["dryRun"];
  return {
    gracePeriodSeconds: grace,
    propagation,
    uid: stringAt(preconditions, "uid"),
    resourceVersion: stringAt(preconditions, "resourceVersion"),
    dryRun: isDryRun || (Array.isArray(dryRuns) && dryRuns.includes("All")),
  };
}

/** These come back whole even when they are gone (ReturnDeletedObject). */
const returned = new Set(["pods", "services", "serviceaccounts", "persistentvolumeclaims"]);

/** The object while something keeps it, else a Status. @throws ApiError */
export function remove(context: ApiContext, request: ApiRequest): KubeObject | Status {
  const { served, namespace, name } = request;
  const { resource, plural } = served.kind;
  const options = deleteOptions(context, request);
  refuseSystemNamespace(resource, name!);
  if (context.store.get(resource, namespace, name!) === undefined) {
    throw apiErrors.notFound(subjectOf(served), name!);
  }
  const { object, gone } = context.store.delete(resource, namespace, name!, options);
  if (!gone || returned.has(resource)) return served.fromStored(object);
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: {
      name: name!,
      ...(served.group !== "" && { group: served.group }),
      kind: plural,
      uid: object.metadata.uid,
    },
  };
}

/** Namespaces that a cluster cannot be without (plugin/pkg/admission/namespace/lifecycle). */
function refuseSystemNamespace(resource: string, name: string): void {
  if (resource !== "namespaces") return;
  if (!["default", "kube-system", "kube-public"].includes(name)) return;
  const subject = { plural: "namespaces", group: "" };
  throw apiErrors.forbidden(subject, name, "this namespace may not be deleted");
}

/** Deletes what the request selects, a few in a turn. @returns what was deleted */
export async function removeAll(
  context: ApiContext,
  request: ApiRequest,
): Promise<readonly KubeObject[]> {
  const { store } = context;
  const { resource } = request.served.kind;
  const options = deleteOptions(context, request);
  const { items } = pageOf(context, request);
  const deleted: KubeObject[] = [];
  for (const [at, { metadata }] of items.entries()) {
    if (at > 0 && at % limits.itemsPerTurn === 0) await nextTurn();
    try {
      const { namespace, name } = metadata;
      refuseSystemNamespace(resource, name);
      deleted.push(store.delete(resource, namespace, name, options).object);
    } catch (error) {
      // What went away meanwhile is what was asked for.
      if (!(error instanceof ApiError) || error.status.code !== 404) throw error;
    }
  }
  return deleted;
}
