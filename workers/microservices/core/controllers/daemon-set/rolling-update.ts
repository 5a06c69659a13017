/** Which pods of a DaemonSet make way for new ones (pkg/controller/daemon/update.go): pure. */
import { availableAt, isEnding, type Pod } from "../pod-facts.ts";
import { revisionLabel } from "../revisions/controller-revisions.ts";
import type { DaemonSet } from "./node-fit.ts";

export interface UpdateStep {
  readonly pods: readonly Pod[];
  /** Nodes that get a new pod beside the old one. */
  readonly nodes: readonly string[];
}

/** `podsByNode`: of the nodes where pods are. `desired`: the number of nodes that are meant. */
export function nextUpdateStep(
  { spec }: DaemonSet,
  podsByNode: ReadonlyMap<string, readonly Pod[]>,
  desired: number,
  hash: string,
  now: number,
): UpdateStep {
  const { maxUnavailable = 1, maxSurge = 0 } = spec?.updateStrategy?.rollingUpdate ?? {};
  const surge = shareOf(maxSurge, desired);
  const isAvailable = (pod: Pod): boolean => availableAt(pod, spec?.minReadySeconds) <= now;
  const pairs = [...podsByNode].map(([node, pods]) => ({ node, ...pairOf(pods, hash) }));
  if (surge > 0) return surgeStep(pairs, surge, isAvailable);
  return replaceStep(pairs, shareOf(maxUnavailable, desired), isAvailable);
}

interface Pair {
  readonly node: string;
  readonly fresh: Pod | undefined;
  readonly old: Pod | undefined;
  /** More pods than there may be: the next look at the node ends some. */
  readonly isCrowded: boolean;
}

function replaceStep(
  pairs: readonly Pair[],
  maxUnavailable: number,
  isAvailable: (pod: Pod) => boolean,
): UpdateStep {
  let unavailable = 0;
  const broken: Pod[] = [];
  const candidates: Pod[] = [];
  for (const { fresh, old, isCrowded } of pairs) {
    if (isCrowded || (fresh === undefined) === (old === undefined)) unavailable++;
    else if (fresh !== undefined) unavailable += isAvailable(fresh) ? 0 : 1;
    else if (isAvailable(old!)) candidates.push(old!);
    else {
      broken.push(old!);
      unavailable++;
    }
  }
  const left = Math.max(0, maxUnavailable - unavailable);
  return { pods: [...broken, ...candidates.slice(0, left)], nodes: [] };
}

function surgeStep(
  pairs: readonly Pair[],
  maxSurge: number,
  isAvailable: (pod: Pod) => boolean,
): UpdateStep {
  let surging = 0;
  const pods: Pod[] = [];
  const broken: string[] = [];
  const candidates: string[] = [];
  for (const { node, fresh, old, isCrowded } of pairs) {
    if (isCrowded) surging++;
    else if (old === undefined) continue;
    else if (fresh === undefined) (isAvailable(old) ? candidates : broken).push(node);
    else if (isAvailable(fresh)) pods.push(old);
    else surging++;
  }
  const left = Math.max(0, maxSurge - surging);
  return { pods, nodes: [...broken, ...candidates.slice(0, left)] };
}

function pairOf(pods: readonly Pod[], hash: string): Omit<Pair, "node"> {
  const present = pods.filter((pod) => !isEnding(pod));
  const fresh = present.filter((pod) => pod.metadata.labels?.[revisionLabel] === hash);
  const old = present.filter((pod) => pod.metadata.labels?.[revisionLabel] !== hash);
  return { fresh: fresh[0], old: old[0], isCrowded: fresh.length > 1 || old.length > 1 };
}

/** A number, or a percentage of `total`, rounded up. */
export function shareOf(value: number | string, total: number): number {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? 0 : Math.ceil((Number(percent) * total) / 100);
}
