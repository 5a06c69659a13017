/** Which pods go first when there are too many (controller_utils.go, ActivePodsWithRanks). */
import { isReady, mostRestarts, type Pod, readySince, timeOf } from "../pod-facts.ts";

const deletionCost = "controller.kubernetes.io/pod-deletion-cost";
const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

interface Ranked {
  readonly pod: Pod;
  readonly isAssigned: boolean;
  readonly phase: number;
  readonly ready: boolean;
  readonly cost: number;
  /** Active pods of the same kin on its node, itself included. */
  readonly neighbours: number;
  readonly readyAge: number;
  readonly restarts: number;
  readonly age: number;
}

/** The pods, the first to be deleted first. `kin`: the active pods of all sets of the same owner. */
export function inDeletionOrder(pods: readonly Pod[], kin: Iterable<Pod>, now: number): Pod[] {
  const onNode = new Map<string, number>();
  for (const { spec } of kin) {
    const node = spec?.nodeName ?? "";
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const ranked = pods.map((pod): Ranked => {
    const { metadata, spec, status } = pod;
    const ready = isReady(pod);
    return {
      pod,
      isAssigned: (spec?.nodeName ?? "") !== "",
      phase: phaseRank[status?.phase ?? ""] ?? 0,
      ready,
      cost: costOf(metadata.annotations?.[deletionCost]),
      neighbours: onNode.get(spec?.nodeName ?? "") ?? 0,
      readyAge: ready ? ageRank(readySince(pod), now) : 0,
      restarts: mostRestarts(pod),
      age: ageRank(timeOf(metadata.creationTimestamp), now),
    };
  });
  return ranked.toSorted(compare).map(({ pod }) => pod);
}

function compare(left: Ranked, right: Ranked): number {
  return (
    Number(left.isAssigned) - Number(right.isAssigned) ||
    left.phase - right.phase ||
    Number(left.ready) - Number(right.ready) ||
    left.cost - right.cost ||
    right.neighbours - left.neighbours ||
    (left.ready ? left.readyAge - right.readyAge : 0) ||
    right.restarts - left.restarts ||
    left.age - right.age ||
    // Ages of the same magnitude are equal, so that chance (the uid) spreads what is deleted.
    (left.pod.metadata.uid < right.pod.metadata.uid ? -1 : 1)
  );
}

/** Ages count by powers of two (feature LogarithmicScaleDown), of nanoseconds as in Kubernetes. */
function ageRank(since: number, now: number): number {
  const nanoseconds = (now - since) * 1e6;
  return nanoseconds > 0 ? Math.trunc(Math.log2(nanoseconds)) : -1;
}

/** A decimal of 32 bits without plus or leading zeros; 0 for anything else. */
function costOf(text: string | undefined): number {
  if (text === undefined || !/^(?:0|-?[1-9]\d{0,9})$/.test(text)) return 0;
  const cost = Number(text);
  return cost >= -(2 ** 31) && cost < 2 ** 31 ? cost : 0;
}
