/** Where the gateway finds the instances of services: in the slices of the cluster, and the registry. */
import type { EndpointFacts } from "../core/endpoints.ts";
import type { Registry } from "../core/registry.ts";
import type { ObjectStore } from "../core/store/object-store.ts";

/** As the gateway names services: those of the namespace default by their name alone. */
export const gatewayNameOf = (namespace: string | undefined, name: string): string =>
  namespace === undefined || namespace === "default" ? name : `${name}.${namespace}`;

/**
 * The first port of each ready or not yet ready endpoint. What is simulated answers nowhere.
 * @param portOf where a port of a pod (by its uid) is on 127.0.0.1
 */
export function endpointFacts(
  store: ObjectStore,
  registry: Registry,
  portOf: (pod: string, port: number) => number | null,
): EndpointFacts[] {
  const facts: EndpointFacts[] = [];
  for (const slice of store.all("endpointslices.discovery.k8s.io")) {
    const name = slice.metadata.labels?.["kubernetes.io/service-name"];
    const [first] = slice.ports ?? [];
    if (name === undefined || first?.port === undefined) continue;
    const service = gatewayNameOf(slice.metadata.namespace, name);
    for (const { targetRef, conditions } of slice.endpoints) {
      if (targetRef?.uid === undefined || targetRef.name === undefined) continue;
      if (conditions?.terminating === true) continue;
      const port = portOf(targetRef.uid, first.port);
      if (port === null) continue;
      const healthy = conditions?.ready === true;
      const containerPort = first.port;
      facts.push({ service, id: targetRef.name, host: "127.0.0.1", port, healthy, containerPort });
    }
  }
  for (const { service, id, host, port, health } of registry.all()) {
    facts.push({ service, id, host, port, healthy: health === "passing" || health === "warning" });
  }
  return facts;
}

/** Why a Service of the cluster has no instance that answers; null: there is no such Service. */
export function whyUnanswered(store: ObjectStore, gatewayName: string): string | null {
  const dot = gatewayName.lastIndexOf(".");
  const [name, namespace] =
    dot < 0 ? [gatewayName, "default"] : [gatewayName.slice(0, dot), gatewayName.slice(dot + 1)];
  const service = store.get("services", namespace, name);
  if (service === undefined) return null;
  let pods = 0;
  let port: number | undefined;
  for (const slice of store.ownedBy("endpointslices.discovery.k8s.io", service.metadata.uid)) {
    pods += slice.endpoints.length;
    port ??= slice.ports?.[0]?.port;
  }
  if (pods === 0) return `Service ${name} selects no pod that runs.`;
  const where = port === undefined ? "its port" : `port ${port}`;
  return `Service ${name} selects ${pods} pods, and none of them listens on ${where}: set targetPort, or the container's port.`;
}
