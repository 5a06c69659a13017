/** The rules of the mesh as the cluster's objects say them, read anew after they have changed. */
import type { NetworkPolicy } from "kubernetes-types/networking/v1";
import { hasServiceParent, readHttpRoute } from "../core/mesh/http-routes.ts";
import { PeerModes, readAuthorizationPolicy } from "../core/mesh/istio-policies.ts";
import { MeshPolicy } from "../core/mesh/policy.ts";
import type { Change } from "../core/store/change-log.ts";
import type { EventRecorder } from "../core/controllers/event-recorder.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import type { KubeObject } from "../core/store/objects.ts";
import { meshResources } from "./mesh-definitions.ts";

const networkPolicies = "networkpolicies.networking.k8s.io";
const read = new Set<string>([networkPolicies, "services", ...Object.values(meshResources)]);

/** `isOpen`: no object says anything, so that nothing has to be asked. */
export interface RulesInForce {
  readonly policy: MeshPolicy;
  readonly peers: PeerModes;
  readonly isOpen: boolean;
}

export class MeshRulesReader {
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #warn: (message: string) => void;
  #isStale = true;
  #inForce: RulesInForce = {
    policy: new MeshPolicy({}),
    peers: new PeerModes([]),
    isOpen: true,
  };

  constructor(store: ObjectStore, events: EventRecorder, warn: (message: string) => void) {
    this.#store = store;
    this.#events = events.as("mesh");
    this.#warn = warn;
  }

  /** @returns whether the rules are to be read anew */
  hear({ type, resource }: Pick<Change, "type" | "resource">): boolean {
    if (!read.has(resource)) return false;
    // Of services it matters whether they are there.
    if (resource === "services" && type === "MODIFIED") return false;
    this.#isStale = true;
    return true;
  }

  get inForce(): RulesInForce {
    if (!this.#isStale) return this.#inForce;
    this.#isStale = false;
    try {
      this.#inForce = this.#read();
    } catch (error) {
      // Beyond the limits: what was in force stays so, rather than nothing.
      this.#warn(`The mesh's rules stay as they were: ${(error as Error).message}`);
    }
    return this.#inForce;
  }

  #read(): RulesInForce {
    const store = this.#store;
    const authorization = this.#objects(meshResources.authorization).flatMap((object) => {
      const { policy, unsupported } = readAuthorizationPolicy(object);
      this.#tell(object, unsupported, "it fails closed");
      return policy === null ? [] : [policy];
    });
    const hasService = (namespace: string, name: string) =>
      store.get("services", namespace, name) !== undefined;
    const traffic = this.#objects(meshResources.routes)
      .filter((object) => hasServiceParent(object))
      .flatMap((object) => {
        const { rules, unsupported } = readHttpRoute(object, hasService);
        this.#tell(object, unsupported, "such requests are not routed by it");
        return rules;
      });
    const network = [...store.all(networkPolicies)] as unknown as NetworkPolicy[];
    const peers = new PeerModes(this.#objects(meshResources.peers));
    const isOpen = authorization.length + network.length === 0 && peers.isEmpty;
    return { policy: new MeshPolicy({ authorization, network, traffic }), peers, isOpen };
  }

  /** In the order of their making: of equals the oldest decides. */
  #objects(resource: string): KubeObject[] {
    return [...this.#store.all<string>(resource)];
  }

  #tell(about: KubeObject, unsupported: readonly string[], effect: string): void {
    if (unsupported.length === 0) return;
    const fields = unsupported.slice(0, 5).join(", ");
    // A listener of the store may not change it.
    queueMicrotask(() =>
      this.#events.record(about, "Warning", "Unsupported", `${fields} is not supported: ${effect}`),
    );
  }
}
