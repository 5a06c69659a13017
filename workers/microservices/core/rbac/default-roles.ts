/** The roles for users that every cluster has (Using RBAC Authorization, "User-facing roles"). */
import type { ClusterRole, PolicyRule } from "kubernetes-types/rbac/v1";

const reads = ["get", "list", "watch"];
const writes = ["create", "delete", "deletecollection", "patch", "update"];

const readable: readonly (readonly [group: string, resources: readonly string[]])[] = [
  [
    "",
    [
      "bindings",
      "configmaps",
      "endpoints",
      "events",
      "limitranges",
      "namespaces",
      "persistentvolumeclaims",
      "pods",
      "pods/log",
      "pods/status",
      "resourcequotas",
      "serviceaccounts",
      "services",
      "services/status",
    ],
  ],
  [
    "apps",
    [
      "controllerrevisions",
      "daemonsets",
      "deployments",
      "deployments/scale",
      "replicasets",
      "replicasets/scale",
      "statefulsets",
      "statefulsets/scale",
    ],
  ],
  ["autoscaling", ["horizontalpodautoscalers"]],
  ["batch", ["cronjobs", "jobs"]],
  ["discovery.k8s.io", ["endpointslices"]],
  ["networking.k8s.io", ["ingresses", "networkpolicies"]],
  ["policy", ["poddisruptionbudgets"]],
];
const writable: typeof readable = [
  [
    "",
    [
      "configmaps",
      "events",
      "persistentvolumeclaims",
      "pods",
      "pods/attach",
      "pods/eviction",
      "pods/exec",
      "pods/portforward",
      "pods/proxy",
      "secrets",
      "serviceaccounts",
      "services",
      "services/proxy",
    ],
  ],
  ...readable.slice(1).filter(([group]) => group !== "discovery.k8s.io"),
];

const rules = (list: typeof readable, verbs: readonly string[]): PolicyRule[] =>
  list.map(([group, resources]) => ({
    apiGroups: [group],
    resources: [...resources],
    verbs: [...verbs],
  }));

const view = rules(readable, reads);
const secrets: PolicyRule = { apiGroups: [""], resources: ["secrets"], verbs: reads };
const edit = [...view, secrets, ...rules(writable, writes)];
const admin: PolicyRule[] = [
  ...edit,
  {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: ["rolebindings", "roles"],
    verbs: [...reads, ...writes],
  },
  {
    apiGroups: ["authorization.k8s.io"],
    resources: ["localsubjectaccessreviews"],
    verbs: ["create"],
  },
];

const role = (name: string, own: PolicyRule[]): ClusterRole => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name, labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } },
  rules: own,
});

export const defaultClusterRoles: readonly ClusterRole[] = [
  role("cluster-admin", [
    { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
    { nonResourceURLs: ["*"], verbs: ["*"] },
  ]),
  role("admin", admin),
  role("edit", edit),
  role("view", view),
];
