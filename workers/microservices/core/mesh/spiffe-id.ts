/** Who a workload is: SPIFFE IDs in the form that Istio gives them (SPIFFE-ID, section 2). */

export const trustDomain = "cluster.local";

export interface WorkloadIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The pod, or whoever else (the gateway) holds the certificate. */
  readonly name: string;
}

/** `spiffe://cluster.local/ns/NAMESPACE/sa/SERVICEACCOUNT` */
export function spiffeId({
  namespace,
  serviceAccount,
}: Pick<WorkloadIdentity, "namespace" | "serviceAccount">): string {
  return `spiffe://${principalOf({ namespace, serviceAccount })}`;
}

/** As authorization policies name it: `cluster.local/ns/NAMESPACE/sa/SERVICEACCOUNT`. */
export function principalOf({
  namespace,
  serviceAccount,
}: Pick<WorkloadIdentity, "namespace" | "serviceAccount">): string {
  return `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

/** The DNS name beside the SPIFFE ID, which tells pods of one service account apart. */
export function podDnsName({ namespace, name }: WorkloadIdentity): string {
  return `${name}.${namespace}.pod.${trustDomain}`;
}

/** One key for each holder of a certificate. */
export function identityKey({ namespace, name }: WorkloadIdentity): string {
  return `${namespace}/${name}`;
}

const label = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const subdomain = `${label}(?:\\.${label})*`;
const id = new RegExp(`^spiffe://cluster\\.local/ns/(${label})/sa/(${subdomain})$`);
const dns = new RegExp(`^(${subdomain})\\.(${label})\\.pod\\.cluster\\.local$`);
const name = new RegExp(`^${subdomain}$`);
const namespaceName = new RegExp(`^${label}$`);
const dnsNameLengthMax = 253;

/** Whether Kubernetes would take these names, so that no name can pass for another one. */
export function isIdentity(identity: WorkloadIdentity): boolean {
  return (
    namespaceName.test(identity.namespace) &&
    name.test(identity.serviceAccount) &&
    name.test(identity.name) &&
    podDnsName(identity).length <= dnsNameLengthMax
  );
}

/**
 * The identity in a certificate's subject alternative names, as `X509Certificate` writes them; null
 * unless there is exactly one URI (X509-SVID, section 2) and one pod name, of one namespace.
 */
export function identityOf(subjectAltName: string | undefined): WorkloadIdentity | null {
  // Names with a comma or a quote are written in quotes by Node, and are none of ours.
  const parts = subjectAltName?.split(", ") ?? [];
  const uris = parts.filter((part) => part.startsWith("URI:"));
  const names = parts.filter((part) => part.startsWith("DNS:"));
  if (uris.length !== 1 || names.length !== 1 || parts.length !== 2) return null;
  const account = id.exec(uris[0]!.slice("URI:".length));
  const pod = dns.exec(names[0]!.slice("DNS:".length));
  if (account === null || pod === null || account[1] !== pod[2]) return null;
  return { namespace: account[1]!, serviceAccount: account[2]!, name: pod[1]! };
}
