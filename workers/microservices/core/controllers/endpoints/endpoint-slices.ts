/** The endpoints that a service's pods make: pure (k8s.io/endpointslice reconciler). */
import type { Service } from "kubernetes-types/core/v1";
import type { Endpoint, EndpointPort } from "kubernetes-types/discovery/v1";
import { isEnding, isFinishedPod, isReady, type Pod } from "../pod-facts.ts";

export interface SliceContent {
  readonly ports: EndpointPort[];
  readonly endpoints: Endpoint[];
}

type ServiceSpec = NonNullable<Service["spec"]>;

/**
 * Pods with the same numbers behind the service's ports are in a group together. Pods without an
 * address, and those that are over, are in none.
 */
export function sliceContents(
  spec: ServiceSpec,
  pods: readonly Pod[],
  zoneOf: (node: string) => string | undefined,
): SliceContent[] {
  const groups = new Map<string, { ports: EndpointPort[]; endpoints: Endpoint[] }>();
  for (const pod of pods) {
    if (!pod.status?.podIP || isFinishedPod(pod)) continue;
    const ports = portsOf(spec, pod);
    const key = JSON.stringify(ports);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { ports, endpoints: [] }));
    group.endpoints.push(endpointOf(spec, pod, zoneOf));
  }
  return [...groups.values()];
}

/** A named target port means the number that the pod gives that name; without one it has no port. */
export function portsOf({ ports = [] }: ServiceSpec, { spec }: Pod): EndpointPort[] {
  return ports.flatMap(({ name = "", port, protocol = "TCP", targetPort = port, appProtocol }) => {
    const number =
      typeof targetPort === "number"
        ? targetPort
        : spec?.containers
            .flatMap((container) => container.ports ?? [])
            .find((each) => each.name === targetPort)?.containerPort;
    if (number === undefined) return [];
    return [{ name, port: number, protocol, ...(appProtocol !== undefined && { appProtocol }) }];
  });
}

function endpointOf(
  { publishNotReadyAddresses = false }: ServiceSpec,
  pod: Pod,
  zoneOf: (node: string) => string | undefined,
): Endpoint {
  const { name, namespace, uid } = pod.metadata;
  const nodeName = pod.spec?.nodeName;
  const zone = nodeName === undefined ? undefined : zoneOf(nodeName);
  const serving = isReady(pod);
  const terminating = isEnding(pod);
  return {
    addresses: [pod.status!.podIP!],
    conditions: {
      ready: publishNotReadyAddresses || (serving && !terminating),
      serving,
      terminating,
    },
    ...(pod.spec?.hostname !== undefined &&
      pod.spec.subdomain !== undefined && { hostname: pod.spec.hostname }),
    ...(nodeName !== undefined && { nodeName }),
    targetRef: { kind: "Pod", name, namespace: namespace!, uid },
    ...(zone !== undefined && { zone }),
  };
}
