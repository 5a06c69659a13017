/**
 * The defaults that Kubernetes writes into objects of the served kinds: the SetDefaults functions of
 * k8s.io/kubernetes pkg/apis/<group>/<version>/defaults.go. What admission plug-ins and the registry's
 * strategies add (tokens, cluster IPs, job selectors) is not here.
 */
import { canonicalizeQuantities } from "./canonical-quantities.ts";
import { cloneJson, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from "./json.ts";
import { ensureObject, fill, setPodDefaults, setTemplateDefaults } from "./pod-defaults.ts";
import { typeOf } from "./schema.ts";

/** Changes the object. Kinds without defaults, and custom resources, stay as they are. */
export function setDefaults(object: JsonObject): void {
  const kind = stringAt(object, "kind") ?? "";
  const apiVersion = stringAt(object, "apiVersion") ?? "";
  const type = typeOf(apiVersion, kind);
  if (type === null) return;
  canonicalizeQuantities(object, type);
  const setter = setters[type];
  setter?.(object, ensureSpec(object, type));
}

/** Kinds without a spec get an object that nobody keeps. */
function ensureSpec(object: JsonObject, type: string): JsonObject {
  return withoutSpec.has(type) ? {} : ensureObject(object, "spec");
}

type Setter = (object: JsonObject, spec: JsonObject) => void;

const withoutSpec: ReadonlySet<string> = new Set([
  "core/v1.Endpoints",
  "core/v1.PodTemplate",
  "core/v1.Secret",
  "discovery/v1.EndpointSlice",
  "rbac/v1.RoleBinding",
  "rbac/v1.ClusterRoleBinding",
  "scheduling/v1.PriorityClass",
  "storage/v1.StorageClass",
]);

const int32Max = 2_147_483_647;
const rbacGroup = "rbac.authorization.k8s.io";

const setters: Readonly<Record<string, Setter>> = {
  "core/v1.Pod": setPodDefaults,
  "core/v1.PodTemplate": setTemplateDefaults,
  "apps/v1.Deployment": (_object, spec) => {
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    const strategy = ensureObject(spec, "strategy");
    if (!strategy["type"]) strategy["type"] = "RollingUpdate";
    if (strategy["type"] === "RollingUpdate") {
      fill(ensureObject(strategy, "rollingUpdate"), { maxUnavailable: "25%", maxSurge: "25%" });
    }
    setTemplateDefaults(spec);
  },
  "apps/v1.ReplicaSet": (_object, spec) => {
    fill(spec, { replicas: 1 });
    setTemplateDefaults(spec);
  },
  "apps/v1.StatefulSet": (_object, spec) => {
    fill(spec, { podManagementPolicy: "OrderedReady", replicas: 1, revisionHistoryLimit: 10 });
    const strategy = ensureObject(spec, "updateStrategy");
    fill(strategy, { type: "RollingUpdate" });
    if (strategy["type"] === "RollingUpdate") {
      fill(ensureObject(strategy, "rollingUpdate"), { partition: 0 });
    }
    fill(ensureObject(spec, "persistentVolumeClaimRetentionPolicy"), {
      whenDeleted: "Retain",
      whenScaled: "Retain",
    });
    setTemplateDefaults(spec);
    for (const claim of objectsAt(spec, "volumeClaimTemplates")) {
      fill(claim, { apiVersion: "v1", kind: "PersistentVolumeClaim" });
      fill(ensureObject(claim, "spec"), { volumeMode: "Filesystem" });
      fill(ensureObject(claim, "status"), { phase: "Pending" });
    }
  },
  "apps/v1.DaemonSet": (_object, spec) => {
    fill(spec, { revisionHistoryLimit: 10 });
    const strategy = ensureObject(spec, "updateStrategy");
    fill(strategy, { type: "RollingUpdate" });
    if (strategy["type"] === "RollingUpdate") {
      fill(ensureObject(strategy, "rollingUpdate"), { maxUnavailable: 1, maxSurge: 0 });
    }
    setTemplateDefaults(spec);
  },
  "batch/v1.Job": setJobDefaults,
  "batch/v1.CronJob": (_object, spec) => {
    fill(spec, {
      concurrencyPolicy: "Allow",
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    const job = objectAt(objectAt(spec, "jobTemplate"), "spec");
    if (job !== undefined) setTemplateDefaults(job);
  },
  "core/v1.Service": (_object, spec) => setServiceDefaults(spec),
  "core/v1.Endpoints": (object) => {
    for (const subset of objectsAt(object, "subsets")) {
      for (const port of objectsAt(subset, "ports")) fill(port, { protocol: "TCP" });
    }
  },
  "discovery/v1.EndpointSlice": (object) => {
    for (const port of objectsAt(object, "ports")) fill(port, { name: "", protocol: "TCP" });
  },
  "networking/v1.IngressClass": (_object, spec) =>
    fill(objectAt(spec, "parameters"), { scope: "Cluster" }),
  "networking/v1.NetworkPolicy": (_object, spec) => {
    for (const rule of [...objectsAt(spec, "ingress"), ...objectsAt(spec, "egress")]) {
      for (const port of objectsAt(rule, "ports")) fill(port, { protocol: "TCP" });
    }
    const hasEgress = objectsAt(spec, "egress").length > 0;
    fill(spec, { policyTypes: hasEgress ? ["Ingress", "Egress"] : ["Ingress"] });
  },
  "core/v1.Secret": (object) => {
    fill(object, { type: "Opaque" });
    const texts = objectAt(object, "stringData");
    if (texts === undefined) return;
    const data = ensureObject(object, "data");
    for (const [key, text] of Object.entries(texts)) {
      if (typeof text === "string") data[key] = Buffer.from(text).toString("base64");
    }
    delete object["stringData"];
  },
  "core/v1.Namespace": (object, spec) => {
    const metadata = ensureObject(object, "metadata");
    const name = stringAt(metadata, "name") ?? "";
    if (name !== "") {
      fill(ensureObject(metadata, "labels"), { "kubernetes.io/metadata.name": name });
    }
    fill(spec, { finalizers: ["kubernetes"] });
    fill(ensureObject(object, "status"), { phase: "Active" });
  },
  "core/v1.Node": (object) => {
    const status = objectAt(object, "status");
    const capacity = objectAt(status, "capacity");
    if (capacity !== undefined) fill(ensureObject(status!, "allocatable"), cloneJson(capacity));
  },
  "core/v1.PersistentVolumeClaim": (object, spec) => {
    fill(spec, { volumeMode: "Filesystem" });
    fill(ensureObject(object, "status"), { phase: "Pending" });
  },
  "core/v1.PersistentVolume": (object, spec) => {
    fill(spec, { persistentVolumeReclaimPolicy: "Retain", volumeMode: "Filesystem" });
    fill(ensureObject(object, "status"), { phase: "Pending" });
  },
  "core/v1.LimitRange": (_object, spec) => {
    for (const limit of objectsAt(spec, "limits")) {
      if (limit["type"] === "Container") setLimitDefaults(limit);
    }
  },
  "storage/v1.StorageClass": (object) =>
    fill(object, { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }),
  "scheduling/v1.PriorityClass": (object) =>
    fill(object, { preemptionPolicy: "PreemptLowerPriority" }),
  "rbac/v1.RoleBinding": setBindingDefaults,
  "rbac/v1.ClusterRoleBinding": setBindingDefaults,
  "autoscaling/v1.HorizontalPodAutoscaler": (_object, spec) => {
    fill(spec, { minReplicas: 1 });
    if (!hasMetricsAnnotation(_object)) fill(spec, { targetCPUUtilizationPercentage: 80 });
  },
  "autoscaling/v2.HorizontalPodAutoscaler": (_object, spec) => {
    fill(spec, { minReplicas: 1 });
    if (objectsAt(spec, "metrics").length === 0) spec["metrics"] = [cpuMetric()];
    setScalingBehaviour(objectAt(spec, "behavior"));
  },
  "apiextensions/v1.CustomResourceDefinition": (_object, spec) => {
    const names = ensureObject(spec, "names");
    const kind = stringAt(names, "kind") ?? "";
    if (kind !== "") fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
    fill(ensureObject(spec, "conversion"), { strategy: "None" });
  },
};

function setJobDefaults(object: JsonObject, spec: JsonObject): void {
  // Both unset: one pod. A work queue sets parallelism alone, and keeps completions unset.
  if (numberAt(spec, "completions") === undefined && numberAt(spec, "parallelism") === undefined) {
    spec["completions"] = 1;
  }
  const isFailurePolicySet = objectAt(spec, "podFailurePolicy") !== undefined;
  fill(spec, {
    parallelism: 1,
    backoffLimit: numberAt(spec, "backoffLimitPerIndex") === undefined ? 6 : int32Max,
    completionMode: "NonIndexed",
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: isFailurePolicySet ? "Failed" : "TerminatingOrFailed",
  });
  for (const rule of objectsAt(objectAt(spec, "podFailurePolicy"), "rules")) {
    for (const condition of objectsAt(rule, "onPodConditions")) fill(condition, { status: "True" });
  }
  const metadata = ensureObject(object, "metadata");
  const labels = objectAt(objectAt(objectAt(spec, "template"), "metadata"), "labels");
  if (labels !== undefined && Object.keys(objectAt(metadata, "labels") ?? {}).length === 0) {
    metadata["labels"] = cloneJson(labels);
  }
  setTemplateDefaults(spec);
}

function setServiceDefaults(spec: JsonObject): void {
  fill(spec, { sessionAffinity: "None", type: "ClusterIP" });
  if (spec["sessionAffinity"] === "None") delete spec["sessionAffinityConfig"];
  if (spec["sessionAffinity"] === "ClientIP") {
    const client = ensureObject(ensureObject(spec, "sessionAffinityConfig"), "clientIP");
    fill(client, { timeoutSeconds: 10_800 });
  }
  for (const port of objectsAt(spec, "ports")) {
    fill(port, { protocol: "TCP" });
    const target = port["targetPort"];
    const number = numberAt(port, "port");
    const isUnset = target === undefined || target === null || target === 0 || target === "";
    if (isUnset && number !== undefined) port["targetPort"] = number;
  }
  const type = spec["type"];
  if (type === "NodePort" || type === "LoadBalancer")
    fill(spec, { externalTrafficPolicy: "Cluster" });
  if (type !== "ExternalName") fill(spec, { internalTrafficPolicy: "Cluster" });
  if (type === "LoadBalancer") fill(spec, { allocateLoadBalancerNodePorts: true });
}

/** SetDefaults_LimitRangeItem: the maximum is the default limit; that, or the minimum, the request. */
function setLimitDefaults(limit: JsonObject): void {
  const defaults = ensureObject(limit, "default");
  fill(defaults, objectAt(limit, "max") ?? {});
  const requests = ensureObject(limit, "defaultRequest");
  fill(requests, defaults);
  fill(requests, objectAt(limit, "min") ?? {});
}

function setBindingDefaults(object: JsonObject): void {
  const role = objectAt(object, "roleRef");
  if (role !== undefined && !role["apiGroup"]) role["apiGroup"] = rbacGroup;
  for (const subject of objectsAt(object, "subjects")) {
    const isPerson = subject["kind"] === "User" || subject["kind"] === "Group";
    if (isPerson && !subject["apiGroup"]) subject["apiGroup"] = rbacGroup;
  }
}

/** v2 metrics of an object that is read as v1 are in annotations. */
function hasMetricsAnnotation(object: JsonObject): boolean {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations");
  return annotations?.["autoscaling.alpha.kubernetes.io/metrics"] !== undefined;
}

function cpuMetric(): JsonObject {
  return {
    type: "Resource",
    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
  };
}

/** pkg/apis/autoscaling/v2/defaults.go: both directions are filled once a behaviour is given. */
function setScalingBehaviour(behaviour: JsonObject | undefined): void {
  if (behaviour === undefined) return;
  const percent = { type: "Percent", value: 100, periodSeconds: 15 };
  fill(ensureObject(behaviour, "scaleUp"), {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [{ type: "Pods", value: 4, periodSeconds: 15 }, { ...percent }],
  });
  fill(ensureObject(behaviour, "scaleDown"), { selectPolicy: "Max", policies: [{ ...percent }] });
}
