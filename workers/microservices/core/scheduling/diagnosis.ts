/** Why a pod found no node, in the words of kube-scheduler (framework FitError). */
import type { FilterPlugin, Rejection } from "./filters.ts";
import type { NodeInfo } from "./node-info.ts";

export interface Rejected {
  readonly info: NodeInfo;
  readonly rejection: Rejection;
}

export interface Diagnosis {
  readonly nodes: number;
  readonly rejected: readonly Rejected[];
}

/** "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable." */
export function fitMessage(nodes: number, reasons: Iterable<readonly string[]>): string {
  // Most nodes share the very same list of reasons with many others.
  const lists = new Map<readonly string[], number>();
  for (const texts of reasons) lists.set(texts, (lists.get(texts) ?? 0) + 1);
  const counts = new Map<string, number>();
  for (const [texts, nodesWithIt] of lists) {
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + nodesWithIt);
  }
  const head = `0/${nodes} nodes are available`;
  if (counts.size === 0) return `${head}.`;
  const parts = [...counts].map(([text, count]) => `${count} ${text}`).toSorted();
  return `${head}: ${parts.join(", ")}.`;
}

export function reasonsOf({ rejected }: Diagnosis): (readonly string[])[] {
  return rejected.map(({ rejection }) => rejection.reasons);
}

export function pluginsOf({ rejected }: Diagnosis): ReadonlySet<FilterPlugin> {
  const plugins = new Set<FilterPlugin>();
  for (const { rejection } of rejected) plugins.add(rejection.plugin);
  return plugins;
}
