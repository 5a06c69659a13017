/**
 * Which of the nodes that will do is best: kube-scheduler's score plugins with the weights of its
 * default profile. A plugin that gives every node the same is left out; only the order counts.
 */
import type { TopologySpreadConstraint } from "kubernetes-types/core/v1";
import type { ClusterCache } from "./cluster-cache.ts";
import { spreadStates, sumsOf } from "./cycle.ts";
import type { NodeInfo, PodInfo } from "./node-info.ts";
import { isTolerated } from "./tolerations.ts";

/** pkg/scheduler/apis/config/v1/default_plugins.go */
const weights = {
  taintToleration: 3,
  nodeAffinity: 2,
  topologySpread: 2,
  podAffinity: 2,
  leastAllocated: 1,
  balancedAllocation: 1,
  imageLocality: 1,
} as const;

const scoreMax = 100;
const hostnameLabel = "kubernetes.io/hostname";
const imageBytesMin = 23 * 1024 * 1024;
const imageBytesMaxPerContainer = 1_000 * 1024 * 1024;

/** The scores of the nodes, in their order. `spread`: constraints to go by, the pod's own or the default ones. */
export function scoreNodes(
  cache: ClusterCache,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  spread: { readonly constraints: readonly TopologySpreadConstraint[]; readonly own: boolean },
): number[] {
  const totals = nodes.map((info) => resourceScore(pod, info));
  addTaints(pod, nodes, totals);
  addNodeAffinity(pod, nodes, totals);
  addSpread(cache, pod, nodes, totals, spread);
  addPodAffinity(cache, pod, nodes, totals);
  addImages(cache, pod, nodes, totals);
  return totals;
}

/** NodeResourcesFit (LeastAllocated, cpu and memory alike) and NodeResourcesBalancedAllocation. */
function resourceScore({ shape }: PodInfo, info: NodeInfo): number {
  const cpu = leastAllocated(info.assumedCpuMilli + shape.assumedCpuMilli, info.cpuMilli);
  const memory = leastAllocated(
    info.assumedMemoryBytes + shape.assumedMemoryBytes,
    info.memoryBytes,
  );
  const least = Math.trunc((cpu + memory) / 2);
  if (shape.cpuMilli === 0 && shape.memoryBytes === 0) return weights.leastAllocated * least;
  const cpuShare = Math.min(1, (info.usedCpuMilli + shape.cpuMilli) / info.cpuMilli);
  const memoryShare = Math.min(1, (info.usedMemoryBytes + shape.memoryBytes) / info.memoryBytes);
  // The standard deviation of two numbers is half of what lies between them.
  const balanced =
    info.cpuMilli > 0 && info.memoryBytes > 0
      ? Math.trunc((1 - Math.abs(cpuShare - memoryShare) / 2) * scoreMax)
      : scoreMax;
  return weights.leastAllocated * least + weights.balancedAllocation * balanced;
}

function leastAllocated(used: number, capacity: number): number {
  if (capacity === 0 || used > capacity) return 0;
  return Math.trunc(((capacity - used) * scoreMax) / capacity);
}

function addTaints(pod: PodInfo, nodes: readonly NodeInfo[], totals: number[]): void {
  if (nodes.every(({ softTaints }) => softTaints.length === 0)) return;
  const counts = nodes.map(
    ({ softTaints }) =>
      softTaints.filter((taint) => !isTolerated(softTolerations(pod), taint)).length,
  );
  const most = Math.max(...counts);
  if (most === 0) return;
  counts.forEach((count, at) => {
    totals[at]! += weights.taintToleration * (scoreMax - Math.trunc((count * scoreMax) / most));
  });
}

const softTolerations = ({ shape }: PodInfo) =>
  shape.tolerations.filter(({ effect }) => !effect || effect === "PreferNoSchedule");

function addNodeAffinity(
  { shape: { preferredNodes } }: PodInfo,
  nodes: readonly NodeInfo[],
  totals: number[],
): void {
  if (preferredNodes.length === 0) return;
  const sums = nodes.map(({ labels, name }) =>
    preferredNodes.reduce(
      (sum, { weight, matches }) => (matches(labels, name) ? sum + weight : sum),
      0,
    ),
  );
  const most = Math.max(...sums);
  if (most === 0) return;
  sums.forEach((sum, at) => {
    totals[at]! += weights.nodeAffinity * Math.trunc((sum * scoreMax) / most);
  });
}

function addSpread(
  cache: ClusterCache,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  totals: number[],
  { constraints, own }: { constraints: readonly TopologySpreadConstraint[]; own: boolean },
): void {
  const states = spreadStates(cache, pod, constraints, "ScheduleAnyway", own);
  if (states.length === 0) return;
  const isIgnored = ({ slot }: NodeInfo) =>
    own && states.some(({ domains }) => (domains.ids[slot] ?? -1) < 0);
  const ignored = nodes.map(isIgnored);
  const scored = nodes.filter((_, at) => !ignored[at]);
  if (scored.length === 0) return;
  const sizes = states.map(({ constraint, domains }) =>
    Math.log(
      2 +
        (constraint.topologyKey === hostnameLabel
          ? scored.length
          : new Set(scored.map(({ slot }) => domains.ids[slot]).filter((id) => id !== -1)).size),
    ),
  );
  const raw = nodes.map(({ slot }, at) => {
    if (ignored[at]) return -1;
    let sum = 0;
    states.forEach(({ constraint, domains, sums }, place) => {
      const domain = domains.ids[slot] ?? -1;
      if (domain >= 0) sum += sums[domain]! * sizes[place]! + (constraint.maxSkew - 1);
    });
    return Math.round(sum);
  });
  let least = Number.MAX_SAFE_INTEGER;
  let most = 0;
  for (const score of raw) {
    if (score < 0) continue;
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  raw.forEach((score, at) => {
    if (score < 0) return;
    const normal = most === 0 ? scoreMax : Math.trunc((scoreMax * (most + least - score)) / most);
    totals[at]! += weights.topologySpread * normal;
  });
}

function addPodAffinity(
  cache: ClusterCache,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  totals: number[],
): void {
  const states = pod.preferred.map(({ weight, term }) => ({
    weight,
    ...sumsOf(cache, term.topologyKey, cache.selectorCounts.of(term, false)),
  }));
  for (const { term, counts } of cache.preferredTerms.values()) {
    if (!term.matches(pod.namespace, pod.labels)) continue;
    states.push({ weight: 1, ...sumsOf(cache, term.topologyKey, counts) });
  }
  if (states.length === 0) return;
  const sums = nodes.map(({ slot }) =>
    states.reduce(
      (sum, { weight, domains, sums: byDomain }) =>
        sum + weight * (byDomain[domains.ids[slot] ?? -1] ?? 0),
      0,
    ),
  );
  const least = Math.min(...sums);
  const span = Math.max(...sums) - least;
  if (span === 0) return;
  sums.forEach((sum, at) => {
    totals[at]! += weights.podAffinity * Math.trunc((scoreMax * (sum - least)) / span);
  });
}

function addImages(
  cache: ClusterCache,
  { shape: { images } }: PodInfo,
  nodes: readonly NodeInfo[],
  totals: number[],
): void {
  const held = images.filter((image) => cache.nodesWith(image) > 0);
  if (held.length === 0) return;
  const bytesMax = imageBytesMaxPerContainer * images.length;
  nodes.forEach((info, at) => {
    let bytes = 0;
    for (const image of held) {
      // An image that many nodes have counts for more: so the nodes with it do not all heat up.
      const share = cache.nodesWith(image) / cache.order.length;
      bytes += Math.trunc((info.images.get(image) ?? 0) * share);
    }
    const counted = Math.min(Math.max(bytes, imageBytesMin), bytesMax);
    totals[at]! +=
      weights.imageLocality *
      Math.trunc((scoreMax * (counted - imageBytesMin)) / (bytesMax - imageBytesMin));
  });
}
