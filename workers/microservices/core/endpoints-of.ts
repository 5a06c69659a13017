/** A service's instances: the running pods of the deployment of that name, and what is registered. */
import type { Cluster } from "./cluster.ts";
import type { EndpointFacts } from "./endpoints.ts";
import type { Registry } from "./registry.ts";

export function endpointsOf(cluster: Cluster, registry: Registry): EndpointFacts[] {
  const pods: EndpointFacts[] = [];
  for (const { deployment, name, container, ready, deletionAt } of cluster.pods.values()) {
    if (container.kind !== "running" || deletionAt !== null) continue;
    const { port } = container;
    pods.push({ service: deployment, id: name, host: "127.0.0.1", port, healthy: ready });
  }
  const registered = registry.all().map(({ service, id, host, port, health }) => ({
    service,
    id,
    host,
    port,
    healthy: health === "passing",
  }));
  return [...pods, ...registered];
}
