/** The default detector: bounded, explained, calibrated; its alarms merged. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { AlarmGate } from "./alarm-gate.ts";
import { AlarmLog, severityOf } from "./alarm-log.ts";
import { CombinedDetector } from "./combined-detector.ts";
import { FeatureDetectors } from "./feature-detectors.ts";
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { Novelty } from "./novelty.ts";

const minuteMs = 60_000;

it("stops growing, however long the stream is", () => {
  const random = new Random(3);
  const detector = new CombinedDetector({ seasonMs: 100 * minuteMs });
  let atEight = 0;
  for (let i = 0; i < 20_000; i += 1) {
    detector.update(i * minuteMs, random.float());
    if (i === 8_000) atEight = detector.size;
  }
  expect(detector.size).toBe(atEight);
  expect(detector.size).toBeLessThanOrEqual(
    3 * limits.noveltyWindow + limits.seasonalSmoothing + limits.seasonMax,
  );
});

it("judges alike in every unit", () => {
  const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 150, maxLength: 300 });
  fc.assert(
    fc.property(values, fc.constantFrom(4, 1_024, 0.125), (series, unit) => {
      const [one, other] = [new CombinedDetector(), new CombinedDetector()];
      // A constant beginning has no range to compare with.
      for (const [i, value] of [-1, 1, ...series].entries()) {
        const score = one.update(i * minuteMs, value);
        expect(other.update(i * minuteMs, value * unit)).toBeCloseTo(score, 9);
      }
    }),
    { numRuns: 30 },
  );
});

it("says what it expected of a reading that stands out", () => {
  const detector = new CombinedDetector({ seasonMs: null });
  for (let i = 0; i < 300; i += 1) detector.update(i * minuteMs, 10 + (i % 5));
  expect(detector.update(300 * minuteMs, 30)).toBeGreaterThan(0.9);
  const seen = { view: "reading", observed: 30, low: 10, high: 14, expected: 12 };
  expect(detector.explanation).toMatchObject(seen);
});

it("finds a day that stays away although every reading of it is ordinary", () => {
  const day = 288;
  const detector = new CombinedDetector();
  const busy = (i: number) => i % day >= 100 && i % day < 200;
  let alarmed: string | undefined;
  for (let i = 0; i < 8 * day; i += 1) {
    const value = busy(i) && i < 7 * day ? 80 : 20;
    const score = detector.update(i * 5 * minuteMs, value + (i % 3));
    if (i >= 7 * day && score >= 0.5) alarmed ??= detector.explanation?.view;
    if (i >= 3 * day && i < 7 * day) expect(score).toBeLessThan(0.5);
  }
  expect(alarmed).toBe("season");
});

it("names the feature that stands out", () => {
  const detector = new FeatureDetectors(["cpu", "memory"], {
    detector: "combined",
    season: null,
    intervalMs: minuteMs,
    likelihood: false,
    seed: 1,
  });
  const random = new Random(1);
  const read = (memory: number | null) => ({ cpu: random.float(), memory });
  for (let i = 0; i < 300; i += 1) detector.update(i * minuteMs, read(random.float()));
  const found = detector.update(300 * minuteMs, read(9));
  expect(found?.score).toBeGreaterThan(0.5);
  expect(found?.reason).toMatchObject({ feature: "memory", observed: 9 });
  expect(found?.reason.text).toMatch(/^memory: the reading is 9, where it had kept between 0/);
  expect(detector.update(301 * minuteMs, read(null))?.reason.feature).toBe("cpu");
  expect(detector.update(302 * minuteMs, { cpu: null })).toBeNull();
});

describe("the p-value of a novelty", () => {
  it.each([0.01, 0.05, 0.2])("is below %s at most that often on exchangeable readings", (level) => {
    const novelty = new Novelty();
    const random = new Random(11);
    let below = 0;
    const count = 20_000;
    for (let i = 0; i < count + limits.noveltyWarmUp; i += 1) {
      // Heavy tails: no distribution is assumed.
      const value = 1 / (random.float() - 0.5);
      const judgement = novelty.judge(value);
      novelty.learn(value);
      if (judgement !== null && judgement.probability <= level) below += 1;
    }
    const deviation = Math.sqrt((level * (1 - level)) / count);
    expect(below / count).toBeLessThan(level + 4 * deviation);
    expect(below / count).toBeGreaterThan(0.6 * level);
  });
});

describe("alarms", () => {
  it("let a repetition through only when it is worse or late", () => {
    const gate = new AlarmGate(5);
    const scores = [0.6, 0.6, 0.5, 0.7, 0.7, 0, 0, 0, 0.1, 0.6];
    expect(scores.map((score) => gate.pass(score))).toEqual([0.6, 0, 0, 0.7, 0, 0, 0, 0, 0.1, 0.6]);
  });

  it("are merged over time, with the reason of the peak", () => {
    const log = new AlarmLog<string>(100);
    log.add(0, 0.6, "first");
    log.add(50, 0.4, "too little");
    log.add(90, 0.95, "peak");
    log.add(150, 0.6, "after");
    log.add(400, 0.7, "another");
    expect(log.alarms).toEqual([
      { firstMs: 0, lastMs: 150, readings: 3, peak: 0.95, severity: "critical", reason: "peak" },
      { firstMs: 400, lastMs: 400, readings: 1, peak: 0.7, severity: "major", reason: "another" },
    ]);
  });

  it("are no more than the log may hold, and graded", () => {
    const log = new AlarmLog<null>(1);
    for (let i = 0; i < 2 * limits.alarmsMax; i += 1) log.add(10 * i, 0.5, null);
    expect(log.alarms).toHaveLength(limits.alarmsMax);
    expect([0.5, 0.7, 0.9].map(severityOf)).toEqual(["minor", "major", "critical"]);
  });
});
