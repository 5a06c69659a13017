import { expect, it } from "vitest";
import { axisEnd, stepPath } from "./fee-scale.ts";

it("ends the axis above all values, at a round one", () => {
  expect(axisEnd([])).toBe(1);
  expect(axisEnd([0, 0])).toBe(1);
  expect(axisEnd([1, 0.5])).toBeCloseTo(1.1);
  expect(axisEnd([7])).toBeCloseTo(7.7);
  for (const most of [0.000_007, 0.3, 12, 98_765]) {
    expect(axisEnd([most])).toBeGreaterThan(most);
    expect(axisEnd([most])).toBeLessThan(most * 1.3);
  }
});

it("draws one step for each block, with zero at the bottom", () => {
  expect(stepPath([0, 1], 2)).toBe("M0 100.00H50.00L50.00 50.00H100.00");
});
