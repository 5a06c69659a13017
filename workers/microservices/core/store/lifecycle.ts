/** What becomes of an object's metadata in updates and deletions (registry/rest, update and delete). */
import { apiErrors } from "./api-error.ts";
import type { Kind } from "./kinds.ts";
import type { KubeObject, ObjectOf } from "./objects.ts";
import type { DeleteOptions, UpdatePart } from "./object-store.ts";

/** Kinds whose strategy counts no generations: they have no desired state to be behind of. */
const withoutGeneration = new Set([
  "namespaces",
  "nodes",
  "pods",
  "services",
  "endpoints",
  "configmaps",
  "secrets",
  "serviceaccounts",
  "events",
  "resourcequotas",
  "limitranges",
  "persistentvolumes",
  "persistentvolumeclaims",
  "podtemplates",
  "controllerrevisions.apps",
  "leases.coordination.k8s.io",
  "roles.rbac.authorization.k8s.io",
  "rolebindings.rbac.authorization.k8s.io",
  "clusterroles.rbac.authorization.k8s.io",
  "clusterrolebindings.rbac.authorization.k8s.io",
  "storageclasses.storage.k8s.io",
]);

export const keepsGeneration = (kind: Kind): boolean => !withoutGeneration.has(kind.resource);

/** A namespace begins active and holds its own finalizer until its content is gone. */
export function newNamespaceParts(kind: Kind): object {
  if (kind.resource !== "namespaces") return {};
  return { spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } };
}

/** What is stored after `update`, with what the server alone may set taken from before. */
export function merged(
  before: KubeObject,
  update: KubeObject,
  part: UpdatePart,
): { -readonly [Key in keyof KubeObject]: KubeObject[Key] } {
  const { uid, creationTimestamp, resourceVersion, generation } = before.metadata;
  const { deletionTimestamp, deletionGracePeriodSeconds } = before.metadata;
  const fixed = {
    uid,
    creationTimestamp,
    resourceVersion,
    ...(generation !== undefined && { generation }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp, deletionGracePeriodSeconds }),
  };
  if (part === "status") {
    const { managedFields = before.metadata.managedFields } = update.metadata;
    const metadata = { ...before.metadata, ...(managedFields && { managedFields }) };
    return { ...before, metadata, status: update.status };
  }
  const metadata = { ...update.metadata, ...fixed };
  if (deletionTimestamp === undefined) {
    delete metadata.deletionTimestamp;
    delete metadata.deletionGracePeriodSeconds;
  }
  const after = { ...update, metadata };
  if (part === "whole") return after;
  if (before.status === undefined) delete after.status;
  else after.status = before.status;
  return after;
}

/** Whether nothing keeps a deleted object any more. */
export function isFinished({ kind, metadata, spec }: KubeObject): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  if ((metadata.finalizers ?? []).length > 0) return false;
  if ((metadata.deletionGracePeriodSeconds ?? 0) > 0) return false;
  if (kind !== "Namespace") return true;
  return ((spec as { finalizers?: string[] } | undefined)?.finalizers ?? []).length === 0;
}

/** A namespace shows that it is ending. */
export function endingNamespace({ apiVersion, kind, status }: KubeObject): object {
  if (apiVersion !== "v1" || kind !== "Namespace") return {};
  return { status: { ...(status as object), phase: "Terminating" } };
}

/** @throws ApiError 409 */
export function checkPreconditions(
  kind: Kind,
  { metadata }: KubeObject,
  { uid, resourceVersion }: DeleteOptions,
): void {
  const differs = (what: string, asked: string, there: string) =>
    apiErrors.conflict(
      kind,
      metadata.name,
      `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${there}`,
    );
  if (uid !== undefined && uid !== metadata.uid) throw differs("UID", uid, metadata.uid);
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw differs("ResourceVersion", resourceVersion, metadata.resourceVersion);
  }
}

/** Seconds that a pod may take to end (registry/core/pod/strategy.go, CheckGracefulDelete). */
export function graceOf(object: KubeObject, { gracePeriodSeconds }: DeleteOptions): number {
  if (object.apiVersion !== "v1" || object.kind !== "Pod") return 0;
  const { spec, status } = object as ObjectOf<"pods">;
  // Nothing runs yet, or no longer: there is nobody to wait for.
  if (!spec?.nodeName || status?.phase === "Succeeded" || status?.phase === "Failed") return 0;
  return Math.max(0, gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30);
}

/** The finalizers that a deletion leaves, by the way it goes on to dependents. */
export function finalizersOf({ metadata }: KubeObject, { propagation }: DeleteOptions): string[] {
  const before = metadata.finalizers ?? [];
  if (propagation === undefined) return before;
  const others = before.filter((name) => name !== "orphan" && name !== "foregroundDeletion");
  if (propagation === "Orphan") return [...others, "orphan"];
  if (propagation === "Foreground") return [...others, "foregroundDeletion"];
  return others;
}
