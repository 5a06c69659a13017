import { describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import { anomalyLimits } from "../limits.ts";
import { AnomalyDetector } from "./anomaly-detector.ts";

function noise(seed: number): () => number {
  const random = new Random(seed);
  return () =>
    Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}

/** A detector that has seen normal noise about 100 with deviation 10. */
function trained(seed = 1, readings = 300) {
  const normal = noise(seed);
  const detector = new AnomalyDetector({ deviationMin: 0.01 });
  for (let i = 0; i < readings; i += 1) detector.step(100 + 10 * normal());
  return { detector, next: () => 100 + 10 * normal() };
}

describe("on stationary noise", () => {
  it.each([1e-2, 1e-3, 1e-4])(
    "raises false alarms at the nominal rate of %f",
    (rate) => {
      const readings = Math.min(400_000, 2_000 / rate);
      const normal = noise(42);
      const detector = new AnomalyDetector({ deviationMin: 1e-6, falsePositiveRate: rate });
      let alarms = 0;
      let before = false;
      for (let i = 0; i < readings; i += 1) {
        const { unusual } = detector.step(normal());
        if (unusual && !before) alarms += 1;
        before = unusual;
      }
      const measured = alarms / readings;
      expect(measured).toBeLessThan(rate * 1.5);
      // The habit of the series lowers the rate where the window itself holds such readings.
      expect(measured).toBeGreaterThan(rate * 0.2);
    },
    30_000,
  );

  it("does not call a quiet series unusual for a twitch below what matters", () => {
    const detector = new AnomalyDetector({ deviationMin: 1 });
    for (let i = 0; i < 300; i += 1) detector.step(0);
    expect(detector.step(3)).toMatchObject({ unusual: false, score: 3 });
    expect(detector.step(10)).toMatchObject({ unusual: true, score: 10 });
  });

  it("gets used to spikes that come again and again", () => {
    const { detector, next } = trained();
    let late = 0;
    for (let i = 0; i < 600; i += 1) {
      const { unusual } = detector.step(i % 40 === 0 ? 200 : next());
      if (i > 200 && unusual) late += 1;
    }
    expect(late).toBeLessThanOrEqual(1);
  });
});

describe("an injected anomaly is found", () => {
  it.each([1, 2, 3, 4, 5])("spike and drop of eight deviations, seed %i", (seed) => {
    const { detector, next } = trained(seed);
    expect(detector.step(180)).toMatchObject({ unusual: true });
    for (let i = 0; i < 20; i += 1) detector.step(next());
    const drop = detector.step(20);
    expect(drop.unusual).toBe(true);
    expect(drop.score).toBeLessThan(-5);
  });

  it.each([1, 2, 3])("a new level is unusual first and the baseline after, seed %i", (seed) => {
    const { detector, next } = trained(seed);
    const verdicts = Array.from({ length: 120 }, () => detector.step(next() + 100));
    expect(verdicts[0]?.unusual).toBe(true);
    const shifts = verdicts.flatMap(({ shifted }, i) => (shifted ? [i + 1] : []));
    expect(shifts).toEqual([anomalyLimits.levelShiftSize]);
    expect(verdicts.slice(anomalyLimits.levelShiftSize).some(({ unusual }) => unusual)).toBe(false);
    expect(detector.baseline.median).toBeGreaterThan(180);
    // Back at the old level is unusual again.
    expect(detector.step(100).unusual).toBe(true);
  });

  it("within a season whose swing is larger", () => {
    const normal = noise(9);
    const wave = (i: number) => 100 + 50 * Math.sin((2 * Math.PI * i) / 30) + normal();
    const detector = new AnomalyDetector({ deviationMin: 0.01 });
    for (let i = 0; i < 400; i += 1) detector.step(wave(i));
    expect(detector.baseline.season).toBe(30);
    let alarms = 0;
    for (let i = 400; i < 700; i += 1) if (detector.step(wave(i)).unusual) alarms += 1;
    expect(alarms).toBe(0);
    // 100 is in the middle of the swing, but not where the wave stands now.
    const place = 700 + ((7 - (700 % 30) + 30) % 30);
    for (let i = 700; i < place; i += 1) detector.step(wave(i));
    expect(detector.step(100)).toMatchObject({ unusual: true });
  });
});

describe("without enough data", () => {
  it("says nothing, and says how much is missing", () => {
    const detector = new AnomalyDetector({ deviationMin: 1 });
    for (let i = 0; i < anomalyLimits.warmUpSize; i += 1) {
      expect(detector.step(i === 30 ? 1e6 : 0)).toMatchObject({ score: null, unusual: false });
    }
    expect(detector.step(0).score).toBe(0);
    expect(new AnomalyDetector({ deviationMin: 1 }).baseline).toEqual({
      samples: 0,
      samplesNeeded: anomalyLimits.warmUpSize,
      median: null,
      deviation: null,
      threshold: null,
      season: null,
    });
  });

  it("takes a gap as nothing", () => {
    const { detector } = trained();
    const before = detector.baseline;
    expect(detector.step(null)).toMatchObject({ score: null, unusual: false });
    expect(detector.baseline).toEqual(before);
  });
});
