/** Names as Kubernetes' DNS has them (DNS for Services and Pods): service.namespace.svc.cluster.local. */

export interface DnsName {
  /** As the gateway names it. */
  readonly service: string;
  readonly namespace: string;
  readonly name: string;
  /** A single endpoint of it, by its hostname or its address with dashes; null: all of them. */
  readonly hostname: string | null;
  /** Where SRV records are asked for. */
  readonly port: { readonly name: string; readonly protocol: "TCP" | "UDP" } | null;
}

const label = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
const port = `(?:_(?<port>${label})\\._(?<protocol>tcp|udp)\\.)?`;
const whole = new RegExp(
  `^${port}(?:(?<hostname>${label})\\.)?(?<name>${label})\\.(?<namespace>${label})\\.svc(?:\\.cluster\\.local)?\\.?$`,
);
const short = new RegExp(`^${port}(?<name>${label})(?:\\.(?<namespace>${label}))?\\.?$`);

/** Undefined for what is no name of a service. */
export function parseDnsName(text: string): DnsName | undefined {
  const lower = text.toLowerCase();
  // With the suffix there is room for a hostname; without it the second label is the namespace.
  const groups = (whole.exec(lower) ?? short.exec(lower))?.groups;
  if (groups === undefined) return undefined;
  const { name = "", namespace = "default", hostname = null } = groups;
  const isShort = groups["port"] === undefined;
  return {
    service: namespace === "default" ? name : `${name}.${namespace}`,
    namespace,
    name,
    hostname,
    port: isShort
      ? null
      : { name: groups["port"]!, protocol: groups["protocol"] === "udp" ? "UDP" : "TCP" },
  };
}

/** The gateway's name of a service; undefined for what names no service as a whole. */
export function serviceOfDnsName(text: string): string | undefined {
  const parsed = parseDnsName(text);
  return parsed === undefined || parsed.hostname !== null || parsed.port !== null
    ? undefined
    : parsed.service;
}
