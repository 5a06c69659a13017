/** ResourceQuotas: counts of objects, and what pods ask for (plugin/pkg/admission/resourcequota). */
import { isObject, type JsonObject, objectAt, stringAt } from "../../../core/machinery/json.ts";
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
} from "../../../core/machinery/quantity.ts";
import { apiErrors } from "../../../core/store/api-error.ts";
import type { ObjectStore } from "../../../core/store/object-store.ts";

/** What is made, and where. */
export interface QuotaSubject {
  /** "pods", "deployments.apps" */
  readonly resource: string;
  readonly namespace: string;
  readonly plural: string;
  readonly group: string;
}

/** Names under which a resource is counted besides `count/...`. */
const shortCounts = new Set([
  "pods",
  "services",
  "configmaps",
  "secrets",
  "persistentvolumeclaims",
  "resourcequotas",
]);

const zero = parseQuantity("0");

/** What one object uses of a quota's resource; null: nothing that counts there. */
function usageOf(resource: string, object: JsonObject, name: string): Quantity | null {
  if (name === `count/${resource}` || (name === resource && shortCounts.has(name))) {
    return isEndedPod(resource, object) ? null : parseQuantity("1");
  }
  const spec = objectAt(object, "spec") ?? {};
  if (resource === "services") {
    const type = stringAt(spec, "type");
    if (name === "services.nodeports" && (type === "NodePort" || type === "LoadBalancer")) {
      return parseQuantity(String(Array.isArray(spec["ports"]) ? spec["ports"].length : 0));
    }
    if (name === "services.loadbalancers" && type === "LoadBalancer") return parseQuantity("1");
    return null;
  }
  if (resource === "persistentvolumeclaims" && name === "requests.storage") {
    const asked = objectAt(objectAt(spec, "resources"), "requests")?.["storage"];
    return typeof asked === "string" ? parseQuantity(asked) : null;
  }
  if (resource !== "pods" || isEndedPod(resource, object)) return null;
  const match = /^(requests\.|limits\.)?(cpu|memory|ephemeral-storage)$/.exec(name);
  if (match === null) return null;
  return podAmount(spec, match[1] === "limits." ? "limits" : "requests", match[2]!);
}

function isEndedPod(resource: string, object: JsonObject): boolean {
  if (resource !== "pods") return false;
  const phase = stringAt(objectAt(object, "status"), "phase");
  return phase === "Succeeded" || phase === "Failed";
}

/** The sum over the containers, or the largest init container where that is more. */
function podAmount(spec: JsonObject, part: "requests" | "limits", name: string): Quantity {
  const amounts = (list: unknown): Quantity[] =>
    (Array.isArray(list) ? list : []).filter(isObject).map((container) => {
      const value = objectAt(objectAt(container, "resources"), part)?.[name];
      return typeof value === "string" || typeof value === "number" ? parseQuantity(value) : zero;
    });
  const sum = amounts(spec["containers"]).reduce(addQuantities, zero);
  return amounts(spec["initContainers"]).reduce(
    (most, each) => (compareQuantities(each, most) > 0 ? each : most),
    sum,
  );
}

function hasAmount(spec: JsonObject, part: "requests" | "limits", name: string): boolean {
  const containers = Array.isArray(spec["containers"]) ? spec["containers"].filter(isObject) : [];
  return containers.every(
    (container) => objectAt(objectAt(container, "resources"), part)?.[name] !== undefined,
  );
}

function refuseUnstated(
  subject: QuotaSubject,
  object: JsonObject,
  quota: string,
  hard: Readonly<Record<string, unknown>>,
): void {
  const spec = objectAt(object, "spec") ?? {};
  const missing = Object.keys(hard).filter((name) => {
    const match = /^(requests\.|limits\.)?(cpu|memory)$/.exec(name);
    return (
      match !== null && !hasAmount(spec, match[1] === "limits." ? "limits" : "requests", match[2]!)
    );
  });
  if (missing.length === 0) return;
  throw apiErrors.forbidden(
    subject,
    nameOf(object),
    `failed quota: ${quota}: must specify ${missing.join(",")}`,
  );
}

const nameOf = (object: JsonObject): string => {
  const metadata = objectAt(object, "metadata");
  return stringAt(metadata, "name") ?? stringAt(metadata, "generateName") ?? "";
};

/** @throws ApiError 403 where the object would use more than a quota leaves */
export function checkQuotas(
  store: ObjectStore,
  subject: QuotaSubject,
  object: JsonObject,
  old: JsonObject | null,
): void {
  const { resource, namespace } = subject;
  for (const { metadata, spec } of store.inNamespace("resourcequotas", namespace)) {
    // A quota with a scope is for some pods alone; which, its controller knows.
    if ((spec?.scopes ?? []).length > 0 || spec?.scopeSelector !== undefined) continue;
    const hard = spec?.hard ?? {};
    if (resource === "pods" && old === null) refuseUnstated(subject, object, metadata.name, hard);
    for (const [name, most] of Object.entries(hard)) {
      const asked = usageOf(resource, object, name);
      if (asked === null) continue;
      const had = old === null ? null : usageOf(resource, old, name);
      if (had !== null && compareQuantities(asked, had) <= 0) continue;
      const used = usedOf(store, subject, name, old);
      if (compareQuantities(addQuantities(used, asked), parseQuantity(most)) <= 0) continue;
      throw apiErrors.forbidden(
        subject,
        nameOf(object),
        `exceeded quota: ${metadata.name}, requested: ${name}=${formatQuantity(asked)}, used: ${name}=${formatQuantity(used)}, limited: ${name}=${most}`,
      );
    }
  }
}

/** What the namespace's objects of this resource use together, the old state of this one aside. */
function usedOf(
  store: ObjectStore,
  { resource, namespace }: QuotaSubject,
  name: string,
  old: JsonObject | null,
): Quantity {
  let used = zero;
  const uid = old === null ? undefined : objectAt(old, "metadata")?.["uid"];
  for (const other of store.inNamespace<string>(resource, namespace)) {
    if (other.metadata.uid === uid) continue;
    const amount = usageOf(resource, other as unknown as JsonObject, name);
    if (amount !== null) used = addQuantities(used, amount);
  }
  return used;
}
