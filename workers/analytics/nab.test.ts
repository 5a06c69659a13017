/**
 * The live detector on the Numenta Anomaly Benchmark, when its data lie beside the repository: how
 * many labelled windows it finds, and how often it is wrong outside of them. Its readings are five
 * minutes apart instead of a second, which it must not mind.
 */
import { expect, it } from "vitest";
import { probationOf } from "./core/anomaly/nab-score.ts";
import { LiveDetector } from "./core/anomaly/live-detector.ts";
import { nabIsPresent, type NabSeries, nabSeries } from "./nab-corpus.ts";

/** Most files hold five-minute means of things that people do by day. */
const valuesInADay = 288;

interface Score {
  readonly windows: number;
  readonly found: number;
  readonly falseAlarms: number;
  readonly values: number;
}

function scoreOf({ timesMs, values, windows }: NabSeries): Score {
  const spread = Math.max(...values) - Math.min(...values);
  const detector = new LiveDetector({ deviationMin: spread * 0.01, warmUp: valuesInADay });
  const found = new Set<number>();
  let falseAlarms = 0;
  let before = false;
  for (const [index, value] of values.entries()) {
    const { unusual } = detector.step(timesMs[index]!, value);
    if (unusual && !before && index >= probationOf(values.length)) {
      const hit = windows.findIndex(([from, to]) => from <= index && index <= to);
      if (hit >= 0) found.add(hit);
      else falseAlarms += 1;
    }
    before = unusual;
  }
  return { windows: windows.length, found: found.size, falseAlarms, values: values.length };
}

it.skipIf(!nabIsPresent)("finds labelled anomalies and stays quiet where there are none", () => {
  const scores = new Map<string, Score>();
  for (const series of nabSeries()) {
    const sum = scores.get(series.category);
    const score = scoreOf(series);
    scores.set(series.category, {
      windows: score.windows + (sum?.windows ?? 0),
      found: score.found + (sum?.found ?? 0),
      falseAlarms: score.falseAlarms + (sum?.falseAlarms ?? 0),
      values: score.values + (sum?.values ?? 0),
    });
  }
  process.stdout.write(`NAB, live detector: ${JSON.stringify(Object.fromEntries(scores))}\n`);
  const share = (group: string, of: keyof Score, among: keyof Score) => {
    const score = scores.get(group);
    return score === undefined ? Number.NaN : score[of] / score[among];
  };
  expect(share("artificialNoAnomaly", "falseAlarms", "values")).toBeLessThan(0.001);
  expect(share("realAWSCloudwatch", "found", "windows")).toBeGreaterThan(0.7);
  // Far from the nominal rate: these series are neither stationary nor normal.
  expect(share("realAWSCloudwatch", "falseAlarms", "values")).toBeLessThan(0.006);
});
