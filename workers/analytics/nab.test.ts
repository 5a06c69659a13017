/**
 * The detector on the Numenta Anomaly Benchmark, when its data lie beside the repository. Reported
 * is how many labelled windows it finds and how often it is wrong outside of them.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { AnomalyDetector } from "./core/anomaly-detector.ts";

const folder = join(import.meta.dirname, "../../../shared/data/nab");
const present = existsSync(join(folder, "windows.json"));
/** The scorer of the benchmark gives a detector this share of a file to learn. */
const probation = 0.15;
/** Most files hold five-minute means of things that people do by day. */
const valuesInADay = 288;

interface Score {
  readonly windows: number;
  readonly found: number;
  readonly falseAlarms: number;
  readonly values: number;
}

function scoreOf(file: string, windows: readonly (readonly [string, string])[]): Score {
  const lines = readFileSync(join(folder, "data", file), "utf8")
    .trim()
    .split("\n")
    .slice(1);
  const rows = lines.map((line) => line.split(","));
  const values = rows.map(([, value]) => Number(value));
  const spread = Math.max(...values) - Math.min(...values);
  const detector = new AnomalyDetector({
    deviationMin: spread * 0.01,
    windowSize: 2 * valuesInADay,
    warmUpSize: valuesInADay,
  });
  const found = new Set<number>();
  let falseAlarms = 0;
  let before = false;
  for (const [index, [time = ""]] of rows.entries()) {
    const { unusual } = detector.step(values[index] as number);
    if (unusual && !before && index >= values.length * probation) {
      const at = Date.parse(`${time}Z`);
      const hit = windows.findIndex(
        ([from, to]) => Date.parse(`${from}Z`) <= at && at <= Date.parse(`${to}Z`),
      );
      if (hit >= 0) found.add(hit);
      else falseAlarms += 1;
    }
    before = unusual;
  }
  return { windows: windows.length, found: found.size, falseAlarms, values: values.length };
}

it.skipIf(!present)("finds labelled anomalies and stays quiet where there are none", () => {
  const labels = JSON.parse(readFileSync(join(folder, "windows.json"), "utf8")) as Record<
    string,
    [string, string][]
  >;
  const scores = new Map<string, Score>();
  for (const group of readdirSync(join(folder, "data"))) {
    const sum = { windows: 0, found: 0, falseAlarms: 0, values: 0 };
    for (const name of readdirSync(join(folder, "data", group))) {
      const score = scoreOf(`${group}/${name}`, labels[`${group}/${name}`] ?? []);
      for (const key of Object.keys(sum) as (keyof Score)[]) sum[key] += score[key];
    }
    scores.set(group, sum);
  }
  process.stdout.write(`NAB, robust z-scores: ${JSON.stringify(Object.fromEntries(scores))}\n`);
  const share = (group: string, of: keyof Score, among: keyof Score) => {
    const score = scores.get(group);
    return score === undefined ? Number.NaN : score[of] / score[among];
  };
  expect(share("artificialNoAnomaly", "falseAlarms", "values")).toBeLessThan(0.001);
  expect(share("realAWSCloudwatch", "found", "windows")).toBeGreaterThan(0.7);
  // Far from the nominal rate: these series are neither stationary nor normal.
  expect(share("realAWSCloudwatch", "falseAlarms", "values")).toBeLessThan(0.006);
});
