/** What a cluster has from its first moment: namespaces, nodes, and the service of its own API. */
import { applyNodePool, type NodePool } from "../core/nodes/node-pools.ts";
import { defaultClusterRoles } from "../core/rbac/default-roles.ts";
import type { NewObject } from "../core/store/objects.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import { gatewayIngressClass } from "./ingresses.ts";
import { meshDefinitions } from "./mesh-definitions.ts";

const definitionsResource = "customresourcedefinitions.apiextensions.k8s.io";
const namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** Makes what is missing; what is there stays as it is. */
export function makeFirstObjects(store: ObjectStore, pools: readonly NodePool[]): void {
  for (const name of namespaces) {
    if (store.get("namespaces", undefined, name) !== undefined) continue;
    const labels = { "kubernetes.io/metadata.name": name };
    store.create({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
  }
  if (store.get("services", "default", "kubernetes") === undefined) {
    store.create({
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "kubernetes",
        namespace: "default",
        labels: { component: "apiserver", provider: "kubernetes" },
      },
      spec: {
        type: "ClusterIP",
        clusterIP: "10.96.0.1",
        clusterIPs: ["10.96.0.1"],
        ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 80 }],
        ipFamilies: ["IPv4"],
        ipFamilyPolicy: "SingleStack",
        sessionAffinity: "None",
      },
      status: { loadBalancer: {} },
    });
  }
  const { name: className } = gatewayIngressClass.metadata;
  if (store.get("ingressclasses.networking.k8s.io", undefined, className) === undefined) {
    store.create(structuredClone(gatewayIngressClass));
  }
  for (const role of defaultClusterRoles) {
    const { name } = role.metadata!;
    if (store.get("clusterroles.rbac.authorization.k8s.io", undefined, name!) !== undefined)
      continue;
    store.create(structuredClone(role) as NewObject);
  }
  for (const { metadata, ...definition } of meshDefinitions) {
    const name = metadata!.name!;
    if (store.get(definitionsResource, undefined, name) !== undefined) continue;
    store.create({
      ...definition,
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: metadata!,
    });
  }
  // What was made of the pools since is somebody's wish.
  if (Array.from(store.all("nodes")).length > 0) return;
  for (const pool of pools) applyNodePool(store, pool);
}

/** Three nodes in three zones, whose pods are real. */
export function realNodePools(machine: NodePool["nodeInfo"]): NodePool[] {
  return ["a", "b", "c"].map((zone) => ({
    name: `worker-${zone}`,
    count: 1,
    cpu: "8",
    memory: "16Gi",
    pods: 250,
    zone: `zone-${zone}`,
    runtime: "real",
    labels: {},
    taints: [],
    nodeInfo: machine,
  }));
}
