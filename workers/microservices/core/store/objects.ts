/**
 * The cluster's objects as the store keeps them: Kubernetes' own JSON, immutable once stored. A
 * change is a new object that may share parts with the old one; nothing edits a stored object.
 */
import type { ControllerRevision, DaemonSet, Deployment } from "kubernetes-types/apps/v1";
import type { ReplicaSet, StatefulSet } from "kubernetes-types/apps/v1";
import type { CustomResourceDefinition } from "kubernetes-types/apiextensions/v1";
import type { HorizontalPodAutoscaler } from "kubernetes-types/autoscaling/v2";
import type { CronJob, Job } from "kubernetes-types/batch/v1";
import type { Lease } from "kubernetes-types/coordination/v1";
import type {
  ConfigMap,
  Endpoints,
  Event,
  LimitRange,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodTemplate,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
} from "kubernetes-types/core/v1";
import type { EndpointSlice } from "kubernetes-types/discovery/v1";
import type { ObjectMeta } from "kubernetes-types/meta/v1";
import type { Ingress, IngressClass, NetworkPolicy } from "kubernetes-types/networking/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from "kubernetes-types/rbac/v1";
import type { PriorityClass } from "kubernetes-types/scheduling/v1";
import type { StorageClass } from "kubernetes-types/storage/v1";

/** Metadata of a stored object: what the store fills in is there. Times are RFC 3339, in UTC. */
export type StoredMeta = ObjectMeta & {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
};

/** Any object as the store keeps it. `namespace` is "" nowhere: cluster-wide kinds lack it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: StoredMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** An object on its way in: the store fills in the rest of its metadata. */
export interface NewObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export type Stored<Shape> = Omit<Shape, "apiVersion" | "kind" | "metadata"> & KubeObject;

/** The built-in resources by the name kubectl gives them: plural, then the group. */
export interface BuiltIn {
  namespaces: Namespace;
  nodes: Node;
  pods: Pod;
  podtemplates: PodTemplate;
  services: Service;
  endpoints: Endpoints;
  configmaps: ConfigMap;
  secrets: Secret;
  serviceaccounts: ServiceAccount;
  events: Event;
  resourcequotas: ResourceQuota;
  limitranges: LimitRange;
  persistentvolumes: PersistentVolume;
  persistentvolumeclaims: PersistentVolumeClaim;
  "replicasets.apps": ReplicaSet;
  "deployments.apps": Deployment;
  "statefulsets.apps": StatefulSet;
  "daemonsets.apps": DaemonSet;
  "controllerrevisions.apps": ControllerRevision;
  "jobs.batch": Job;
  "cronjobs.batch": CronJob;
  "endpointslices.discovery.k8s.io": EndpointSlice;
  "ingresses.networking.k8s.io": Ingress;
  "ingressclasses.networking.k8s.io": IngressClass;
  "networkpolicies.networking.k8s.io": NetworkPolicy;
  "horizontalpodautoscalers.autoscaling": HorizontalPodAutoscaler;
  "poddisruptionbudgets.policy": PodDisruptionBudget;
  "roles.rbac.authorization.k8s.io": Role;
  "rolebindings.rbac.authorization.k8s.io": RoleBinding;
  "clusterroles.rbac.authorization.k8s.io": ClusterRole;
  "clusterrolebindings.rbac.authorization.k8s.io": ClusterRoleBinding;
  "priorityclasses.scheduling.k8s.io": PriorityClass;
  "storageclasses.storage.k8s.io": StorageClass;
  "leases.coordination.k8s.io": Lease;
  "customresourcedefinitions.apiextensions.k8s.io": CustomResourceDefinition;
}

export type BuiltInName = keyof BuiltIn;

/** What a resource's name stands for: its own type where it is built in, any object otherwise. */
export type ObjectOf<Name extends string> = Name extends BuiltInName
  ? Stored<BuiltIn[Name]>
  : KubeObject;

/** An RFC 3339 time of whole seconds, as Kubernetes writes metav1.Time. */
export function timeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** An RFC 3339 time with microseconds, as Kubernetes writes metav1.MicroTime. */
export function microTimeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`;
}
