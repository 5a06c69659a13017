/** Splits, metrics and intervals against scikit-learn's and published tables. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededChance } from "../../../compute/seeded-chance.ts";
import { scoreInterval, studentQuantile } from "./intervals.ts";
import { confusionMatrix, type MetricId, metrics } from "./metrics.ts";
import { type Fold, groupKFold, kFold, stratifiedKFold, timeOrderedSplit } from "./splitters.ts";

const golden = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, "testdata", name), "utf8"));
const testsOf = (folds: readonly Fold[]) => folds.map(({ test }) => [...test]);

interface Splits {
  kFold: { rows: number; folds: number; tests: number[][] }[];
  stratified: { labels: number[]; folds: number; tests: number[][] }[];
  grouped: { groups: number[]; folds: number; tests: number[][] }[];
  timeOrdered: { rows: number; folds: number; trains: number[][]; tests: number[][] }[];
}
const splits = golden("sklearn-splits.json") as Splits;

describe("splits are scikit-learn's", () => {
  it("KFold", () => {
    for (const { rows, folds, tests } of splits.kFold) {
      expect(testsOf(kFold(rows, folds, null))).toEqual(tests);
    }
  });

  it("StratifiedKFold", () => {
    for (const { labels, folds, tests } of splits.stratified) {
      expect(testsOf(stratifiedKFold(Int32Array.from(labels), folds, null))).toEqual(tests);
    }
  });

  it("GroupKFold", () => {
    for (const { groups, folds, tests } of splits.grouped) {
      expect(testsOf(groupKFold(Int32Array.from(groups), folds))).toEqual(tests);
    }
  });

  it("TimeSeriesSplit", () => {
    for (const { rows, folds, trains, tests } of splits.timeOrdered) {
      const times = Float64Array.from({ length: rows }, (_, row) => row * 10);
      const made = timeOrderedSplit(times, folds);
      expect(testsOf(made)).toEqual(tests);
      expect(made.map(({ train }) => [...train])).toEqual(trains);
    }
  });
});

describe("splits, by property", () => {
  const seeds = fc.integer();
  const foldCounts = fc.integer({ min: 2, max: 6 });

  it("of k folds test every row once and learn from all others", () => {
    fc.assert(
      fc.property(fc.integer({ min: 6, max: 80 }), foldCounts, seeds, (rows, folds, seed) => {
        const made = kFold(rows, folds, seededChance(seed));
        const tested = made.flatMap(({ test }) => [...test]).toSorted((a, b) => a - b);
        expect(tested).toEqual(Array.from({ length: rows }, (_, row) => row));
        const sizes = made.map(({ test }) => test.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        for (const { train, test } of made) {
          expect(train.length + test.length).toBe(rows);
          expect(train.filter((row) => test.includes(row))).toHaveLength(0);
        }
      }),
    );
  });

  it("stratified give every fold its share of each class, to one row", () => {
    const labelLists = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 90 });
    fc.assert(
      fc.property(labelLists, foldCounts, seeds, (list, folds, seed) => {
        const labels = Int32Array.from(list);
        const made = stratifiedKFold(labels, folds, seededChance(seed));
        for (const label of new Set(labels)) {
          const counts = made.map(({ test }) => test.filter((row) => labels[row] === label).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("grouped never part a group", () => {
    const groupLists = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 20 });
    fc.assert(
      fc.property(groupLists, foldCounts, (list, folds) => {
        fc.pre(new Set(list).size >= folds);
        for (const { train, test } of groupKFold(Int32Array.from(list), folds)) {
          const learned = new Set([...train].map((row) => list[row]));
          expect([...test].filter((row) => learned.has(list[row]))).toEqual([]);
          expect(test.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it("ordered by time never learn from what comes later", () => {
    const timeLists = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 8 });
    fc.assert(
      fc.property(timeLists, foldCounts, (list, folds) => {
        for (const { train, test } of timeOrderedSplit(Float64Array.from(list), folds)) {
          const newest = Math.max(...[...train].map((row) => list[row]!));
          const oldest = Math.min(...[...test].map((row) => list[row]!));
          expect(newest).toBeLessThanOrEqual(oldest);
        }
      }),
    );
  });
});

interface Scored {
  classes: number;
  labels?: number[];
  values?: number[];
  predictions: number[];
  expected: Partial<Record<MetricId, number>>;
  confusion?: number[][];
}

it("metrics are scikit-learn's", () => {
  for (const each of golden("sklearn-metrics.json") as Scored[]) {
    const target =
      each.labels === undefined
        ? ({ kind: "regression", values: Float64Array.from(each.values!) } as const)
        : ({
            kind: "classification",
            labels: Int32Array.from(each.labels),
            classes: each.classes,
          } as const);
    const predictions = Float64Array.from(each.predictions);
    for (const [id, expected] of Object.entries(each.expected)) {
      expect(metrics[id as MetricId].score(target, predictions)).toBeCloseTo(expected, 10);
    }
    if (target.kind === "classification") {
      expect(confusionMatrix(target, predictions)).toEqual(each.confusion);
    }
  }
});

describe("intervals", () => {
  it("take Student's quantiles from the published table", () => {
    // Two-sided 95 % and 99 %, Fisher and Yates's table III.
    const table: [number, number, number][] = [
      [0.975, 1, 12.706],
      [0.975, 4, 2.776],
      [0.975, 9, 2.262],
      [0.975, 30, 2.042],
      [0.995, 5, 4.032],
      [0.995, 120, 2.617],
    ];
    for (const [p, freedom, t] of table) expect(studentQuantile(p, freedom)).toBeCloseTo(t, 3);
  });

  it("widen the usual t interval by the rows that folds share (Nadeau and Bengio)", () => {
    const scores = [0.9, 0.94, 0.92, 0.96, 0.88];
    const plain = scoreInterval(scores, 0);
    const corrected = scoreInterval(scores, 1 / 4);
    expect(plain.mean).toBeCloseTo(0.92, 12);
    // The deviation over the folds is the root of 0.001.
    expect(plain.standardError).toBeCloseTo(Math.sqrt(0.001 / 5), 12);
    expect(plain.high! - plain.mean).toBeCloseTo(2.776_445 * Math.sqrt(0.001 / 5), 6);
    const widening = (corrected.high! - corrected.mean) / (plain.high! - plain.mean);
    expect(widening).toBeCloseTo(Math.sqrt((1 / 5 + 1 / 4) / (1 / 5)), 10);
    expect(scoreInterval([0.5], 0.25)).toMatchObject({ low: null, high: null });
  });
});
