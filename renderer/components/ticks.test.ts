import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tickText, timeTicks, valueTicks } from "./ticks.ts";

describe("valueTicks", () => {
  test.each([
    [0, [0, 0.5, 1]],
    [0.07, [0, 0.02, 0.04, 0.06, 0.08]],
    [14.2, [0, 5, 10, 15]],
    [100, [0, 50, 100]],
  ])("%d", (most, expected) => {
    expect(valueTicks(most)).toEqual(expected);
  });

  test("binary scales are round in their unit", () => {
    const mebibytes = valueTicks(181 * 1_024 ** 2, "binary").map((tick) => tick / 1_024 ** 2);
    expect(mebibytes).toEqual([0, 50, 100, 150, 200]);
  });

  test("always few, from zero, and never below the data", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1e15, noNaN: true }),
        fc.constantFrom("decimal" as const, "binary" as const),
        (most, scale) => {
          const ticks = valueTicks(most, scale);
          expect(ticks[0]).toBe(0);
          expect(ticks.length).toBeLessThanOrEqual(6);
          expect((ticks.at(-1) ?? 0) * (1 + 1e-9)).toBeGreaterThanOrEqual(most);
        },
      ),
    );
  });
});

test("time marks are whole multiples of their step", () => {
  expect(timeTicks(1_500, 61_500)).toEqual([15_000, 30_000, 45_000, 60_000]);
  expect(timeTicks(0, 300_000)).toEqual([0, 60_000, 120_000, 180_000, 240_000, 300_000]);
});

test("labels lose their empty decimals", () => {
  const shown = ["5.0 %", "62.0 MiB", "1.50 s", "0 ms", "0.50 /s", "100 MiB", "10 %"].map(tickText);
  expect(shown).toEqual(["5 %", "62 MiB", "1.5 s", "0", "0.5 /s", "100 MiB", "10 %"]);
});
