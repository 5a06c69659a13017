import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseVersion } from "./alias-target.ts";
import { LatencyHistogram, RollingLatency } from "./latency-histogram.ts";
import { compareRows, ShadowRecord } from "./shadow-comparison.ts";

describe("percentiles", () => {
  it("are never below the exact ones and at most a sixty-fourth above", () => {
    const durations = fc.array(fc.integer({ min: 0, max: 2 ** 31 }), { minLength: 1 });
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
        const histogram = new LatencyHistogram();
        for (const us of list) histogram.record(us / 1_000);
        const exact =
          list.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * list.length)) - 1]! / 1_000;
        const found = histogram.percentile(share)!;
        expect(found).toBeGreaterThanOrEqual(exact - 1e-9);
        expect(found).toBeLessThanOrEqual(exact * (1 + 1 / 64) + 1e-9);
      }),
    );
  });

  it("of the last minute forget what is older", () => {
    const latency = new RollingLatency();
    latency.record(100, 0);
    latency.record(1, 55_000);
    expect(latency.lastMinute(55_000)).toMatchObject({ count: 2, max: 100 });
    expect(latency.lastMinute(60_000)).toMatchObject({ count: 1, max: 1 });
    expect(latency.lastMinute(1_000_000)).toMatchObject({ count: 0, p50: null, max: null });
    expect(latency.all()).toMatchObject({ count: 2, max: 100 });
  });
});

it("requests go to versions by their weights", () => {
  const targets = [
    { version: 1, weight: 90 },
    { version: 2, weight: 0 },
    { version: 3, weight: 10 },
  ];
  const chosen = Array.from({ length: 1_000 }, (_, at) => chooseVersion(targets, at / 1_000));
  expect(chosen.filter((version) => version === 1)).toHaveLength(900);
  expect(chosen.filter((version) => version === 3)).toHaveLength(100);
  expect(chooseVersion(targets, 1 - Number.EPSILON)).toBe(3);
  expect(() => chooseVersion([{ version: 1, weight: 0 }], 0.5)).toThrow(RangeError);
});

describe("a shadow", () => {
  const rows = (values: readonly number[], width: number) => ({
    shape: [values.length / width, width],
    values,
  });

  it("agrees where the largest stands in the same place, or the only number is close", () => {
    expect(compareRows(rows([0.9, 0.1, 0.4, 0.6], 2), rows([0.6, 0.4, 0.7, 0.3], 2))).toEqual({
      rows: 2,
      agreeing: 1,
      differenceMax: expect.closeTo(0.3, 10) as number,
    });
    expect(compareRows(rows([100, 1], 1), rows([100.05, 1.01], 1)).agreeing).toBe(1);
    expect(compareRows(rows([1, 2], 1), rows([1, 2], 2)).agreeing).toBe(0);
    expect(compareRows(rows([Number.NaN], 1), rows([1], 1))).toMatchObject({ agreeing: 0 });
  });

  it("is summed up over rows", () => {
    const record = new ShadowRecord();
    expect(record.view()).toMatchObject({ agreement: null, requests: 0 });
    record.add({ rows: 3, agreeing: 3, differenceMax: 0.25 }, 1, 2);
    record.add({ rows: 1, agreeing: 0, differenceMax: 0.5 }, 1, 2);
    expect(record.view()).toMatchObject({ agreement: 0.75, differenceMax: 0.5, requests: 2 });
  });
});
