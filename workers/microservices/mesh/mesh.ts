/**
 * The service mesh of one thread, a proxy of the node rather than one in each pod: every call is made with
 * the certificate of the pod that calls, and every port of a pod has a listener with that pod's own.
 *
 * What protects what: TLS and the policies guard the mesh's ports against every process of the machine.
 * A pod's plain port is on loopback, and open to those processes unless the pod asks for `plainSecret`.
 * The private keys are in the memory of this thread, so that identities separate programs that cannot
 * read it, and not somebody who can debug the process.
 */
import type { CertificateIssuer } from "./authority.ts";
import { EdgeMetrics } from "../core/mesh/edge-metrics.ts";
import { meshLimits } from "../core/mesh/limits.ts";
import { strangerPod, workloadOf, type MeshPod } from "../core/mesh/pod.ts";
import type { MeshPolicy } from "../core/mesh/policy.ts";
import { identityKey, type WorkloadIdentity } from "../core/mesh/spiffe-id.ts";
import { MeshCall, type MeshAnswer, type MeshRequest, type ServicePort } from "./call.ts";
import { CredentialStore } from "./credentials.ts";
import { meshProblem } from "./errors.ts";
import { MeshListener, type ListenerOptions } from "./listener.ts";
import { Mirrors } from "./mirrors.ts";
import { PeerPool, type MeshAddress, type MeshEndpoint } from "./peer-pool.ts";

/** Who there is, as the cluster has it at the moment. Give the same objects while nothing changes. */
export interface MeshDirectory {
  /** The ready pods of a service; empty where there is no such service. */
  readonly endpointsOf: (service: ServicePort) => readonly MeshEndpoint[];
  readonly podOf: (identity: WorkloadIdentity) => MeshPod | undefined;
}

export interface MeshOptions {
  readonly issuer: CertificateIssuer;
  readonly policy: MeshPolicy;
  readonly directory: MeshDirectory;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Which endpoint takes a request; by default the less busy of two at random. */
  readonly choose?: (
    endpoints: readonly MeshEndpoint[],
    activeOf: (endpoint: MeshEndpoint) => number,
  ) => MeshEndpoint | undefined;
  readonly log: { warn(message: string): void };
}

export interface Mesh {
  readonly metrics: EdgeMetrics;
  /** Copies that were not sent because too many were under way. */
  readonly mirrorsDropped: number;
  /**
   * Opens the mesh's door of a pod's port. @returns where it is, for the directory
   * @throws MESH_FULL, MESH_CLOSED
   */
  listenFor(options: ListenerOptions): Promise<MeshAddress>;
  /** The pod ends: its requests may finish for `graceMs`, and its certificate is forgotten. */
  remove(pod: WorkloadIdentity, graceMs: number): Promise<void>;
  /**
   * Calls a service as `source`. Answers of the mesh itself are answers too: 403 where policies refuse,
   * and the status of an injected abort.
   * @throws MESH_NO_ENDPOINT, MESH_OVERLOADED, MESH_CONNECTION_FAILED, MESH_TIMEOUT, MESH_CLOSED; the
   * signal's reason
   */
  call(source: MeshPod, service: ServicePort, request: MeshRequest): Promise<MeshAnswer>;
  setPolicy(policy: MeshPolicy): void;
  /** Renews what is past half its life or trusts roots of yesterday; a timer does so, too. */
  renewDue(): Promise<void>;
  /** Renews all certificates at once, whatever their age; what is under way goes on. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

export function createMesh(options: MeshOptions): Mesh {
  return new NodeMesh(options);
}

interface Pair {
  readonly pool: PeerPool;
  readonly source: string;
  readonly destination: string;
  readonly unsubscribe: () => void;
}

export class NodeMesh implements Mesh {
  readonly options: MeshOptions;
  readonly metrics: EdgeMetrics;
  readonly mirrors: Mirrors;
  policy: MeshPolicy;
  readonly #credentials: CredentialStore;
  readonly #listeners = new Map<string, { listener: MeshListener; unsubscribe: () => void }>();
  readonly #pairs = new Map<string, Pair>();
  #closed = false;

  constructor(options: MeshOptions) {
    this.options = options;
    this.policy = options.policy;
    this.metrics = new EdgeMetrics(options.now);
    this.mirrors = new Mirrors(this);
    this.#credentials = new CredentialStore({
      issuer: options.issuer,
      now: options.now,
      failed: ({ namespace, name }, error) =>
        options.log.warn(`No new certificate for ${namespace}/${name}: ${error.message}`),
    });
  }

  get mirrorsDropped(): number {
    return this.mirrors.dropped;
  }

  async listenFor(options: ListenerOptions): Promise<MeshAddress> {
    this.#assertOpen();
    if (this.#listeners.size >= meshLimits.listenersMax) {
      throw meshProblem("MESH_FULL", `${this.#listeners.size} listeners are open already.`);
    }
    const { pod, port } = options;
    const credentials = await this.#credentials.obtain(pod);
    this.#assertOpen();
    const key = `${identityKey(pod)}:${port}`;
    await this.#endListener(key, 0);
    const listener = new MeshListener(options, credentials, {
      now: this.options.now,
      podOf: (identity) => this.podOf(identity),
      judge: (source, destination, request) => this.policy.judge(source, destination, request),
      denied: (source, destination) =>
        this.metrics.denied({ source: workloadOf(source), destination: workloadOf(destination) }),
    });
    const unsubscribe = this.#credentials.subscribe(credentials, (renewed) =>
      listener.use(renewed),
    );
    this.#listeners.set(key, { listener, unsubscribe });
    return listener.listen();
  }

  async remove(pod: WorkloadIdentity, graceMs: number): Promise<void> {
    const key = identityKey(pod);
    const ofPod = [...this.#listeners.keys()].filter((each) => each.startsWith(`${key}:`));
    const ended = [...this.#pairs].filter(
      ([, { source, destination }]) => source === key || destination === key,
    );
    // At once, since a pod of the same name may start while this one's requests finish.
    for (const [name, pair] of ended) {
      pair.unsubscribe();
      this.#pairs.delete(name);
    }
    this.#credentials.forget(pod);
    await Promise.all(ofPod.map((each) => this.#endListener(each, graceMs)));
    for (const [, { pool }] of ended) pool.destroy();
  }

  call(source: MeshPod, service: ServicePort, request: MeshRequest): Promise<MeshAnswer> {
    if (this.#closed) return Promise.reject(closedProblem());
    return new MeshCall(this, source, service, request).answer();
  }

  setPolicy(policy: MeshPolicy): void {
    this.policy = policy;
  }

  renewDue(): Promise<void> {
    return this.#credentials.renew(false);
  }

  rotate(): Promise<void> {
    return this.#credentials.renew(true);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#credentials.close();
    this.mirrors.close();
    for (const [key, pair] of this.#pairs) this.#endPair(key, pair);
    await Promise.all([...this.#listeners.keys()].map((key) => this.#endListener(key, 0)));
  }

  /** Whoever shows a certificate of the authority and is no pod that is known is a stranger. */
  podOf(identity: WorkloadIdentity): MeshPod {
    const pod = this.options.directory.podOf(identity);
    return pod?.serviceAccount === identity.serviceAccount ? pod : strangerPod(identity);
  }

  activeOf(source: MeshPod, endpoint: MeshEndpoint): number {
    return this.#pairs.get(pairKey(source, endpoint))?.pool.active ?? 0;
  }

  /** @throws MESH_OVERLOADED, MESH_CLOSED, what the issuer throws */
  async poolOf(source: MeshPod, endpoint: MeshEndpoint): Promise<PeerPool> {
    const key = pairKey(source, endpoint);
    const known = this.#pairs.get(key);
    if (known !== undefined) return known.pool;
    const credentials = await this.#credentials.obtain(source);
    this.#assertOpen();
    // Somebody else may have made it meanwhile.
    const made = this.#pairs.get(key);
    if (made !== undefined) return made.pool;
    if (this.#pairs.size >= meshLimits.pairsMax) this.#endUnusedPair();
    const ends = { source: workloadOf(source), destination: workloadOf(endpoint.pod) };
    const pool = new PeerPool(endpoint, credentials, {
      now: this.options.now,
      handshake: (how) => this.metrics.handshake(ends, how),
    });
    const unsubscribe = this.#credentials.subscribe(credentials, (renewed) => pool.use(renewed));
    const destination = identityKey(endpoint.pod);
    this.#pairs.set(key, { pool, source: identityKey(source), destination, unsubscribe });
    return pool;
  }

  #endUnusedPair(): void {
    for (const [key, pair] of this.#pairs) {
      if (!pair.pool.isUnused) continue;
      this.#endPair(key, pair);
      return;
    }
    throw meshProblem("MESH_OVERLOADED", `${this.#pairs.size} pairs of pods talk already.`);
  }

  #endPair(key: string, { pool, unsubscribe }: Pair): void {
    unsubscribe();
    pool.destroy();
    this.#pairs.delete(key);
  }

  async #endListener(key: string, graceMs: number): Promise<void> {
    const known = this.#listeners.get(key);
    if (known === undefined) return;
    this.#listeners.delete(key);
    known.unsubscribe();
    await known.listener.close(graceMs);
  }

  #assertOpen(): void {
    if (this.#closed) throw closedProblem();
  }
}

function closedProblem(): Error {
  return meshProblem("MESH_CLOSED", "The mesh has been closed.");
}

/** The account is part of it: a pod of the same name and another account is somebody else. */
function pairKey(source: MeshPod, { pod, address }: MeshEndpoint): string {
  const from = `${identityKey(source)} ${source.serviceAccount}`;
  return `${from} ${identityKey(pod)} ${pod.serviceAccount} ${address.port}`;
}
