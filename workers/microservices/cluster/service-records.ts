/** What Kubernetes' DNS says of a Service (DNS specification, 2.3 and 2.4): SRV records, single endpoints. */
import type { DnsName } from "../core/registry-names.ts";
import type { ObjectStore } from "../core/store/object-store.ts";

export interface ServiceRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

export interface ServiceRecords {
  /** Names of the pods that are meant. */
  readonly pods: ReadonlySet<string>;
  readonly records: readonly ServiceRecord[];
}

/** Null where no Service, or no port or endpoint of it, has this name. */
export function recordsOf(
  store: ObjectStore,
  { namespace, name, hostname, port }: DnsName,
): ServiceRecords | null {
  const service = store.get("services", namespace, name);
  if (service === undefined) return null;
  const domain = `${name}.${namespace}.svc.cluster.local`;
  const pods = new Set<string>();
  const targets = new Map<string, number>();
  for (const slice of store.ownedBy("endpointslices.discovery.k8s.io", service.metadata.uid)) {
    const found =
      port === null
        ? undefined
        : slice.ports?.find(
            (each) => each.name === port.name && (each.protocol ?? "TCP") === port.protocol,
          );
    for (const { addresses, conditions, hostname: own, targetRef } of slice.endpoints) {
      if (conditions?.ready !== true || targetRef?.name === undefined) continue;
      const host = own ?? (addresses[0] ?? "").replaceAll(".", "-");
      if (hostname !== null && hostname !== host) continue;
      pods.add(targetRef.name);
      if (found?.port !== undefined) targets.set(`${host}.${domain}`, found.port);
    }
  }
  if (hostname !== null && pods.size === 0) return null;
  if (port === null) return { pods, records: [] };
  const isHeadless = service.spec?.clusterIP === "None";
  const own = service.spec?.ports?.find(
    (each) => each.name === port.name && (each.protocol ?? "TCP") === port.protocol,
  );
  if (own === undefined) return null;
  // A Service with an address of its own is one target, whoever stands behind it.
  const all: [string, number][] = isHeadless ? [...targets] : [[domain, own.port]];
  const weight = all.length === 0 ? 0 : Math.max(1, Math.floor(100 / all.length));
  const records = all.map(([target, number]) => ({ priority: 0, weight, port: number, target }));
  return { pods, records };
}
