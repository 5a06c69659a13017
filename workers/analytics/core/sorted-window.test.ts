import fc from "fast-check";
import { expect, it } from "vitest";
import { SortedWindow } from "./sorted-window.ts";
import { median, scaledMad } from "./statistics.ts";

it("has the statistics of its newest values, as sorting them afresh tells", () => {
  const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 25 }), (data, size) => {
      const window = new SortedWindow(size, data);
      const newest = data.slice(-size);
      const center = median(newest);
      expect(window.length).toBe(newest.length);
      expect(window.median()).toBe(center);
      expect(window.scaledMad()).toBeCloseTo(scaledMad(newest, center), 9);
      const sorted = newest.toSorted((a, b) => a - b);
      for (const ignored of [0, 1, 2]) {
        expect(window.smallest(ignored)).toBe(sorted[ignored] ?? Number.NaN);
        expect(window.largest(ignored)).toBe(sorted.at(-1 - ignored) ?? Number.NaN);
      }
    }),
  );
});

it("knows nothing while empty", () => {
  expect(new SortedWindow(3).median()).toBeNaN();
});
