/**
 * Whether Kubernetes would take an object, in its own words: the Validate functions of
 * k8s.io/kubernetes pkg/apis/<group>/validation. Defaults are set before; fields are known and typed.
 */
import { type FieldError, FieldErrors } from "./field-errors.ts";
import { type JsonObject, objectAt, stringAt } from "./json.ts";
import { typeOf } from "./schema.ts";
import * as cluster from "./validate-cluster.ts";
import { validateMetadata } from "./validate-metadata.ts";
import * as network from "./validate-network.ts";
import { validateNodeTaints, validatePodSpec, validatePodUpdate } from "./validate-pod.ts";
import * as workloads from "./validate-workloads.ts";

type Check = (
  object: JsonObject,
  spec: JsonObject,
  oldSpec: JsonObject | undefined,
  errors: FieldErrors,
  old: JsonObject | null,
) => void;

const checks: Readonly<Record<string, Check>> = {
  "core/v1.Pod": (_object, spec, oldSpec, errors) => {
    validatePodSpec(spec, "spec", errors);
    if (oldSpec !== undefined) validatePodUpdate(spec, oldSpec, errors);
  },
  "core/v1.Node": (object, _spec, _oldSpec, errors) => validateNodeTaints(object, errors),
  "core/v1.PodTemplate": cluster.podTemplate,
  "core/v1.Service": network.service,
  "core/v1.Endpoints": network.endpoints,
  "core/v1.ConfigMap": cluster.configuration,
  "core/v1.Secret": cluster.secret,
  "core/v1.ResourceQuota": cluster.quota,
  "core/v1.LimitRange": cluster.limitRange,
  "core/v1.PersistentVolumeClaim": cluster.volumeClaim,
  "core/v1.PersistentVolume": cluster.volume,
  "apps/v1.Deployment": workloads.deployment,
  "apps/v1.ReplicaSet": workloads.replicaSet,
  "apps/v1.StatefulSet": workloads.statefulSet,
  "apps/v1.DaemonSet": workloads.daemonSet,
  "apps/v1.ControllerRevision": cluster.controllerRevision,
  "batch/v1.Job": workloads.job,
  "batch/v1.CronJob": workloads.cronJob,
  "discovery/v1.EndpointSlice": network.endpointSlice,
  "networking/v1.Ingress": network.ingress,
  "networking/v1.NetworkPolicy": network.networkPolicy,
  "autoscaling/v1.HorizontalPodAutoscaler": cluster.autoscaler,
  "autoscaling/v2.HorizontalPodAutoscaler": cluster.autoscaler,
  "policy/v1.PodDisruptionBudget": cluster.disruptionBudget,
  "rbac/v1.Role": cluster.role,
  "rbac/v1.ClusterRole": cluster.role,
  "rbac/v1.RoleBinding": cluster.roleBinding,
  "rbac/v1.ClusterRoleBinding": cluster.roleBinding,
  "scheduling/v1.PriorityClass": cluster.priorityClass,
  "coordination/v1.Lease": cluster.lease,
  "storage/v1.StorageClass": cluster.storageClass,
  "apiextensions/v1.CustomResourceDefinition": cluster.customResourceDefinition,
};

/** Kinds that are asked and never stored: their metadata may be empty. */
const unstored =
  /\.(?:SelfSubjectAccessReview|SelfSubjectRulesReview|TokenRequest|DeleteOptions|Eviction|Binding|Scale|PodMetrics|NodeMetrics)$/;

/**
 * What is wrong with an object, in the order of the checks; empty: nothing. `old` is the stored object
 * of an update, null for a create. The metadata's namespace is the request's already. Of kinds outside
 * the schema (custom resources) nothing is checked.
 */
export function validate(object: JsonObject, old: JsonObject | null): FieldError[] {
  const errors = new FieldErrors();
  const type = typeOf(stringAt(object, "apiVersion") ?? "", stringAt(object, "kind") ?? "");
  if (type === null) return errors.list;
  if (!unstored.test(type)) validateMetadata(object, old, type, errors);
  const oldSpec = old === null ? undefined : objectAt(old, "spec");
  checks[type]?.(object, objectAt(object, "spec") ?? {}, oldSpec, errors, old);
  return errors.list;
}

export {
  type FieldError,
  fieldErrorBody,
  fieldErrorMessage,
  fieldErrorReason,
} from "./field-errors.ts";
