/** Where the spans of a timeline lie, and what they look like, without a canvas. */
import type { TrainingView } from "../../../workers/analytics/contract.ts";

export type Span = TrainingView["spans"][number];

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Kinds differ in height and place within their row as well as in colour. */
export const spanLooks: Readonly<
  Record<
    string,
    { readonly color: string; readonly top: number; readonly height: number; readonly text: string }
  >
> = {
  compute: { color: "--series-1", top: 0, height: 1, text: "computes" },
  update: { color: "--series-2", top: 0, height: 0.75, text: "updates" },
  reduce: { color: "--series-3", top: 0.25, height: 0.75, text: "adds gradients" },
  send: { color: "--series-4", top: 0.6, height: 0.4, text: "sends" },
  wait: { color: "--series-neutral", top: 0.42, height: 0.16, text: "waits" },
  down: { color: "--failed", top: 0.3, height: 0.4, text: "is down" },
};

export function wholeRange(spans: readonly Span[]): Range {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const span of spans) {
    from = Math.min(from, span.fromMs);
    to = Math.max(to, span.toMs);
  }
  return to > from ? { from, to } : { from: 0, to: 1 };
}

/** A range `factor` times as long around the same place, within the whole. */
export function zoomed(range: Range, whole: Range, factor: number, center = 0.5): Range {
  const length = Math.min((range.to - range.from) * factor, whole.to - whole.from);
  const fixed = range.from + (range.to - range.from) * center;
  return within({ from: fixed - length * center, to: fixed + length * (1 - center) }, whole);
}

export function moved(range: Range, whole: Range, by: number): Range {
  return within({ from: range.from + by, to: range.to + by }, whole);
}

function within({ from, to }: Range, whole: Range): Range {
  const length = to - from;
  const start = Math.min(Math.max(from, whole.from), whole.to - length);
  return { from: start, to: start + length };
}

export interface WorkerShare {
  readonly worker: number;
  readonly steps: number;
  readonly ms: Readonly<Record<string, number>>;
}

/** How long each worker did what: the timeline as a table. */
export function sharesOf(spans: readonly Span[]): WorkerShare[] {
  const shares = new Map<number, { steps: Set<number>; ms: Record<string, number> }>();
  for (const { worker, step, kind, fromMs, toMs } of spans) {
    const share = shares.get(worker) ?? { steps: new Set(), ms: {} };
    shares.set(worker, share);
    share.steps.add(step);
    share.ms[kind] = (share.ms[kind] ?? 0) + toMs - fromMs;
  }
  return [...shares]
    .toSorted(([a], [b]) => a - b)
    .map(([worker, { steps, ms }]) => ({ worker, steps: steps.size, ms }));
}
