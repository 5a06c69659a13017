/** Which kinds stand outside namespaces. */
const clusterTypes: ReadonlySet<string> = new Set([
  "core/v1.Namespace",
  "core/v1.Node",
  "core/v1.PersistentVolume",
  "networking/v1.IngressClass",
  "rbac/v1.ClusterRole",
  "rbac/v1.ClusterRoleBinding",
  "scheduling/v1.PriorityClass",
  "apiextensions/v1.CustomResourceDefinition",
  "storage/v1.StorageClass",
  "metrics/v1beta1.NodeMetrics",
]);

export function isScopedToCluster(type: string): boolean {
  return clusterTypes.has(type);
}
