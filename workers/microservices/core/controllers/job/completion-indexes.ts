/** The indexes of an Indexed job in the text of its status: "0-2,5,7,8" (indexed_job_utils.go). */
import type { Pod } from "../pod-facts.ts";

export const indexKey = "batch.kubernetes.io/job-completion-index";

/** The pod's completion index; null where it has none that is a number. */
export function completionIndexOf({ metadata }: Pod): number | null {
  const text = metadata.annotations?.[indexKey];
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** Those below `completions`. What is no list of ranges counts as none. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? "").split(",")) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (range === null) continue;
    const last = Math.min(Number(range[2] ?? range[1]), completions - 1);
    for (let index = Number(range[1]); index <= last; index++) indexes.add(index);
  }
  return indexes;
}

/** Three or more in a row are written as a range. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].toSorted((left, right) => left - right);
  const parts: string[] = [];
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (sorted[to + 1] === sorted[to]! + 1) to++;
    const first = sorted[from]!;
    const last = sorted[to]!;
    if (to === from) parts.push(`${first}`);
    else parts.push(to === from + 1 ? `${first},${last}` : `${first}-${last}`);
    from = to + 1;
  }
  return parts.join(",");
}

/** The first `count` indexes that are in none of the sets. */
export function firstPendingIndexes(
  count: number,
  completions: number,
  ...taken: readonly ReadonlySet<number>[]
): number[] {
  const pending: number[] = [];
  for (let index = 0; index < completions && pending.length < count; index++) {
    if (!taken.some((set) => set.has(index))) pending.push(index);
  }
  return pending;
}
