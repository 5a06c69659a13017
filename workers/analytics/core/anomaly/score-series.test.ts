/** Whole series judged: alarms where they belong, reasons that name the feature, the score of NAB. */
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { detectorIds } from "../../contract.ts";
import { detectorCatalogue, detectorList } from "./detector-catalogue.ts";
import { evaluate, type ScoreOrder, scoreSeries } from "./score-series.ts";

const length = 400;
const spikeAt = 350;
const values = (() => {
  const random = new Random(5);
  return Array.from({ length }, (_, i) => (i === spikeAt ? 60 : 10 + random.float()));
})();

function orderWith(changes: Partial<ScoreOrder> = {}): ScoreOrder {
  return {
    detectors: ["combined"],
    features: { value: values },
    timesMs: values.map((_, i) => i * 1_000),
    intervalMs: 1_000,
    season: null,
    threshold: 0.9,
    likelihood: false,
    seed: 1,
    windows: null,
    ...changes,
  };
}

it.each(detectorIds)("%s is silent while it warms up, and says so rightly", (id) => {
  const [result] = scoreSeries(orderWith({ detectors: [id] }));
  expect(result?.scores.slice(0, result.warmUp).every((score) => score === 0)).toBe(true);
  expect(result?.title).toBe(detectorCatalogue[id].title);
});

it("finds the spike by every detector that is listed as finding spikes", () => {
  const finders = detectorList().filter(({ finds }) => finds.includes("spike"));
  expect(finders.length).toBeGreaterThan(5);
  for (const { detector, scores } of scoreSeries(
    orderWith({ detectors: finders.map((d) => d.id) }),
  )) {
    const ordinary = scores.slice(200, spikeAt).map((score) => score ?? 0);
    expect(scores[spikeAt], detector).toBeGreaterThan(ordinary.toSorted((a, b) => a - b)[140]!);
  }
});

it("gives one alarm at the spike, with the feature and why", () => {
  const other = values.map((_, i) => i % 3);
  const [result] = scoreSeries(orderWith({ features: { load: other, queue: values } }));
  expect(result?.alarms).toHaveLength(1);
  expect(result?.alarms[0]).toMatchObject({
    first: spikeAt,
    last: spikeAt,
    firstMs: spikeAt * 1_000,
    severity: "critical",
    reason: { feature: "queue", observed: 60 },
  });
  expect(result?.alarms[0]?.reason.text).toMatch(/^queue: the reading is 60, where it had kept/);
});

it("leaves missing readings out, whatever number would have stood there", () => {
  const gapped = values.map((value, i) => (i % 10 === 3 ? null : value));
  const [result] = scoreSeries(orderWith({ features: { value: gapped } }));
  expect(result?.scores[33]).toBeNull();
  expect(result?.alarms.map(({ first }) => first)).toEqual([spikeAt]);
});

describe("the score of NAB", () => {
  const perfect = values.map((_, i) => (i === spikeAt - 5 ? 1 : 0));
  const windows = [[spikeAt - 5, spikeAt + 5]] as const;

  it("is 100 for a detection at the first reading of a window and nowhere else", () => {
    const found = evaluate(perfect, windows, 0.5);
    expect(found).toMatchObject({ windows: 1, found: 1, falsePositives: 0, probation: 60 });
    for (const { score, bestScore } of found!.profiles) {
      expect(score).toBeCloseTo(100, 6);
      expect(bestScore).toBeCloseTo(100, 6);
    }
  });

  it("is 0 when nothing is detected, and less than that when only ordinary readings are", () => {
    const nothing = evaluate(
      values.map(() => 0),
      windows,
      0.5,
    );
    expect(nothing?.profiles.map(({ score }) => score)).toEqual([0, 0, 0]);
    const wrong = evaluate(
      values.map((_, i) => (i === 200 ? 1 : 0)),
      windows,
      0.5,
    );
    expect(wrong?.profiles[0]?.score).toBeLessThan(0);
    expect(wrong).toMatchObject({ found: 0, falsePositives: 1 });
  });

  it("is not given when the only window lies before what is scored", () => {
    expect(evaluate(perfect, [[3, 9]], 0.5)).toBeNull();
  });
});
