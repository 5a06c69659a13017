/** The detector of live series: its promise on noise, what it finds, and how it bears gaps. */
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { liveDetectionLimits as limits } from "./limits.ts";
import { LiveDetector, type LiveOptions, type Verdict } from "./live-detector.ts";

const secondMs = 1_000;

function noise(seed: number): () => number {
  const random = new Random(seed);
  return () =>
    Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}

/** A detector that reads once a second. */
function clocked(options: LiveOptions) {
  const detector = new LiveDetector(options);
  let second = 0;
  const step = (value: number | null): Verdict => detector.step(second++ * secondMs, value);
  return { detector, step, skip: (seconds: number) => (second += seconds) };
}

/** One that has seen normal noise about 100 with deviation 10. */
function trained(seed = 1, readings = 300) {
  const normal = noise(seed);
  const stream = clocked({ deviationMin: 0.01 });
  for (let i = 0; i < readings; i += 1) stream.step(100 + 10 * normal());
  return { ...stream, next: () => 100 + 10 * normal() };
}

function alarmsOf(step: (value: number) => Verdict, readings: number, next: () => number): number {
  let alarms = 0;
  let before = false;
  for (let i = 0; i < readings; i += 1) {
    const { unusual } = step(next());
    if (unusual && !before) alarms += 1;
    before = unusual;
  }
  return alarms;
}

describe("on stationary noise", () => {
  it.each([1e-2, 1e-3, 1e-4])("raises no more false alarms than the nominal rate of %f", (rate) => {
    const readings = 2_000 / Math.max(rate, 1e-2);
    const { step } = clocked({ deviationMin: 1e-6, falsePositiveRate: rate });
    expect(alarmsOf(step, readings, noise(42)) / readings).toBeLessThan(rate);
  });

  it("holds the promise while many series warm up, when the baseline knows least", () => {
    const [series, readings] = [300, 400];
    let alarms = 0;
    for (let seed = 0; seed < series; seed += 1) {
      const { step } = clocked({ deviationMin: 0, phase: seed });
      alarms += alarmsOf(step, readings, noise(seed));
    }
    // Poisson with the nominal mean of 12 exceeds 24 once in a thousand.
    expect(alarms).toBeLessThanOrEqual(series * readings * limits.falsePositiveRate * 2);
  });

  it("does not call a quiet series unusual for a twitch below what matters", () => {
    const { step } = clocked({ deviationMin: 1 });
    for (let i = 0; i < 300; i += 1) step(0);
    expect(step(3)).toMatchObject({ unusual: false, score: 3 });
    expect(step(10)).toMatchObject({ unusual: true, score: 10 });
  });

  it("gets used to spikes that come again and again", () => {
    const { step, next } = trained();
    let late = 0;
    for (let i = 0; i < 600; i += 1) {
      const { unusual } = step(i % 40 === 0 ? 200 : next());
      if (i > 200 && unusual) late += 1;
    }
    expect(late).toBeLessThanOrEqual(1);
  });
});

describe("an injected anomaly is found", () => {
  it.each([1, 2, 3, 4, 5])("spike and drop of eight deviations, seed %i", (seed) => {
    const { step, next } = trained(seed);
    expect(step(180)).toMatchObject({ unusual: true, finding: { view: "reading", observed: 180 } });
    for (let i = 0; i < 20; i += 1) expect(step(next()).unusual).toBe(false);
    const drop = step(20);
    expect(drop.unusual).toBe(true);
    expect(drop.score).toBeLessThan(-5);
    expect(drop.finding?.likelihood).toBeGreaterThan(0.999);
  });

  it.each([1, 2, 3])("a new level is unusual first and the baseline after, seed %i", (seed) => {
    const { detector, step, next } = trained(seed);
    const verdicts = Array.from({ length: 120 }, () => step(next() + 100));
    expect(verdicts[0]?.unusual).toBe(true);
    const shifts = verdicts.flatMap(({ shifted }, i) => (shifted ? [i + 1] : []));
    expect(shifts).toEqual([limits.levelShiftReadings]);
    expect(verdicts.slice(limits.levelShiftReadings).some(({ unusual }) => unusual)).toBe(false);
    expect(detector.baseline.median).toBeGreaterThan(180);
    expect(step(100).unusual).toBe(true);
  });

  it("a shift too small for any one reading, by its mean", () => {
    const { step, next } = trained(3, 3_000);
    const verdicts = Array.from({ length: 60 }, () => step(next() + 25));
    const first = verdicts.find(({ unusual }) => unusual);
    expect(first?.finding?.view).toBe("mean");
    expect(verdicts.filter(({ shifted }) => shifted)).toHaveLength(1);
  });

  it("within a season whose swing is larger", () => {
    const normal = noise(9);
    const wave = (i: number) => 100 + 50 * Math.sin((2 * Math.PI * i) / 30) + normal();
    const { detector, step } = clocked({ deviationMin: 0.01 });
    for (let i = 0; i < 420; i += 1) step(wave(i));
    expect(detector.baseline).toMatchObject({ season: 30, seasonMs: 30 * secondMs });
    let alarms = 0;
    for (let i = 420; i < 720; i += 1) if (step(wave(i)).unusual) alarms += 1;
    expect(alarms).toBe(0);
    // 100 is in the middle of the swing, but not where the wave stands now.
    for (let i = 720; i < 727; i += 1) step(wave(i));
    expect(step(100)).toMatchObject({ unusual: true });
  });
});

describe("a series without any spread", () => {
  it("gives a number of deviations that says something, and no echo a season later", () => {
    const { step, detector } = clocked({ deviationMin: 0 });
    const value = (i: number) => 10 + ((i * 7) % 5);
    for (let i = 0; i < 240; i += 1) step(value(i));
    expect(detector.baseline.season).toBe(5);
    const verdicts = Array.from({ length: 60 }, (_, i) => step(value(240 + i) + (i < 8 ? 50 : 0)));
    const unusual = verdicts.flatMap((verdict, i) => (verdict.unusual ? [i] : []));
    expect(unusual).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(verdicts[0]?.score).toBe(1_000);
  });

  it("is judged in any unit alike", () => {
    const scores = [1, 1e-6, 1e9].map((unit) => {
      const { step } = clocked({ deviationMin: 0 });
      for (let i = 0; i < 100; i += 1) step((i % 2) * unit);
      return step(1.5 * unit).score!;
    });
    expect(scores[1]).toBeCloseTo(scores[0]!, 6);
    expect(scores[2]).toBeCloseTo(scores[0]!, 6);
  });
});

describe("a gap", () => {
  it("is no alarm, teaches nothing, and is judged after as before", () => {
    const { detector, step, skip, next } = trained();
    const before = detector.baseline;
    for (let i = 0; i < 50; i += 1) {
      expect(step(null)).toMatchObject({ score: null, unusual: false, finding: null });
    }
    skip(3_600);
    expect(detector.baseline).toEqual(before);
    expect(step(next())).toMatchObject({ unusual: false });
    expect(step(next()).score).not.toBeNull();
    expect(step(200).unusual).toBe(true);
  });

  it("does not put a season out of step", () => {
    const normal = noise(4);
    const wave = (second: number) => 100 + 50 * Math.sin((2 * Math.PI * second) / 30) + normal();
    const detector = new LiveDetector({ deviationMin: 0.01 });
    let alarms = 0;
    for (let second = 0; second < 1_200; second += 1) {
      // 47 seconds are no whole number of seasons.
      if (second >= 500 && second < 547) continue;
      if (detector.step(second * secondMs, wave(second)).unusual) alarms += 1;
    }
    expect(detector.baseline.season).toBe(30);
    expect(alarms).toBe(0);
  });

  it("in the past changes nothing: readings from before the last are not judged", () => {
    const { detector } = trained();
    expect(detector.step(5, 1e6)).toMatchObject({ score: null, unusual: false });
  });
});

it("says nothing without enough data, and how much is missing", () => {
  const { step, detector } = clocked({ deviationMin: 1 });
  const nothing = { median: null, deviation: null, threshold: null, season: null, seasonMs: null };
  expect(detector.baseline).toEqual({ samples: 0, samplesNeeded: limits.warmUp, ...nothing });
  for (let i = 0; i < limits.warmUp; i += 1) {
    expect(step(i === 30 ? 1e6 : 0)).toMatchObject({ score: null, unusual: false });
  }
  expect(step(0).score).toBe(0);
});

it("stops growing, however long the stream is", () => {
  const { step, detector } = clocked({ deviationMin: 0 });
  const normal = noise(8);
  for (let i = 0; i < 5_000; i += 1) step(normal());
  const { size } = detector;
  for (let i = 0; i < 5_000; i += 1) step(normal());
  expect(detector.size).toBe(size);
});

it("calls a reading unusual exactly when it leaves the band that it gave", () => {
  const { step, next, detector } = trained(5, 200);
  for (let i = 0; i < 200; i += 1) {
    const value = i % 20 === 19 ? next() + 45 : next();
    const { band, unusual } = step(value);
    if (unusual) expect(value < band!.low || value > band!.high).toBe(true);
    else expect(value >= band!.low && value <= band!.high).toBe(true);
    if (unusual) for (let calm = 0; calm < limits.calmReadings; calm += 1) step(100);
  }
  expect(detector.baseline.threshold).toBeGreaterThan(3);
});

it("raises its threshold and takes it back", () => {
  const { step, detector } = trained(6);
  const before = detector.baseline.threshold!;
  detector.sensitivity = 3;
  expect(detector.baseline.threshold).toBeCloseTo(3 * before, 9);
  expect(step(170).unusual).toBe(false);
  detector.sensitivity = 1;
  expect(step(240).unusual).toBe(true);
});
