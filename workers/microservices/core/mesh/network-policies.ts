/** Kubernetes' NetworkPolicy objects (networking.k8s.io/v1), as rules between pods of the mesh. */
import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from "kubernetes-types/networking/v1";
import { selectorMatcher, type LabelMatcher } from "../store/selectors.ts";
import { isInBlock } from "./ip-block.ts";
import { policyLimits } from "./limits.ts";
import type { MeshPod } from "./pod.ts";

const namespaceNameLabel = "kubernetes.io/metadata.name";

type Direction = "ingress" | "egress";
/** Whether a rule means the pod at the other end. */
type PeerMatcher = (peer: MeshPod) => boolean;

interface Rule {
  readonly peers: readonly PeerMatcher[] | null;
  readonly ports: readonly NetworkPolicyPort[] | null;
}

interface CompiledPolicy {
  readonly namespace: string;
  readonly selects: LabelMatcher;
  /** Null: it says nothing about this direction. */
  readonly ingress: readonly Rule[] | null;
  readonly egress: readonly Rule[] | null;
}

/** The ports that one pair is left with; null: no policy isolates the pod in this direction. */
type PairPorts = readonly (readonly NetworkPolicyPort[] | null)[] | null;

export interface NetworkDecision {
  readonly allowed: boolean;
  /** Which side's policies refuse. */
  readonly refusedBy: Direction | null;
}

const allowed: NetworkDecision = { allowed: true, refusedBy: null };

export class NetworkPolicies {
  readonly #policies: readonly CompiledPolicy[];
  readonly #pairs: Record<Direction, WeakMap<MeshPod, WeakMap<MeshPod, PairPorts>>> = {
    ingress: new WeakMap(),
    egress: new WeakMap(),
  };

  /** @throws RangeError beyond the limits */
  constructor(policies: readonly NetworkPolicy[]) {
    if (policies.length > policyLimits.policiesMax) {
      throw new RangeError(`At most ${policyLimits.policiesMax} network policies.`);
    }
    this.#policies = policies.map(compile);
  }

  /** @param port of the destination's container, over TCP */
  decide(source: MeshPod, destination: MeshPod, port: number): NetworkDecision {
    if (!this.#permits("egress", source, destination, destination, port)) {
      return { allowed: false, refusedBy: "egress" };
    }
    if (!this.#permits("ingress", destination, source, destination, port)) {
      return { allowed: false, refusedBy: "ingress" };
    }
    return allowed;
  }

  #permits(
    direction: Direction,
    pod: MeshPod,
    peer: MeshPod,
    destination: MeshPod,
    port: number,
  ): boolean {
    const ports = this.#portsOf(direction, pod, peer);
    if (ports === null) return true;
    return ports.some(
      (list) => list === null || list.some((each) => meansPort(each, port, destination)),
    );
  }

  #portsOf(direction: Direction, pod: MeshPod, peer: MeshPod): PairPorts {
    let peers = this.#pairs[direction].get(pod);
    if (peers === undefined) this.#pairs[direction].set(pod, (peers = new WeakMap()));
    let ports = peers.get(peer);
    if (ports === undefined) peers.set(peer, (ports = this.#sortOut(direction, pod, peer)));
    return ports;
  }

  #sortOut(direction: Direction, pod: MeshPod, peer: MeshPod): PairPorts {
    const selecting = this.#policies.filter(
      (policy) =>
        policy.namespace === pod.namespace &&
        policy[direction] !== null &&
        policy.selects(pod.labels),
    );
    if (selecting.length === 0) return null;
    return selecting
      .flatMap((policy) => policy[direction] ?? [])
      .filter(({ peers }) => peers === null || peers.some((means) => means(peer)))
      .map(({ ports }) => ports);
  }
}

function compile({ metadata, spec }: NetworkPolicy): CompiledPolicy {
  const namespace = metadata?.namespace ?? "default";
  // By default Ingress always, and Egress where there are egress rules.
  const types = spec?.policyTypes ?? ["Ingress", ...(spec?.egress === undefined ? [] : ["Egress"])];
  const rules = (
    list: readonly { peers: NetworkPolicyPeer[] | undefined; ports?: NetworkPolicyPort[] }[],
  ): Rule[] =>
    list.map(({ peers, ports }) => ({
      // An empty list is as good as none: all peers, all ports.
      peers: isEmpty(peers) ? null : peers.map((peer) => peerMatcher(peer, namespace)),
      ports: isEmpty(ports) ? null : ports,
    }));
  return {
    namespace,
    selects: selectorMatcher(spec?.podSelector ?? {}),
    ingress: types.includes("Ingress")
      ? rules((spec?.ingress ?? []).map((rule) => ({ ...rule, peers: rule.from })))
      : null,
    egress: types.includes("Egress")
      ? rules((spec?.egress ?? []).map((rule) => ({ ...rule, peers: rule.to })))
      : null,
  };
}

function isEmpty(list: readonly object[] | undefined): list is undefined {
  return list === undefined || list.length === 0;
}

function peerMatcher(peer: NetworkPolicyPeer, own: string): PeerMatcher {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (ipBlock !== undefined) {
    return ({ ip }) =>
      ip !== null &&
      isInBlock(ip, ipBlock.cidr) &&
      !(ipBlock.except ?? []).some((except) => isInBlock(ip, except));
  }
  const pods = podSelector === undefined ? () => true : selectorMatcher(podSelector);
  if (namespaceSelector === undefined) {
    if (podSelector === undefined) return () => false;
    return ({ namespace, labels }) => namespace === own && pods(labels);
  }
  const namespaces = selectorMatcher(namespaceSelector);
  return ({ namespace, namespaceLabels, labels }) =>
    namespaces({ ...namespaceLabels, [namespaceNameLabel]: namespace }) && pods(labels);
}

function meansPort(
  { port, endPort, protocol = "TCP" }: NetworkPolicyPort,
  asked: number,
  { namedPorts }: MeshPod,
): boolean {
  if (protocol !== "TCP") return false;
  if (port === undefined) return true;
  if (typeof port === "string")
    return Object.hasOwn(namedPorts, port) && namedPorts[port] === asked;
  return endPort === undefined ? asked === port : asked >= port && asked <= endPort;
}
