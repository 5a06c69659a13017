/** A small cluster for tests and benchmarks: pods are servers of this process, services lists of them. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { identityKey, type WorkloadIdentity } from "../core/mesh/spiffe-id.ts";
import type { MeshPod } from "../core/mesh/pod.ts";
import { MeshPolicy, type MeshRules } from "../core/mesh/policy.ts";
import { CertificateAuthority, type CertificateIssuer } from "./authority.ts";
import type { MeshAnswer } from "./call.ts";
import { createMesh, type Mesh } from "./mesh.ts";
import type { MeshAddress, MeshEndpoint } from "./peer-pool.ts";

const containerPort = 8_080;
const servicePort = 80;

export interface HarnessOptions {
  readonly rules?: MeshRules;
  readonly issuer?: CertificateIssuer;
  readonly now?: () => number;
  readonly random?: () => number;
}

export class MeshHarness {
  readonly authority: CertificateAuthority;
  readonly mesh: Mesh;
  readonly services = new Map<string, MeshEndpoint[]>();
  readonly warnings: string[] = [];
  readonly #pods = new Map<string, MeshPod>();
  readonly #servers: Server[] = [];

  constructor({ rules = {}, issuer, now = Date.now, random = Math.random }: HarnessOptions = {}) {
    this.authority = new CertificateAuthority({ now });
    this.mesh = createMesh({
      issuer: issuer ?? this.authority,
      policy: new MeshPolicy(rules),
      directory: {
        endpointsOf: ({ namespace, name }) => this.services.get(`${namespace}/${name}`) ?? [],
        podOf: (identity) => this.#pods.get(identityKey(identity)),
      },
      now,
      random,
      log: { warn: (message) => this.warnings.push(message) },
    });
  }

  /** A pod that calls and serves nothing. */
  caller(identity: WorkloadIdentity, labels = {}): MeshPod {
    const { namespace, serviceAccount, name } = identity;
    const pod: MeshPod = {
      namespace,
      serviceAccount,
      name,
      workload: serviceAccount,
      labels,
      namespaceLabels: {},
      ip: null,
      namedPorts: { http: containerPort },
    };
    this.#pods.set(identityKey(identity), pod);
    return pod;
  }

  /** A pod that serves a service of its account's name. @returns also its plain port */
  async serve(
    identity: WorkloadIdentity,
    listener: RequestListener,
    more: { readonly labels?: Readonly<Record<string, string>>; readonly secret?: string } = {},
  ): Promise<{ pod: MeshPod; address: MeshAddress; plain: Server; plainPort: number }> {
    const pod = this.caller(identity, more.labels);
    const plain = createServer(listener);
    this.#servers.push(plain);
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const plainPort = (plain.address() as AddressInfo).port;
    const address = await this.mesh.listenFor({
      pod,
      port: containerPort,
      plain: { host: "127.0.0.1", port: plainPort },
      ...(more.secret === undefined ? {} : { plainSecret: more.secret }),
    });
    this.addEndpoint({ pod, port: containerPort, address });
    return { pod, address, plain, plainPort };
  }

  addEndpoint(endpoint: MeshEndpoint): void {
    const service = `${endpoint.pod.namespace}/${endpoint.pod.serviceAccount}`;
    this.services.set(service, [...(this.services.get(service) ?? []), endpoint]);
  }

  async close(): Promise<void> {
    await this.mesh.close();
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }
}

export const podIdentity = (namespace: string, account: string, number = 0): WorkloadIdentity => ({
  namespace,
  serviceAccount: account,
  name: `${account}-${number}`,
});

export function serviceOf({ namespace, serviceAccount }: WorkloadIdentity) {
  return { namespace, name: serviceAccount, port: servicePort };
}

export async function textOf({ body }: MeshAnswer): Promise<string> {
  let text = "";
  for await (const chunk of body) text += String(chunk);
  return text;
}
