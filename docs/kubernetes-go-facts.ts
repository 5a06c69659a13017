/**
 * What Kubernetes' Go types say and neither its .proto files nor its OpenAPI do, by hand from
 * k8s.io/api: embedded structs, which scalars are pointers (so that their zero is a value and not an
 * absence), and the messages outside the table.
 */

/** Fields that Go embeds: their message's fields stand in the parent's JSON. */
export const inlineFields: ReadonlySet<string> = new Set([
  "volumeSource",
  "ephemeralContainerCommon",
  "handler",
  "persistentVolumeSource",
  "localObjectReference",
  "ingressRuleValue",
]);

/** The table writes the last letter of a map's name; here are the names. */
export const mapNames: Readonly<Record<string, string>> = {
  "core/v1.CSIPersistentVolumeSource.5": "volumeAttributes",
  "core/v1.CSIVolumeSource.4": "volumeAttributes",
  "core/v1.ConfigMap.2": "data",
  "core/v1.ConfigMap.3": "binaryData",
  "core/v1.ContainerStatus.10": "allocatedResources",
  "core/v1.FlexPersistentVolumeSource.5": "options",
  "core/v1.FlexVolumeSource.5": "options",
  "core/v1.LimitRangeItem.2": "max",
  "core/v1.LimitRangeItem.3": "min",
  "core/v1.LimitRangeItem.4": "default",
  "core/v1.LimitRangeItem.5": "defaultRequest",
  "core/v1.LimitRangeItem.6": "maxLimitRequestRatio",
  "core/v1.NodeStatus.1": "capacity",
  "core/v1.NodeStatus.2": "allocatable",
  "core/v1.PersistentVolumeClaimStatus.3": "capacity",
  "core/v1.PersistentVolumeClaimStatus.5": "allocatedResources",
  "core/v1.PersistentVolumeClaimStatus.7": "allocatedResourceStatuses",
  "core/v1.PersistentVolumeSpec.1": "capacity",
  "core/v1.PodCertificateProjection.7": "userAnnotations",
  "core/v1.PodSpec.7": "nodeSelector",
  "core/v1.PodSpec.32": "overhead",
  "core/v1.PodStatus.19": "allocatedResources",
  "core/v1.ReplicationControllerSpec.2": "selector",
  "core/v1.ResourceQuotaSpec.1": "hard",
  "core/v1.ResourceQuotaStatus.1": "hard",
  "core/v1.ResourceQuotaStatus.2": "used",
  "core/v1.ResourceRequirements.1": "limits",
  "core/v1.ResourceRequirements.2": "requests",
  "core/v1.Secret.2": "data",
  "core/v1.Secret.4": "stringData",
  "core/v1.ServiceSpec.2": "selector",
  "core/v1.VolumeResourceRequirements.1": "limits",
  "core/v1.VolumeResourceRequirements.2": "requests",
  "authorization/v1.SubjectAccessReviewSpec.5": "extra",
  "discovery/v1.Endpoint.5": "deprecatedTopology",
  "policy/v1.PodDisruptionBudgetStatus.2": "disruptedPods",
  "meta/v1.LabelSelector.1": "matchLabels",
  "meta/v1.ObjectMeta.11": "labels",
  "meta/v1.ObjectMeta.12": "annotations",
};

/** Pointers wherever the name stands. */
const pointersEverywhere = new Set(
  (
    "revisionHistoryLimit progressDeadlineSeconds collisionCount immutable optional controller " +
    "blockOwnerDeletion terminationGracePeriodSeconds activeDeadlineSeconds deletionGracePeriodSeconds " +
    "automountServiceAccountToken enableServiceLinks shareProcessNamespace setHostnameAsFQDN hostUsers " +
    "runAsUser runAsGroup fsGroup fsGroupChangePolicy runAsNonRoot privileged readOnlyRootFilesystem " +
    "allowPrivilegeEscalation procMount tolerationSeconds priority preemptionPolicy runtimeClassName " +
    "parallelism completions backoffLimit backoffLimitPerIndex maxFailedIndexes completionMode suspend " +
    "ttlSecondsAfterFinished podReplacementPolicy managedBy manualSelector startingDeadlineSeconds " +
    "successfulJobsHistoryLimit failedJobsHistoryLimit timeZone defaultMode mode expirationSeconds " +
    "volumeMode volumeAttributesClassName minReplicas targetCPUUtilizationPercentage " +
    "currentCPUUtilizationPercentage averageUtilization stabilizationWindowSeconds selectPolicy " +
    "ingressClassName pathType appProtocol internalTrafficPolicy ipFamilyPolicy " +
    "allocateLoadBalancerNodePorts loadBalancerClass trafficDistribution serving terminating " +
    "holderIdentity leaseDurationSeconds leaseTransitions partition unhealthyPodEvictionPolicy endPort " +
    "minDomains nodeAffinityPolicy nodeTaintsPolicy mountPropagation recursiveReadOnly started " +
    "gracePeriodSeconds orphanDependents propagationPolicy localhostProfile hostProcess runAsUserName " +
    "allowVolumeExpansion reclaimPolicy volumeBindingMode hostnameOverride"
  ).split(" "),
);

const pointersInPlace = new Set([
  "apps/v1.DeploymentSpec.replicas",
  "apps/v1.ReplicaSetSpec.replicas",
  "apps/v1.StatefulSetSpec.replicas",
  "core/v1.ClientIPConfig.timeoutSeconds",
  "core/v1.Container.restartPolicy",
  "core/v1.EphemeralContainerCommon.restartPolicy",
  "core/v1.PersistentVolumeClaimSpec.storageClassName",
  "core/v1.HostPathVolumeSource.type",
  "core/v1.GRPCAction.service",
  "core/v1.CSIVolumeSource.fsType",
  "core/v1.CSIVolumeSource.readOnly",
  "core/v1.EndpointAddress.nodeName",
  "core/v1.LoadBalancerIngress.ipMode",
  "core/v1.PodDNSConfigOption.value",
  "core/v1.TypedLocalObjectReference.apiGroup",
  "core/v1.TypedObjectReference.apiGroup",
  "networking/v1.IngressClassParametersReference.apiGroup",
  "discovery/v1.Endpoint.hostname",
  "discovery/v1.Endpoint.nodeName",
  "discovery/v1.Endpoint.zone",
  "discovery/v1.EndpointConditions.ready",
  "discovery/v1.EndpointPort.name",
  "discovery/v1.EndpointPort.port",
  "discovery/v1.EndpointPort.protocol",
  "autoscaling/v1.HorizontalPodAutoscalerStatus.observedGeneration",
  "autoscaling/v2.HorizontalPodAutoscalerStatus.observedGeneration",
  "batch/v1.JobStatus.ready",
  "batch/v1.JobStatus.terminating",
  "batch/v1.PodFailurePolicyOnExitCodesRequirement.containerName",
  "meta/v1.Preconditions.uid",
  "meta/v1.Preconditions.resourceVersion",
  "networking/v1.IngressClassParametersReference.scope",
  "networking/v1.IngressClassParametersReference.namespace",
  "networking/v1.NetworkPolicyPort.protocol",
]);

/** Whether Go holds this scalar by a pointer. */
export function pointerFields(message: string, field: string): boolean {
  return pointersEverywhere.has(field) || pointersInPlace.has(`${message}.${field}`);
}

const row = (number: number, name: string, type: string, container: "" | "[]" | "{}" = "") => ({
  number,
  name,
  container,
  type,
  annotations: "",
});
const metadata = row(1, "metadata", "meta/v1.ObjectMeta");

/** Messages that the table lacks: storage/v1, authentication/v1 and metrics/v1beta1 generated.proto. */
export const handWrittenTypes = {
  "storage/v1.StorageClass": [
    metadata,
    row(2, "provisioner", "string"),
    row(3, "parameters", "string", "{}"),
    row(4, "reclaimPolicy", "string"),
    row(5, "mountOptions", "string", "[]"),
    row(6, "allowVolumeExpansion", "bool"),
    row(7, "volumeBindingMode", "string"),
    row(8, "allowedTopologies", "core/v1.TopologySelectorTerm", "[]"),
  ],
  "authentication/v1.TokenRequest": [
    metadata,
    row(2, "spec", "authentication/v1.TokenRequestSpec"),
    row(3, "status", "authentication/v1.TokenRequestStatus"),
  ],
  "authentication/v1.TokenRequestSpec": [
    row(1, "audiences", "string", "[]"),
    row(3, "boundObjectRef", "authentication/v1.BoundObjectReference"),
    row(4, "expirationSeconds", "int64"),
  ],
  "authentication/v1.BoundObjectReference": [
    row(1, "kind", "string"),
    row(2, "apiVersion", "string"),
    row(3, "name", "string"),
    row(4, "uid", "string"),
  ],
  "authentication/v1.TokenRequestStatus": [
    row(1, "token", "string"),
    row(2, "expirationTimestamp", "Time"),
  ],
  "metrics/v1beta1.NodeMetrics": [
    metadata,
    row(2, "timestamp", "Time"),
    row(3, "window", "Duration"),
    row(4, "usage", "Quantity", "{}"),
  ],
  "metrics/v1beta1.PodMetrics": [
    metadata,
    row(2, "timestamp", "Time"),
    row(3, "window", "Duration"),
    row(4, "containers", "metrics/v1beta1.ContainerMetrics", "[]"),
  ],
  "metrics/v1beta1.ContainerMetrics": [row(1, "name", "string"), row(2, "usage", "Quantity", "{}")],
};

interface ExtraRow {
  readonly number: number;
  readonly name: string;
  readonly container: "" | "[]" | "{}";
  readonly type: string;
  readonly annotations: string;
}

/** The extensions of apiextensions/v1 JSONSchemaProps, which kubernetes-types leaves out. */
export const undeclaredFields: Readonly<Record<string, readonly ExtraRow[]>> = {
  "apiextensions/v1.JSONSchemaProps": [
    row(0, "x-kubernetes-preserve-unknown-fields", "bool"),
    row(0, "x-kubernetes-embedded-resource", "bool"),
    row(0, "x-kubernetes-int-or-string", "bool"),
    row(0, "x-kubernetes-list-map-keys", "string", "[]"),
    row(0, "x-kubernetes-list-type", "string"),
    row(0, "x-kubernetes-map-type", "string"),
    row(0, "x-kubernetes-validations", "any", "[]"),
  ],
};
