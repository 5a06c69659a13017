import fc from "fast-check";
import { expect, it } from "vitest";
import { moved, sharesOf, wholeRange, zoomed } from "./gantt.ts";

const span = (worker: number, kind: string, fromMs: number, toMs: number) => ({
  worker,
  step: 1,
  kind,
  fromMs,
  toMs,
});

it("zooming and moving stay within the whole and keep their length", () => {
  const numbers = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      numbers,
      numbers,
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      (center, by, factor) => {
        const whole = { from: 100, to: 300 };
        const near = zoomed(zoomed(whole, whole, 0.25, by), whole, factor, center);
        const there = moved(near, whole, (by - 0.5) * 1_000);
        for (const range of [near, there]) {
          expect(range.from).toBeGreaterThanOrEqual(100 - 1e-9);
          expect(range.to).toBeLessThanOrEqual(300 + 1e-9);
        }
        expect(there.to - there.from).toBeCloseTo(near.to - near.from);
      },
    ),
  );
});

it("sums what each worker did", () => {
  const spans = [span(2, "wait", 5, 7), span(1, "compute", 0, 4), span(1, "compute", 6, 7)];
  expect(wholeRange(spans)).toEqual({ from: 0, to: 7 });
  expect(sharesOf(spans)).toEqual([
    { worker: 1, steps: 1, ms: { compute: 5 } },
    { worker: 2, steps: 1, ms: { wait: 2 } },
  ]);
});
