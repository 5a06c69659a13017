/** All rules of a mesh together, compiled once for each change of them. */
import type { NetworkPolicy } from "kubernetes-types/networking/v1";
import { Authorization, type AuthorizationPolicy } from "./authorization.ts";
import type { AuthorizedRequest } from "./authorization.ts";
import { NetworkPolicies } from "./network-policies.ts";
import type { MeshPod } from "./pod.ts";
import { TrafficRules, type TrafficRule } from "./traffic-rules.ts";

export interface MeshRules {
  readonly authorization?: readonly AuthorizationPolicy[];
  readonly network?: readonly NetworkPolicy[];
  readonly traffic?: readonly TrafficRule[];
  /** Namespaces where nothing is allowed unless a policy says so; "all" of them. */
  readonly denyByDefault?: "all" | readonly string[];
}

export interface Verdict {
  readonly allowed: boolean;
  /** One line for people and for the counter; null where it is allowed. */
  readonly reason: string | null;
}

export class MeshPolicy {
  readonly traffic: TrafficRules;
  readonly #authorization: Authorization;
  readonly #network: NetworkPolicies;

  /** @throws RangeError for rules beyond the limits or that cannot be followed */
  constructor({ authorization = [], network = [], traffic = [], denyByDefault = [] }: MeshRules) {
    this.traffic = new TrafficRules(traffic);
    this.#authorization = new Authorization(
      authorization,
      (namespace) => denyByDefault === "all" || denyByDefault.includes(namespace),
    );
    this.#network = new NetworkPolicies(network);
  }

  /** The part that needs no request: the caller's side asks it before it connects. */
  mayConnect(source: MeshPod, destination: MeshPod, port: number): Verdict {
    const { allowed, refusedBy } = this.#network.decide(source, destination, port);
    return allowed ? granted : { allowed, reason: `network policy refuses the ${refusedBy}` };
  }

  judge(source: MeshPod, destination: MeshPod, request: AuthorizedRequest): Verdict {
    const network = this.mayConnect(source, destination, request.port);
    return network.allowed ? this.authorize(source, destination, request) : network;
  }

  /** The part that asks who it is and what for, and not which connections there may be. */
  authorize(source: MeshPod, destination: MeshPod, request: AuthorizedRequest): Verdict {
    const { allowed, policy } = this.#authorization.decide(source, destination, request);
    if (allowed) return granted;
    return {
      allowed: false,
      reason: policy === null ? "no policy allows it" : `policy ${policy} denies it`,
    };
  }
}

const granted: Verdict = { allowed: true, reason: null };
