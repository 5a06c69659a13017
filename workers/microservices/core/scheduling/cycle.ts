/**
 * What one attempt to place a pod has to know of all nodes together: pods by domain, for pod
 * affinity and topology spread (PreFilter of InterPodAffinity and PodTopologySpread). Preemption
 * takes pods away and puts them back to see what would be.
 */
import type { TopologySpreadConstraint } from "kubernetes-types/core/v1";
import type { ClusterCache } from "./cluster-cache.ts";
import type { NodeInfo, PodInfo } from "./node-info.ts";
import type { CountsByNode } from "./pod-counts.ts";
import { allOf, type PodSelector, spreadSelectorOf, type Term } from "./terms.ts";
import { isTolerated } from "./tolerations.ts";
import type { Domains, Topology } from "./topology.ts";

export interface DomainSums {
  readonly domains: Domains;
  /** Pods by the number of the domain. */
  readonly sums: number[];
}

export interface SpreadState extends DomainSums {
  readonly constraint: TopologySpreadConstraint;
  readonly selector: PodSelector;
  readonly matchesItself: boolean;
  /** Whether the pods of the node count. */
  readonly counts: (info: NodeInfo) => boolean;
  /** By domain: whether it has a node that counts. */
  readonly present: boolean[];
  domainsPresent: number;
  /** Fewest pods of a domain; null: to be found again. */
  fewest: number | null;
}

export interface Cycle {
  readonly pod: PodInfo;
  readonly affinity: {
    readonly selector: PodSelector;
    readonly matchesItself: boolean;
    readonly sums: readonly DomainSums[];
    /** Of all domains and terms together. */
    total: number;
  } | null;
  readonly antiAffinity: readonly (DomainSums & { readonly term: Term })[];
  /** Pods with a required anti-affinity to this pod, by topology key. */
  readonly averse: Map<string, DomainSums>;
  readonly topology: Topology;
  readonly spread: readonly SpreadState[];
}

export function startCycle(cache: ClusterCache, pod: PodInfo): Cycle {
  return {
    pod,
    affinity: affinityState(cache, pod),
    antiAffinity: pod.antiAffinity.map((term) => ({
      term,
      ...sumsOf(cache, term.topologyKey, cache.selectorCounts.of(term, false)),
    })),
    averse: averseState(cache, pod),
    topology: cache.topology,
    spread: spreadStates(cache, pod, pod.shape.spread, "DoNotSchedule", true),
  };
}

/** Accounts for `other` coming to the node, or leaving it. */
export function changeCycle(cycle: Cycle, info: NodeInfo, other: PodInfo, sign: 1 | -1): void {
  const { pod, affinity } = cycle;
  if (affinity?.selector.matches(other.namespace, other.labels)) {
    for (const state of affinity.sums) affinity.total += bump(state, info.slot, sign);
  }
  for (const state of cycle.antiAffinity) {
    if (state.term.matches(other.namespace, other.labels)) bump(state, info.slot, sign);
  }
  for (const term of other.antiAffinity) {
    if (!term.matches(pod.namespace, pod.labels)) continue;
    let state = cycle.averse.get(term.topologyKey);
    if (state === undefined) {
      state = { domains: cycle.topology.of(term.topologyKey), sums: [] };
      cycle.averse.set(term.topologyKey, state);
    }
    bump(state, info.slot, sign);
  }
  for (const state of cycle.spread) {
    if (other.terminating || !state.counts(info)) continue;
    if (!state.selector.matches(other.namespace, other.labels)) continue;
    bump(state, info.slot, sign);
    state.fewest = null;
  }
}

/** The change that was made: 0 where the node is in no domain. */
function bump({ domains, sums }: DomainSums, slot: number, sign: 1 | -1): number {
  const domain = domains.ids[slot] ?? -1;
  if (domain < 0) return 0;
  sums[domain] = (sums[domain] ?? 0) + sign;
  return sign;
}

export function sumsOf(
  cache: ClusterCache,
  topologyKey: string,
  counts: CountsByNode,
  into: number[] = [],
): DomainSums {
  const domains = cache.topology.of(topologyKey);
  for (let domain = into.length; domain < domains.count; domain++) into.push(0);
  const { ids } = domains;
  for (let slot = 0; slot < counts.length; slot++) {
    const count = counts[slot] ?? 0;
    const domain = ids[slot] ?? -1;
    if (count !== 0 && domain >= 0) into[domain] = into[domain]! + count;
  }
  return { domains, sums: into };
}

function affinityState(cache: ClusterCache, pod: PodInfo): Cycle["affinity"] {
  if (pod.affinity.length === 0) return null;
  const selector = allOf(pod.affinity);
  const counts = cache.selectorCounts.of(selector, false);
  const sums = pod.affinity.map(({ topologyKey }) => sumsOf(cache, topologyKey, counts));
  return {
    selector,
    matchesItself: selector.matches(pod.namespace, pod.labels),
    sums,
    total: sums.reduce(
      (sum, state) => sum + state.sums.reduce((left, right) => left + right, 0),
      0,
    ),
  };
}

function averseState(cache: ClusterCache, pod: PodInfo): Map<string, DomainSums> {
  const byKey = new Map<string, DomainSums>();
  for (const { term, counts } of cache.antiAffinityTerms.values()) {
    if (!term.matches(pod.namespace, pod.labels)) continue;
    const { topologyKey } = term;
    byKey.set(topologyKey, sumsOf(cache, topologyKey, counts, byKey.get(topologyKey)?.sums));
  }
  return byKey;
}

/** `allKeys`: nodes that lack a label of one of the constraints count for none of them. */
export function spreadStates(
  cache: ClusterCache,
  pod: PodInfo,
  constraints: readonly TopologySpreadConstraint[],
  action: string,
  allKeys: boolean,
): SpreadState[] {
  const meant = constraints.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action);
  const keys = allKeys ? meant.map(({ topologyKey }) => topologyKey) : [];
  return meant.map((constraint) => {
    const selector = spreadSelectorOf(constraint, pod.namespace, pod.labels);
    const counts = countsNode(pod, constraint, keys);
    const domains = cache.topology.of(constraint.topologyKey);
    const sums = Array.from({ length: domains.count }, () => 0);
    const present = Array.from({ length: domains.count }, () => false);
    const pods = cache.selectorCounts.of(selector, true);
    let domainsPresent = 0;
    for (const info of cache.order) {
      const domain = domains.ids[info.slot]!;
      if (domain < 0 || !counts(info)) continue;
      if (!present[domain]) domainsPresent++;
      present[domain] = true;
      sums[domain] = sums[domain]! + (pods[info.slot] ?? 0);
    }
    return {
      constraint,
      selector,
      matchesItself: selector.matches(pod.namespace, pod.labels),
      counts,
      domains,
      sums,
      present,
      domainsPresent,
      fewest: null,
    };
  });
}

/** nodeAffinityPolicy and nodeTaintsPolicy (KEP 3094). */
function countsNode(
  { shape }: PodInfo,
  { nodeAffinityPolicy = "Honor", nodeTaintsPolicy = "Ignore" }: SpreadPolicies,
  keys: readonly string[],
): (info: NodeInfo) => boolean {
  const allowsNode = nodeAffinityPolicy === "Honor" ? shape.allowsNode : null;
  const honorsTaints = nodeTaintsPolicy === "Honor";
  return ({ labels, name, hardTaints }) =>
    (allowsNode === null || allowsNode(labels, name)) &&
    (!honorsTaints || hardTaints.every(({ taint }) => isTolerated(shape.tolerations, taint))) &&
    keys.every((key) => labels[key] !== undefined);
}

type SpreadPolicies = Pick<TopologySpreadConstraint, "nodeAffinityPolicy" | "nodeTaintsPolicy">;

/** The fewest pods that a domain of the constraint has. */
export function fewestOf(state: SpreadState): number {
  if (state.domainsPresent < (state.constraint.minDomains ?? 1)) return 0;
  if (state.fewest !== null) return state.fewest;
  let fewest = Number.MAX_SAFE_INTEGER;
  for (let domain = 0; domain < state.sums.length; domain++) {
    if (state.present[domain]) fewest = Math.min(fewest, state.sums[domain]!);
  }
  state.fewest = fewest;
  return fewest;
}
