/** The resources that the cluster serves: names, groups and ways, as `kubectl api-resources`. */
import { strict as assert } from "node:assert";

export type Subresource =
  | "status"
  | "scale"
  | "log"
  | "exec"
  | "attach"
  | "portforward"
  | "proxy"
  | "eviction"
  | "binding"
  | "ephemeralcontainers"
  | "finalize"
  | "token";

export interface Kind {
  /** As kubectl names it: the plural, and the group after a dot unless it is the core's. */
  readonly resource: string;
  readonly group: string;
  /** The version that is stored; `otherVersions` are converted at the edge. */
  readonly version: string;
  readonly otherVersions: readonly string[];
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
  /** True of a kind that a CustomResourceDefinition brought. */
  readonly custom: boolean;
}

type Options = Partial<
  Pick<Kind, "otherVersions" | "shortNames" | "categories" | "subresources">
> & { readonly clusterWide?: boolean };

function kindOf(
  groupVersion: string,
  kind: string,
  plural: string,
  { clusterWide = false, ...options }: Options = {},
): Kind {
  const slash = groupVersion.indexOf("/");
  const group = slash < 0 ? "" : groupVersion.slice(0, slash);
  return {
    resource: resourceName(plural, group),
    group,
    version: groupVersion.slice(slash + 1),
    otherVersions: [],
    kind,
    plural,
    singular: kind.toLowerCase(),
    namespaced: !clusterWide,
    shortNames: [],
    categories: [],
    subresources: [],
    custom: false,
    ...options,
  };
}

/** "deployments.apps"; "pods" of the core group. */
export function resourceName(plural: string, group: string): string {
  return group === "" ? plural : `${plural}.${group}`;
}

const all = ["all"];
const status: readonly Subresource[] = ["status"];
const scaled: readonly Subresource[] = ["status", "scale"];
const clusterWide = true;
const rbac = "rbac.authorization.k8s.io/v1";

export const builtInKinds: readonly Kind[] = [
  kindOf("v1", "Namespace", "namespaces", {
    clusterWide,
    shortNames: ["ns"],
    subresources: ["status", "finalize"],
  }),
  kindOf("v1", "Node", "nodes", {
    clusterWide,
    shortNames: ["no"],
    subresources: ["status", "proxy"],
  }),
  kindOf("v1", "Pod", "pods", {
    shortNames: ["po"],
    categories: all,
    subresources: [
      "status",
      "log",
      "exec",
      "attach",
      "portforward",
      "proxy",
      "eviction",
      "binding",
      "ephemeralcontainers",
    ],
  }),
  kindOf("v1", "PodTemplate", "podtemplates"),
  kindOf("v1", "Service", "services", {
    shortNames: ["svc"],
    categories: all,
    subresources: ["status", "proxy"],
  }),
  kindOf("v1", "Endpoints", "endpoints", { shortNames: ["ep"] }),
  kindOf("v1", "ConfigMap", "configmaps", { shortNames: ["cm"] }),
  kindOf("v1", "Secret", "secrets"),
  kindOf("v1", "ServiceAccount", "serviceaccounts", {
    shortNames: ["sa"],
    subresources: ["token"],
  }),
  kindOf("v1", "Event", "events", { shortNames: ["ev"] }),
  kindOf("v1", "ResourceQuota", "resourcequotas", { shortNames: ["quota"], subresources: status }),
  kindOf("v1", "LimitRange", "limitranges", { shortNames: ["limits"] }),
  kindOf("v1", "PersistentVolume", "persistentvolumes", {
    clusterWide,
    shortNames: ["pv"],
    subresources: status,
  }),
  kindOf("v1", "PersistentVolumeClaim", "persistentvolumeclaims", {
    shortNames: ["pvc"],
    subresources: status,
  }),
  kindOf("apps/v1", "ReplicaSet", "replicasets", {
    shortNames: ["rs"],
    categories: all,
    subresources: scaled,
  }),
  kindOf("apps/v1", "Deployment", "deployments", {
    shortNames: ["deploy"],
    categories: all,
    subresources: scaled,
  }),
  kindOf("apps/v1", "StatefulSet", "statefulsets", {
    shortNames: ["sts"],
    categories: all,
    subresources: scaled,
  }),
  kindOf("apps/v1", "DaemonSet", "daemonsets", {
    shortNames: ["ds"],
    categories: all,
    subresources: status,
  }),
  kindOf("apps/v1", "ControllerRevision", "controllerrevisions"),
  kindOf("batch/v1", "Job", "jobs", { categories: all, subresources: status }),
  kindOf("batch/v1", "CronJob", "cronjobs", {
    shortNames: ["cj"],
    categories: all,
    subresources: status,
  }),
  kindOf("discovery.k8s.io/v1", "EndpointSlice", "endpointslices"),
  kindOf("networking.k8s.io/v1", "Ingress", "ingresses", {
    shortNames: ["ing"],
    subresources: status,
  }),
  kindOf("networking.k8s.io/v1", "IngressClass", "ingressclasses", { clusterWide }),
  kindOf("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", { shortNames: ["netpol"] }),
  kindOf("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", {
    otherVersions: ["v1"],
    shortNames: ["hpa"],
    categories: all,
    subresources: status,
  }),
  kindOf("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", {
    shortNames: ["pdb"],
    subresources: status,
  }),
  kindOf(rbac, "Role", "roles"),
  kindOf(rbac, "RoleBinding", "rolebindings"),
  kindOf(rbac, "ClusterRole", "clusterroles", { clusterWide }),
  kindOf(rbac, "ClusterRoleBinding", "clusterrolebindings", { clusterWide }),
  kindOf("scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", {
    clusterWide,
    shortNames: ["pc"],
  }),
  kindOf("storage.k8s.io/v1", "StorageClass", "storageclasses", {
    clusterWide,
    shortNames: ["sc"],
  }),
  kindOf("coordination.k8s.io/v1", "Lease", "leases"),
  kindOf("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", {
    clusterWide,
    shortNames: ["crd", "crds"],
    subresources: status,
  }),
];

/** Which kinds there are: the built-in ones, and those that definitions added. */
export class KindTable {
  readonly #byResource = new Map<string, Kind>();
  readonly #byKind = new Map<string, Kind>();

  constructor(kinds: readonly Kind[] = builtInKinds) {
    for (const kind of kinds) this.add(kind);
  }

  add(kind: Kind): void {
    assert(!this.#byResource.has(kind.resource), `${kind.resource} is served already`);
    this.#byResource.set(kind.resource, kind);
    this.#byKind.set(`${kind.group}/${kind.kind}`, kind);
  }

  remove(resource: string): void {
    const kind = this.#byResource.get(resource);
    if (kind === undefined) return;
    assert(kind.custom, `${resource} is built in`);
    this.#byResource.delete(resource);
    this.#byKind.delete(`${kind.group}/${kind.kind}`);
  }

  /** By the name kubectl gives it: "deployments.apps". */
  get(resource: string): Kind | undefined {
    return this.#byResource.get(resource);
  }

  ofObject(apiVersion: string, kind: string): Kind | undefined {
    const slash = apiVersion.indexOf("/");
    return this.#byKind.get(`${slash < 0 ? "" : apiVersion.slice(0, slash)}/${kind}`);
  }

  values(): IterableIterator<Kind> {
    return this.#byResource.values();
  }
}
