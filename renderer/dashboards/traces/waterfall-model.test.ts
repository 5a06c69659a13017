import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SpanRecord } from "../../../workers/integration/contract.ts";
import { visibleRows, waterfallOf } from "./waterfall-model.ts";

function span(spanId: string, parentSpanId: string | null, start: number, duration: number) {
  return {
    traceId: "t",
    spanId,
    parentSpanId,
    subsystem: "gateway",
    name: spanId,
    kind: "internal",
    startTimeMs: start,
    durationMs: duration,
    status: "unset",
    statusMessage: null,
    attributes: {},
  } satisfies SpanRecord;
}

/** Any parents, cycles and missing ones included. */
const anySpans = fc.array(
  fc.record({
    parent: fc.option(fc.integer({ min: 0, max: 12 }), { nil: null }),
    start: fc.integer({ min: 0, max: 1_000 }),
    duration: fc.integer({ min: 0, max: 1_000 }),
  }),
  { maxLength: 12 },
);

const build = (drafts: readonly { parent: number | null; start: number; duration: number }[]) =>
  drafts.map(({ parent, start, duration }, index) =>
    span(`s${index}`, parent === null ? null : `s${parent}`, start, duration),
  );

describe("a waterfall", () => {
  it("shows each span once, under its parent, within the trace", () => {
    fc.assert(
      fc.property(anySpans, (drafts) => {
        const { rows, durationMs } = waterfallOf(build(drafts));
        expect(rows.map(({ span: { spanId } }) => spanId).toSorted()).toEqual(
          drafts.map((_, index) => `s${index}`).toSorted(),
        );
        const depths = new Map<string, number>();
        for (const { span: shown, depth, offsetMs, selfMs } of rows) {
          const parentDepth = depths.get(shown.parentSpanId ?? "");
          if (depth > 0) expect(depth).toBe((parentDepth ?? Number.NaN) + 1);
          depths.set(shown.spanId, depth);
          expect(offsetMs).toBeGreaterThanOrEqual(0);
          expect(offsetMs + shown.durationMs).toBeLessThanOrEqual(durationMs);
          expect(selfMs).toBeLessThanOrEqual(shown.durationMs);
        }
      }),
    );
  });

  it("counts a span's own time without what its children cover, overlap counted once", () => {
    const { rows } = waterfallOf([
      span("root", null, 100, 100),
      span("a", "root", 110, 30),
      span("b", "root", 130, 30),
      span("late", "root", 190, 50),
    ]);
    expect(rows.map(({ span: { spanId }, selfMs }) => [spanId, selfMs])).toEqual([
      ["root", 40],
      ["a", 30],
      ["b", 30],
      ["late", 50],
    ]);
  });

  it("hides what is below a folded span", () => {
    const { rows } = waterfallOf([
      span("root", null, 0, 10),
      span("a", "root", 1, 5),
      span("deep", "a", 2, 1),
      span("b", "root", 7, 1),
    ]);
    const shown = visibleRows(rows, new Set(["a"]));
    expect(shown.map(({ span: { spanId } }) => spanId)).toEqual(["root", "a", "b"]);
  });
});
