/** Whether a pod may go to a node: kube-scheduler's filter plugins in their default order. */
import type { Cycle } from "./cycle.ts";
import { fewestOf } from "./cycle.ts";
import type { NodeInfo } from "./node-info.ts";
import type { PodShape } from "./pod-shape.ts";
import { isTolerated } from "./tolerations.ts";

export type FilterPlugin =
  | "NodeUnschedulable"
  | "TaintToleration"
  | "NodeAffinity"
  | "NodePorts"
  | "NodeResourcesFit"
  | "PodTopologySpread"
  | "InterPodAffinity";

export interface Rejection {
  readonly plugin: FilterPlugin;
  /** In kube-scheduler's words. */
  readonly reasons: readonly string[];
  /** False where the node would not do with no pods on it either (UnschedulableAndUnresolvable). */
  readonly resolvable: boolean;
}

const rejection = (plugin: FilterPlugin, reason: string, resolvable: boolean): Rejection => ({
  plugin,
  reasons: [reason],
  resolvable,
});

const rejections = {
  unschedulable: rejection("NodeUnschedulable", "node(s) were unschedulable", false),
  nodeAffinity: rejection(
    "NodeAffinity",
    "node(s) didn't match Pod's node affinity/selector",
    false,
  ),
  notPinned: rejection("NodeAffinity", "node(s) didn't satisfy plugin(s) [NodeAffinity]", false),
  ports: rejection("NodePorts", "node(s) didn't have free ports for the requested pod ports", true),
  spreadLabel: rejection(
    "PodTopologySpread",
    "node(s) didn't match pod topology spread constraints (missing required label)",
    false,
  ),
  spread: rejection(
    "PodTopologySpread",
    "node(s) didn't match pod topology spread constraints",
    true,
  ),
  affinity: rejection("InterPodAffinity", "node(s) didn't match pod affinity rules", false),
  antiAffinity: rejection("InterPodAffinity", "node(s) didn't match pod anti-affinity rules", true),
  averse: rejection(
    "InterPodAffinity",
    "node(s) didn't satisfy existing pods anti-affinity rules",
    true,
  ),
} as const;

export const notPinned = rejections.notPinned;

const unschedulableTaint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

/** Null where the pod may go to the node. */
export function filterNode(cycle: Cycle, info: NodeInfo): Rejection | null {
  const { shape } = cycle.pod;
  if (info.unschedulable && !isTolerated(shape.tolerations, unschedulableTaint)) {
    return rejections.unschedulable;
  }
  for (const { taint, message } of info.hardTaints) {
    if (!isTolerated(shape.tolerations, taint)) {
      return rejection("TaintToleration", message, false);
    }
  }
  if (shape.allowsNode !== null && !shape.allowsNode(info.labels, info.name)) {
    return rejections.nodeAffinity;
  }
  if (shape.ports.length > 0 && portsTaken(shape, info)) return rejections.ports;
  return fits(shape, info) ?? spreadFits(cycle, info) ?? affinityFits(cycle, info);
}

function portsTaken({ ports }: PodShape, info: NodeInfo): boolean {
  const any = "0.0.0.0";
  return ports.some(({ address, protocol, port }) =>
    info.ports.some(
      (taken) =>
        taken.port === port &&
        taken.protocol === protocol &&
        (taken.address === address || taken.address === any || address === any),
    ),
  );
}

function fits(shape: PodShape, info: NodeInfo): Rejection | null {
  if (
    info.podsHeld < info.podsMax &&
    shape.cpuMilli <= Math.max(0, info.cpuMilli - info.usedCpuMilli) &&
    shape.memoryBytes <= Math.max(0, info.memoryBytes - info.usedMemoryBytes) &&
    shape.storageBytes <= Math.max(0, info.storageBytes - info.usedStorageBytes) &&
    shape.extended.length === 0
  ) {
    return null;
  }
  return explainFit(shape, info);
}

/** The common rejections by what is short, made once each: there are as many as there are nodes. */
const fitRejections = new Map<number, Rejection>();
const fitReasons = [
  "Too many pods",
  "Insufficient cpu",
  "Insufficient memory",
  "Insufficient ephemeral-storage",
];
const neverFits = 1 << fitReasons.length;

/** The bit of the resource where it is short, and that of a node that is too small for it. */
function shortOf(bit: number, asked: number, capacity: number, used: number): number {
  if (asked === 0 || asked <= capacity - used) return 0;
  return asked > capacity ? bit | neverFits : bit;
}

function explainFit(shape: PodShape, info: NodeInfo): Rejection | null {
  const code =
    (info.podsHeld + 1 > info.podsMax ? 1 : 0) |
    shortOf(2, shape.cpuMilli, info.cpuMilli, info.usedCpuMilli) |
    shortOf(4, shape.memoryBytes, info.memoryBytes, info.usedMemoryBytes) |
    shortOf(8, shape.storageBytes, info.storageBytes, info.usedStorageBytes);
  const known = code === 0 ? null : fitRejectionOf(code);
  let short = 0;
  const reasons: string[] = [];
  for (const [name, amount] of shape.extended) {
    const capacity = info.extended.get(name) ?? 0;
    const bits = shortOf(1, amount, capacity, info.usedExtended.get(name) ?? 0);
    if (bits !== 0) reasons.push(`Insufficient ${name}`);
    short |= bits;
  }
  if (reasons.length === 0) return known;
  return {
    plugin: "NodeResourcesFit",
    reasons: [...(known?.reasons ?? []), ...reasons],
    resolvable: (known?.resolvable ?? true) && (short & neverFits) === 0,
  };
}

function fitRejectionOf(code: number): Rejection {
  let found = fitRejections.get(code);
  if (found === undefined) {
    const reasons = fitReasons.filter((_, bit) => (code & (1 << bit)) !== 0);
    found = { plugin: "NodeResourcesFit", reasons, resolvable: (code & neverFits) === 0 };
    fitRejections.set(code, found);
  }
  return found;
}

function spreadFits({ spread }: Cycle, { slot }: NodeInfo): Rejection | null {
  for (const state of spread) {
    const domain = state.domains.ids[slot] ?? -1;
    if (domain < 0) return rejections.spreadLabel;
    const pods = state.present[domain] ? state.sums[domain]! : 0;
    const skew = pods + (state.matchesItself ? 1 : 0) - fewestOf(state);
    if (skew > state.constraint.maxSkew) return rejections.spread;
  }
  return null;
}

function affinityFits(cycle: Cycle, { slot }: NodeInfo): Rejection | null {
  const { affinity } = cycle;
  if (affinity !== null) {
    let matched = true;
    for (const { domains, sums } of affinity.sums) {
      const domain = domains.ids[slot] ?? -1;
      if (domain < 0) return rejections.affinity;
      if ((sums[domain] ?? 0) <= 0) matched = false;
    }
    // The first pod of a group that means itself has nobody to be near.
    if (!matched && !(affinity.total === 0 && affinity.matchesItself)) return rejections.affinity;
  }
  for (const { domains, sums } of cycle.antiAffinity) {
    if ((sums[domains.ids[slot] ?? -1] ?? 0) > 0) return rejections.antiAffinity;
  }
  for (const { domains, sums } of cycle.averse.values()) {
    if ((sums[domains.ids[slot] ?? -1] ?? 0) > 0) return rejections.averse;
  }
  return null;
}
