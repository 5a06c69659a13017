/** The resources under which the served kinds stand, for the paths of OpenAPI documents. */
import { fieldOf, servedKinds, type TypeName } from "./schema.ts";
import { isScopedToCluster } from "./scopes.ts";

export interface ServedResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
  /** null: of a custom resource definition. */
  readonly type: TypeName | null;
  readonly subresources: readonly Subresource[];
  readonly verbs: "all" | "read" | "create";
}

interface Subresource {
  readonly name: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly verbs: "change" | "create";
}

const plurals: Readonly<Record<string, string>> = {
  Endpoints: "endpoints",
  NetworkPolicy: "networkpolicies",
  PodMetrics: "pods",
  NodeMetrics: "nodes",
};

/** Kinds that are bodies of subresources and options, and no resources. */
const bodies = new Set(["Scale", "Eviction", "Binding", "TokenRequest", "DeleteOptions"]);
const scaled = new Set(["Deployment", "ReplicaSet", "StatefulSet"]);

export function servedResources(): ServedResource[] {
  return servedKinds()
    .filter(({ kind }) => !bodies.has(kind))
    .map(({ apiVersion, kind, type }) => {
      const isReview = kind.startsWith("SelfSubject");
      return {
        apiVersion,
        kind,
        type,
        plural: plurals[kind] ?? `${kind.toLowerCase()}${kind.endsWith("ss") ? "es" : "s"}`,
        isNamespaced: !isScopedToCluster(type) && !isReview,
        subresources: isReview ? [] : subresourcesOf(apiVersion, kind, type),
        verbs: isReview ? "create" : kind.endsWith("Metrics") ? "read" : "all",
      };
    });
}

function subresourcesOf(apiVersion: string, kind: string, type: TypeName): Subresource[] {
  const result: Subresource[] = [];
  const create = (name: string, version: string, body: string): void => {
    result.push({ name, apiVersion: version, kind: body, verbs: "create" });
  };
  if (fieldOf(type, "status") !== null) {
    result.push({ name: "status", apiVersion, kind, verbs: "change" });
  }
  if (scaled.has(kind)) {
    result.push({ name: "scale", apiVersion: "autoscaling/v1", kind: "Scale", verbs: "change" });
  }
  if (type === "core/v1.Pod") {
    create("eviction", "policy/v1", "Eviction");
    create("binding", "v1", "Binding");
  }
  if (type === "core/v1.ServiceAccount")
    create("token", "authentication.k8s.io/v1", "TokenRequest");
  return result;
}
