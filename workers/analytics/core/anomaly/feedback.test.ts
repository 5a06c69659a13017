/** What labels do to the threshold of a series, and how detectors are held to them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adjustmentOf, type Labelled, precisionOf } from "./feedback.ts";
import { feedbackLimits as limits } from "./limits.ts";

const label = (verdict: Labelled["verdict"]) => (strength: number) => ({ verdict, strength });
const falseAlarm = label("false alarm");
const trueAlarm = label("true alarm");
const strengths = fc.array(fc.double({ min: 1, max: 3, noNaN: true }), { maxLength: 30 });

describe("the adjusted threshold", () => {
  it("silences nine of ten false alarms, or all but the bound allows", () => {
    fc.assert(
      fc.property(strengths, (found) => {
        const factor = adjustmentOf(found.map(falseAlarm));
        const silenced = found.filter((strength) => strength < factor).length;
        expect(silenced).toBeGreaterThanOrEqual(Math.floor(limits.quantile * found.length));
      }),
    );
  });

  it("never silences what was called a true alarm, unless it was at the bare threshold", () => {
    fc.assert(
      fc.property(strengths, strengths, (wrong, right) => {
        const factor = adjustmentOf([...wrong.map(falseAlarm), ...right.map(trueAlarm)]);
        expect(right.every((strength) => strength >= factor)).toBe(true);
      }),
    );
  });

  it("stays between what it was and its bound, and is untouched by true alarms alone", () => {
    expect(adjustmentOf([1e9].map(falseAlarm))).toBe(limits.factorMax);
    expect(adjustmentOf([2, 3].map(trueAlarm))).toBe(1);
    expect(adjustmentOf([])).toBe(1);
    expect(adjustmentOf([falseAlarm(2)])).toBeCloseTo(2 * limits.headroom, 9);
  });
});

it("counts of each detector what it called an anomaly, rightly and wrongly", () => {
  const opinion = (detector: "ewma" | "cusum", alarm: boolean) => ({
    detector,
    title: detector,
    alarm,
  });
  const rows = precisionOf(
    [
      { verdict: "true alarm", opinions: [opinion("ewma", true), opinion("cusum", false)] },
      { verdict: "false alarm", opinions: [opinion("ewma", true)] },
      { verdict: "true alarm", opinions: [opinion("ewma", true)] },
      { verdict: "true alarm", opinions: [] },
    ],
    [
      { id: "ewma", title: "EWMA" },
      { id: "cusum", title: "CUSUM" },
    ],
  );
  expect(rows.map(({ detector, precision }) => [detector, precision])).toEqual([
    ["live", 0.75],
    ["ewma", 2 / 3],
    ["cusum", null],
  ]);
});
