/**
 * The mesh over the cluster: a door with mutual TLS for every port of every pod that is injected, calls
 * between such pods through them, and the policies' word on every other connection to a pod.
 */
import type { Change } from "../core/store/change-log.ts";
import type { EventRecorder } from "../core/controllers/event-recorder.ts";
import { meshLimits } from "../core/mesh/limits.ts";
import { strangerPod, type MeshPod } from "../core/mesh/pod.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import { CertificateAuthority, type AuthorityStore } from "../mesh/authority.ts";
import type { MeshAnswer, MeshRequest } from "../mesh/call.ts";
import { createMesh, type Mesh } from "../mesh/mesh.ts";
import type { MeshAddress, MeshEndpoint } from "../mesh/peer-pool.ts";
import { observeMesh } from "./mesh-telemetry.ts";
import { gatewayPod, MeshPods } from "./mesh-pods.ts";
import { MeshRulesReader } from "./mesh-rules.ts";
import { gatewayNameOf } from "./service-endpoints.ts";

export interface ServiceMeshHost {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly authority: AuthorityStore | null;
  /** Doors or rules are others now. */
  readonly changed: () => void;
  /** Whether outlier detection keeps an instance out, by the gateway's name of the service. */
  readonly isEjected: (service: string, pod: string) => boolean;
  readonly warn: (message: string) => void;
}

/** A request as the policies see it before it goes to a plain port. */
export interface GuardedRequest {
  /** Null: it came from outside, through the gateway. */
  readonly caller: { readonly uid: string; readonly pod: MeshPod } | null;
  readonly method: string;
  readonly target: string;
  readonly host: string;
}

interface Door {
  readonly pod: MeshPod;
  readonly address: MeshAddress;
}

/** Endpoints of one service by its own ports; `first` is the port it names first. */
interface ServiceDoors {
  readonly first: number;
  readonly byPort: ReadonlyMap<number, readonly MeshEndpoint[]>;
}

/** Somebody who shows no certificate. */
const anonymous: MeshPod = strangerPod({ namespace: "", serviceAccount: "", name: "" });
const slices = "endpointslices.discovery.k8s.io";
const none: readonly MeshEndpoint[] = [];

export class ServiceMesh {
  readonly pods: MeshPods;
  readonly mesh: Mesh;
  readonly #store: ObjectStore;
  readonly #host: ServiceMeshHost;
  readonly #rules: MeshRulesReader;
  /** Pods that were injected when they started, by uid; the doors by the container's port. */
  readonly #members = new Map<string, Map<number, Door>>();
  #services: ReadonlyMap<string, ServiceDoors> = new Map();
  readonly #serviceOf = new WeakMap<MeshEndpoint, string>();
  readonly #stop: () => void;

  constructor(store: ObjectStore, events: EventRecorder, host: ServiceMeshHost) {
    this.#store = store;
    this.#host = host;
    this.pods = new MeshPods(store);
    this.#rules = new MeshRulesReader(store, events, host.warn);
    const { now, random, authority, warn } = host;
    this.mesh = createMesh({
      issuer: new CertificateAuthority({ now, ...(authority !== null && { store: authority }) }),
      policy: this.#rules.inForce.policy,
      directory: {
        endpointsOf: ({ namespace, name, port }) =>
          this.#services.get(`${namespace}/${name}`)?.byPort.get(port) ?? none,
        podOf: (identity) => this.pods.ofIdentity(identity),
      },
      choose: (endpoints, activeOf) => this.#choose(endpoints, activeOf),
      now,
      random,
      log: { warn },
    });
    const endMetrics = observeMesh(() => this.mesh.metrics.edges());
    const endListening = store.subscribe((change) => this.#hear(change));
    this.#stop = () => {
      endListening();
      endMetrics();
    };
  }

  /** Pods and services with doors, at the moment. */
  get counts(): { readonly members: number; readonly services: number } {
    return { members: this.#members.size, services: this.#services.size };
  }

  isMember(uid: string): boolean {
    return this.#members.has(uid);
  }

  /**
   * A container of a pod listens, or runs without. @returns when its door is open; null: at once
   * @param plainPort on 127.0.0.1
   */
  started(uid: string, podKey: PodKey, containerPort: number | null, plainPort: number | null) {
    const source = this.#store.get("pods", podKey.namespace, podKey.name);
    if (source?.metadata.uid !== uid || !this.pods.isMeshed(source)) return null;
    let doors = this.#members.get(uid);
    if (doors === undefined) this.#members.set(uid, (doors = new Map()));
    if (containerPort === null || plainPort === null) return null;
    return this.#open(uid, this.pods.of(source), containerPort, plainPort);
  }

  /** The doors of ready pods by service, anew. @param isEnding pods that are told to end */
  sync(isEnding: (uid: string) => boolean): void {
    const { policy } = this.#rules.inForce;
    this.mesh.setPolicy(policy);
    if (this.#members.size === 0) {
      if (this.#services.size > 0) this.#services = new Map();
      return;
    }
    const found = new Map<string, { first: number; byPort: Map<number, MeshEndpoint[]> }>();
    for (const slice of this.#store.all(slices)) {
      const name = slice.metadata.labels?.["kubernetes.io/service-name"];
      const { namespace = "default" } = slice.metadata;
      const service = name && this.#store.get("services", namespace, name);
      if (!service) continue;
      const ready = slice.endpoints.flatMap(({ targetRef, conditions }) => {
        const uid = targetRef?.uid;
        if (uid === undefined || conditions?.ready !== true || isEnding(uid)) return [];
        const doors = this.#members.get(uid);
        return doors === undefined ? [] : [doors];
      });
      if (ready.length === 0) continue;
      const ports = service.spec?.ports ?? [];
      const key = `${namespace}/${name}`;
      const known = found.get(key) ?? { first: ports[0]?.port ?? 0, byPort: new Map() };
      found.set(key, known);
      for (const port of ports) {
        const wanted = slice.ports?.find((each) => (each.name ?? "") === (port.name ?? ""))?.port;
        if (wanted === undefined) continue;
        const endpoints = ready.flatMap((doors) => this.#endpoint(doors, wanted, namespace, name));
        known.byPort.set(port.port, [...(known.byPort.get(port.port) ?? []), ...endpoints]);
      }
    }
    this.#services = found;
  }

  /** The port by which a meshed service is called; null: it has no door, and is called plainly. */
  portOf(namespace: string, name: string, asked: number | null): number | null {
    const service = this.#services.get(`${namespace}/${name}`);
    if (service === undefined) return null;
    if (asked !== null) return asked;
    return service.byPort.has(80) ? 80 : service.first;
  }

  /** @throws as `Mesh.call` */
  call(
    source: MeshPod,
    service: { readonly namespace: string; readonly name: string; readonly port: number },
    request: MeshRequest,
  ): Promise<MeshAnswer> {
    return this.mesh.call(source, service, request);
  }

  /**
   * What the policies say of plain connections: why an instance may not be asked, or null.
   * @returns null where nothing speaks against any
   */
  guard(
    request: GuardedRequest,
  ): ((service: string, id: string, containerPort: number | undefined) => string | null) | null {
    const rules = this.#rules.inForce;
    if (rules.isOpen) return null;
    return (service, id, port = 0) => {
      const dot = service.lastIndexOf(".");
      const namespace = dot < 0 ? "default" : service.slice(dot + 1);
      const stored = this.#store.get("pods", namespace, id);
      if (stored === undefined) return null;
      const pod = this.pods.of(stored);
      const source = request.caller?.pod ?? gatewayPod;
      const network = rules.policy.mayConnect(source, pod, port);
      if (!network.allowed || !this.#members.has(stored.metadata.uid)) return network.reason;
      const isKnown = request.caller === null || this.#members.has(request.caller.uid);
      const mode = rules.peers.modeOf(pod, port);
      if (!isKnown && mode === "STRICT") return "the pod takes mutual TLS alone";
      const { method, target, host } = request;
      const who = isKnown && mode !== "DISABLE" ? source : anonymous;
      return rules.policy.authorize(who, pod, { method, target, port, host }).reason;
    };
  }

  async close(): Promise<void> {
    this.#stop();
    await this.mesh.close();
  }

  async #open(uid: string, pod: MeshPod, containerPort: number, plainPort: number): Promise<void> {
    try {
      const plain = { host: "127.0.0.1", port: plainPort };
      const address = await this.mesh.listenFor({ pod, port: containerPort, plain });
      const doors = this.#members.get(uid);
      if (doors === undefined) return void this.mesh.remove(pod, 0);
      doors.set(containerPort, { pod, address });
      this.#host.changed();
    } catch (error) {
      this.#host.warn(`No door for ${pod.namespace}/${pod.name}: ${(error as Error).message}`);
    }
  }

  #endpoint(
    doors: ReadonlyMap<number, Door>,
    port: number,
    namespace: string,
    service: string,
  ): MeshEndpoint[] {
    const door = doors.get(port);
    if (door === undefined) return [];
    const pod = this.pods.ofIdentity(door.pod) ?? door.pod;
    if (this.#rules.inForce.peers.modeOf(pod, port) === "DISABLE") return [];
    const endpoint = { pod, port, address: door.address };
    this.#serviceOf.set(endpoint, gatewayNameOf(namespace, service));
    return [endpoint];
  }

  /** The less busy of two at random, of those that outlier detection has not put aside. */
  #choose(
    endpoints: readonly MeshEndpoint[],
    activeOf: (endpoint: MeshEndpoint) => number,
  ): MeshEndpoint | undefined {
    const kept = endpoints.filter((endpoint) => {
      const service = this.#serviceOf.get(endpoint);
      return service === undefined || !this.#host.isEjected(service, endpoint.pod.name);
    });
    const from = kept.length > 0 ? kept : endpoints;
    if (from.length < 2) return from[0];
    const { random } = this.#host;
    const first = Math.floor(random() * from.length);
    const other = (first + 1 + Math.floor(random() * (from.length - 1))) % from.length;
    const [a, b] = [from[first]!, from[other]!];
    return activeOf(a) <= activeOf(b) ? a : b;
  }

  #hear(change: Change): void {
    if (this.#rules.hear(change)) this.#host.changed();
    if (change.resource !== "pods" || change.type !== "DELETED") return;
    const { uid, namespace = "default", name } = change.object.metadata;
    this.pods.forget(uid);
    if (!this.#members.delete(uid)) return;
    const identity = { namespace, name, serviceAccount: "" };
    void this.mesh.remove(identity, meshLimits.removalGraceMs);
  }
}

export interface PodKey {
  readonly namespace: string;
  readonly name: string;
}
