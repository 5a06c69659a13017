/** Names as Kubernetes' DNS has them (DNS for Services and Pods): service.namespace.svc.cluster.local. */

/** The gateway's name of the service; undefined for what is no name of a service. */
export function serviceOfDnsName(name: string): string | undefined {
  const match =
    /^([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)(?:\.([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)(?:\.svc(?:\.cluster\.local)?)?)?\.?$/.exec(
      name.toLowerCase(),
    );
  if (match === null) return undefined;
  const [, service = "", namespace = "default"] = match;
  return namespace === "default" ? service : `${service}.${namespace}`;
}
