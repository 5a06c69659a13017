import { describe, expect, it } from "vitest";
import { seededChance } from "../../../compute/seeded-chance.ts";
import { columnDrift } from "./drift.ts";
import { ModelMonitor, type MonitoredTensor } from "./model-monitor.ts";
import { columnValuesMax, referenceRowsMin } from "./serving-limits.ts";

function normal(chance: { float(): number }, mean: number, deviation: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - chance.float()));
  return mean + deviation * radius * Math.cos(2 * Math.PI * chance.float());
}

const sample = (seed: number, size: number, mean = 0, deviation = 1): number[] => {
  const chance = seededChance(seed);
  return Array.from({ length: size }, () => normal(chance, mean, deviation));
};

describe("a column", () => {
  it("of the same distribution is called shifted at most as often as promised", () => {
    const alarms = Array.from({ length: 300 }, (_, at) =>
      columnDrift("x", sample(2 * at + 1, 500), sample(2 * at + 2, 500), 1),
    ).filter(({ word }) => word !== "stable");
    // 1 % of 300 is 3; beyond 9 would be a chance of one in a thousand.
    expect(alarms.length).toBeLessThan(10);
  });

  it.each([
    ["of another mean", 1, 1],
    ["of another spread", 0, 2.5],
  ])("%s is a major shift", (_, mean, deviation) => {
    const { word, test, psi } = columnDrift(
      "x",
      sample(1, 500),
      sample(2, 500, mean, deviation),
      10,
    );
    expect([word, test]).toEqual(["major shift", "Kolmogorov-Smirnov"]);
    expect(psi).toBeGreaterThan(0.25);
  });

  it("of categories is compared by their counts, with those never seen before", () => {
    const chance = seededChance(4);
    const before = Array.from({ length: 400 }, () => chance.below(3));
    const now = Array.from({ length: 400 }, () => chance.below(4));
    const { word, test, bins } = columnDrift("x", before, now, 1);
    expect([word, test]).toEqual(["major shift", "chi-square"]);
    const others = bins.find(({ label }) => label === "others")!;
    expect(others.reference).toBe(0);
    expect(others.live).toBe(now.filter((value) => value === 3).length / 400);
  });

  it("with values missing that never were is a shift of the bin of missing ones", () => {
    const now = sample(2, 400).map((value, at) => (at % 3 === 0 ? Number.NaN : value));
    const { word, bins } = columnDrift("x", sample(1, 400), now, 1);
    expect(word).toBe("major shift");
    expect(bins.at(-1)).toEqual({ label: "missing", reference: 0, live: 134 / 400 });
  });

  it("says nothing before there is enough", () => {
    expect(columnDrift("x", sample(1, 500), sample(2, 99), 1).word).toBe("not enough data");
    expect(columnDrift("x", sample(1, 500), [], 1)).toMatchObject({ liveMedian: null, psi: null });
  });
});

describe("a monitor", () => {
  const ask = (values: readonly number[], width: number): MonitoredTensor[] => [
    { name: "input", shape: [values.length / width, width], values },
  ];
  const answer = (classes: readonly number[]): MonitoredTensor[] => [
    {
      name: "output",
      shape: [classes.length, 2],
      values: classes.flatMap((each) => (each === 0 ? [0.9, 0.1] : [0.2, 0.8])),
    },
  ];

  it("learns its reference from the first requests, then compares", () => {
    const monitor = new ModelMonitor(null);
    const chance = seededChance(9);
    const send = (rows: number, mean: number) =>
      monitor.observe(
        ask(
          Array.from({ length: rows * 2 }, (_, at) => normal(chance, at % 2 ? 5 : mean, 1)),
          2,
        ),
        answer(Array.from({ length: rows }, () => chance.below(2))),
      );
    expect(send(referenceRowsMin - 1, 0)).toBeNull();
    expect(monitor.drift()).toMatchObject({ referenceRowsMissing: 1, columns: [] });
    expect(Object.keys(send(1, 0)!)).toEqual(["input[0]", "input[1]", "class of output"]);
    send(400, 3);
    const words = monitor.drift().columns.map(({ column, word }) => [column, word]);
    expect(words).toEqual([
      ["input[0]", "major shift"],
      ["input[1]", "stable"],
      ["class of output", "stable"],
    ]);
    monitor.renew();
    send(400, 3);
    expect(monitor.drift().columns.map(({ word }) => word)).toEqual(["stable", "stable", "stable"]);
  });

  it("watches an image by its brightness, and holds no more than it may", () => {
    const monitor = new ModelMonitor(null);
    const image = Array.from({ length: 784 }, (_, at) => at / 784);
    for (let at = 0; at < 5_000; at++) monitor.observe(ask(image, 784), []);
    const reference = monitor.reference!;
    expect(Object.keys(reference)).toEqual(
      ["mean", "standard deviation", "smallest", "largest"].map((each) => `input ${each}`),
    );
    expect(reference["input mean"]![0]).toBeCloseTo(783 / 784 / 2, 10);
    expect(monitor.renew()!["input mean"]).toHaveLength(columnValuesMax);
  });
});
