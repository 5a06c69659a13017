import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newerHalf, orderedRange, parseRange, rangeText } from "./time-zoom.ts";

const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });

describe("the zoomed stretch of time", () => {
  it("comes back from the address as it went in, whichever way it was drawn", () => {
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        const range = orderedRange(one, other);
        expect(orderedRange(other, one)).toEqual(range);
        if (range === null) expect(Math.abs(one - other)).toBeLessThan(1_000);
        else expect(parseRange(rangeText(range))).toEqual(range);
      }),
    );
  });

  it.each(["", "5", "a-b", "9-5x", "-5-9", "1e3-2e9", "100-200", undefined])(
    "%j in the address is no zoom",
    (text) => expect(parseRange(text)).toBeNull(),
  );

  it("halves towards the newest reading, and ends with what is too short to see", () => {
    let range = orderedRange(0, 60_000);
    const widths: number[] = [];
    for (; range !== null; range = newerHalf(range)) {
      expect(range.to).toBe(60_000);
      widths.push(range.to - range.from);
    }
    expect(widths).toEqual([60_000, 30_000, 15_000, 7_500, 3_750, 1_875]);
  });
});
