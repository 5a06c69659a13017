/** From the spans of one trace to the rows of its waterfall. */
import type { SpanRecord } from "../../../workers/integration/contract.ts";

export interface WaterfallRow {
  readonly span: SpanRecord;
  /** 0 for a span without a stored parent. */
  readonly depth: number;
  readonly children: number;
  /** Its parent is named but not stored: of the caller's own tracing, or dropped. */
  readonly orphan: boolean;
  /** After the start of the trace. */
  readonly offsetMs: number;
  /** Duration less what its children cover. */
  readonly selfMs: number;
}

export interface Waterfall {
  readonly startMs: number;
  readonly durationMs: number;
  /** Parents before children, siblings by start. */
  readonly rows: readonly WaterfallRow[];
}

export function waterfallOf(spans: readonly SpanRecord[]): Waterfall {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const ordered = spans.toSorted(
    (a, b) => a.startTimeMs - b.startTimeMs || b.durationMs - a.durationMs,
  );
  const children = Map.groupBy(ordered, ({ parentSpanId }) => parentSpanId);
  const startMs = ordered[0]?.startTimeMs ?? 0;
  const endMs = Math.max(startMs, ...spans.map((span) => span.startTimeMs + span.durationMs));
  const rows: WaterfallRow[] = [];
  const seen = new Set<string>();
  const visit = (span: SpanRecord, depth: number): void => {
    // Damaged records could name each other as parents.
    if (seen.has(span.spanId)) return;
    seen.add(span.spanId);
    const own = children.get(span.spanId) ?? [];
    rows.push({
      span,
      depth,
      children: own.length,
      orphan: span.parentSpanId !== null && !byId.has(span.parentSpanId),
      offsetMs: span.startTimeMs - startMs,
      selfMs: Math.max(0, span.durationMs - coveredMs(span, own)),
    });
    for (const child of own) visit(child, depth + 1);
  };
  for (const span of ordered) {
    if (span.parentSpanId === null || !byId.has(span.parentSpanId)) visit(span, 0);
  }
  for (const span of ordered) visit(span, 0);
  return { startMs, durationMs: endMs - startMs, rows };
}

/** Length of the union of the children's intervals within the span; children come by start. */
function coveredMs(span: SpanRecord, children: readonly SpanRecord[]): number {
  const end = span.startTimeMs + span.durationMs;
  let covered = 0;
  let upTo = span.startTimeMs;
  for (const child of children) {
    const from = Math.max(upTo, child.startTimeMs);
    const to = Math.min(end, child.startTimeMs + child.durationMs);
    if (to > from) {
      covered += to - from;
      upTo = to;
    }
  }
  return covered;
}

/** Rows that are shown while the given spans are folded. */
export function visibleRows(
  rows: readonly WaterfallRow[],
  folded: ReadonlySet<string>,
): readonly WaterfallRow[] {
  let hiddenBelow = Number.POSITIVE_INFINITY;
  return rows.filter(({ span, depth }) => {
    if (depth > hiddenBelow) return false;
    hiddenBelow = folded.has(span.spanId) ? depth : Number.POSITIVE_INFINITY;
    return true;
  });
}
