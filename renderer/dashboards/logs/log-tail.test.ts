import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrived, emptyTail, extended, type LogRow, resumed, windowMax } from "./log-tail.ts";

const row = (id: number): LogRow => ({
  id,
  at: id,
  level: "info",
  subsystem: "gateway",
  message: `record ${id}`,
  traceId: null,
  attributes: {},
});

const newestFirst = (from: number, to: number): LogRow[] =>
  Array.from({ length: to - from + 1 }, (_, index) => row(to - index));

describe("the tail of the log", () => {
  it("shows each record once and in order, however batches overlap and pauses fall", () => {
    const steps = fc.array(
      fc.record({
        more: fc.integer({ min: 0, max: 5 }),
        again: fc.integer({ min: 0, max: 5 }),
        paused: fc.boolean(),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(steps, (batches) => {
        let stored = 10;
        let tail = extended(emptyTail, newestFirst(6, 10), true);
        for (const { more, again, paused } of batches) {
          const from = Math.max(1, stored - again + 1);
          stored += more;
          if (!paused) tail = resumed(tail);
          tail = arrived(tail, newestFirst(from, stored), paused);
        }
        tail = extended(resumed(tail), newestFirst(1, 7), false);
        expect(tail.rows.map(({ id }) => id)).toEqual(newestFirst(1, stored).map(({ id }) => id));
        expect(tail).toMatchObject({ waiting: [], older: false });
      }),
    );
  });

  it("never holds more than its window", () => {
    const many = newestFirst(1, windowMax + 10);
    expect(arrived(emptyTail, many, true).waiting).toHaveLength(windowMax);
    const full = arrived(emptyTail, many, false);
    expect(full.rows).toHaveLength(windowMax);
    expect(full.rows[0]?.id).toBe(windowMax + 10);
    expect(extended(full, newestFirst(1, 5), true).older).toBe(false);
  });
});
