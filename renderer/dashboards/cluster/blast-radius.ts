/** What a fault would touch, named before the act. Pure. */
import type { PodRow } from "./pod-table.ts";

export interface Radius {
  readonly pods: number;
  /** Owners of these pods. */
  readonly workloads: number;
  /** "namespace/owner" of workloads that would have no ready pod left. */
  readonly lost: readonly string[];
}

const workloadOf = ({ namespace, owner, name }: PodRow): string =>
  `${namespace}/${owner === "" ? name : owner}`;

const isReady = ({ ready, containers }: PodRow): boolean => containers > 0 && ready === containers;

/** @param isHit whether the fault ends this pod */
export function radiusOf(pods: Iterable<PodRow>, isHit: (pod: PodRow) => boolean): Radius {
  const ready = new Map<string, number>();
  const hit = new Set<string>();
  let count = 0;
  for (const pod of pods) {
    const workload = workloadOf(pod);
    if (isHit(pod)) {
      count += 1;
      hit.add(workload);
    } else if (isReady(pod)) {
      ready.set(workload, (ready.get(workload) ?? 0) + 1);
    }
  }
  const lost = [...hit].filter((workload) => !ready.has(workload)).toSorted();
  return { pods: count, workloads: hit.size, lost };
}

const namedMax = 3;

/** "12 pods of 4 workloads; web and api have no ready pod left" */
export function radiusInWords({ pods, workloads, lost }: Radius): string {
  if (pods === 0) return "No pod is hit.";
  const what = `${pods} ${pods === 1 ? "pod" : "pods"} of ${workloads} ${workloads === 1 ? "workload" : "workloads"}`;
  if (lost.length === 0) return `Hits ${what}; each keeps a ready pod.`;
  const named = lost.slice(0, namedMax).join(", ");
  const more = lost.length > namedMax ? ` and ${lost.length - namedMax} more` : "";
  return `Hits ${what}; no ready pod is left of ${named}${more}.`;
}
