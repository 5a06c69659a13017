import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LatencyHistogram, RateWindow } from "./measures.ts";

describe("the latency histogram", () => {
  it("gives each quantile within the bucket of the exact one", () => {
    const latencies = fc.array(fc.double({ min: 0.1, max: 9_999, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(latencies, fc.constantFrom(0.5, 0.9, 0.99, 1), (values, fraction) => {
        const histogram = new LatencyHistogram();
        for (const value of values) histogram.record(value);
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(fraction * sorted.length) - 1] ?? 0;
        const estimate = histogram.quantile(fraction) ?? NaN;
        // Buckets are a quarter of a decade wide; bounds are rounded to three digits.
        expect(Math.abs(Math.log10(estimate / exact))).toBeLessThanOrEqual(0.26);
        expect(estimate).toBeGreaterThanOrEqual(Math.min(...values));
        expect(estimate).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });

  it("adds up to what one histogram of everything holds", () => {
    const [a, b, all] = [new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram()];
    for (const ms of [0.05, 3, 40_000]) {
      a.record(ms);
      all.record(ms);
    }
    for (const ms of [3, 7]) {
      b.record(ms);
      all.record(ms);
    }
    a.add(b);
    expect(a.summary()).toEqual(all.summary());
    expect(a.summary()).toMatchObject({ count: 5, maxMs: 40_000 });
    expect(a.summary().buckets.at(-1)).toEqual({ upToMs: null, count: 1 });
  });

  it("knows nothing before the first value", () => {
    expect(new LatencyHistogram().summary()).toMatchObject({ count: 0, meanMs: null, p99Ms: null });
  });
});

describe("the rate window", () => {
  it("counts the last ten seconds and forgets older ones", () => {
    const times = fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 50 });
    fc.assert(
      fc.property(times, (unsorted) => {
        const sorted = unsorted.toSorted((a, b) => a - b);
        const window = new RateWindow();
        for (const at of sorted) window.record(at);
        const now = (sorted.at(-1) ?? 0) + 500;
        const first = Math.floor(now / 1_000) - 9;
        const expected = sorted.filter((at) => Math.floor(at / 1_000) >= first).length / 10;
        expect(window.perSecond(now)).toBeCloseTo(expected, 12);
        expect(window.perSecond(now + 11_000)).toBe(0);
      }),
    );
  });
});
