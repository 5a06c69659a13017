/** The estimator of settings, ensembles and calibration, against what theory says of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededChance } from "../../../compute/seeded-chance.ts";
import type { Parameter, Parameters } from "../learners/learner.ts";
import { calibrationOf } from "./diagnostics.ts";
import { combine, selectEnsemble } from "./ensembles.ts";
import { lossOf } from "./metrics.ts";
import { modelCard } from "./model-card.ts";
import { ParzenDensity, suggest, type Trial } from "./parzen-estimator.ts";
import type { AutomlReport } from "./report.ts";
import { fitStack, stackPredictions } from "./stacking.ts";

const space: Record<string, Parameter> = {
  rate: { kind: "real", min: 1e-4, max: 1, log: true, default: 0.1 },
  depth: { kind: "integer", min: 1, max: 12, default: 6 },
  mode: { kind: "choice", of: ["a", "b", "c", "d"], default: "a" },
};

/** Least at rate 0.01, depth 9, mode c. */
function lossAt({ rate, depth, mode }: Parameters): number {
  return (
    Math.log10(Number(rate) / 0.01) ** 2 + ((Number(depth) - 9) / 4) ** 2 + (mode === "c" ? 0 : 1)
  );
}

function bestOf(seed: number, trials: number, learns: boolean): number {
  const chance = seededChance(seed);
  const tried: Trial[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const parameters = suggest(space, learns ? tried : [], chance);
    tried.push({ parameters, loss: lossAt(parameters) });
  }
  return Math.min(...tried.map(({ loss }) => loss));
}

describe("the Parzen estimator", () => {
  it("stays within the space", () => {
    const history = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.integer(), history, (seed, losses) => {
        const chance = seededChance(seed);
        const trials = losses.map((loss) => ({ parameters: suggest(space, [], chance), loss }));
        const { rate, depth, mode } = suggest(space, trials, chance);
        expect(rate).toBeGreaterThanOrEqual(1e-4);
        expect(rate).toBeLessThanOrEqual(1);
        expect(Number.isInteger(depth) && Number(depth) >= 1 && Number(depth) <= 12).toBe(true);
        expect(["a", "b", "c", "d"]).toContain(mode);
      }),
    );
  });

  it("finds better settings than chance does in as many trials", () => {
    const seeds = Array.from({ length: 25 }, (_, seed) => seed);
    const wins = seeds.filter((seed) => bestOf(seed, 60, true) < bestOf(seed + 100, 60, false));
    // By chance alone 12.5; 19 or more have a probability below 0.01.
    expect(wins.length).toBeGreaterThanOrEqual(19);
  });

  it("describes points by a density that sums to 1 within its bounds", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -2, max: 3, noNaN: true })), (points) => {
        const density = new ParzenDensity(points, -2, 3);
        const steps = 4_000;
        let sum = 0;
        for (let step = 0; step < steps; step += 1)
          sum += density.at(-2 + (5 * (step + 0.5)) / steps);
        expect((sum * 5) / steps).toBeCloseTo(1, 3);
      }),
      { numRuns: 30 },
    );
  });
});

describe("ensembles", () => {
  const truth = Float64Array.from({ length: 400 }, (_, row) => Math.sin(row));
  const target = { kind: "regression", values: truth } as const;
  const noisy = (seed: number, size: number) => {
    const chance = seededChance(seed);
    return truth.map((value) => value + size * (chance.float() - 0.5));
  };

  it("are never worse on their own rows than the best member, and weights sum to 1", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), (seed, count) => {
        const members = Array.from({ length: count }, (_, at) => noisy(seed + at, 0.5 + at));
        const weights = selectEnsemble("rmse", target, members);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
        const together = combine({ kind: "weighted", weights }, members, 1);
        const best = Math.min(...members.map((each) => lossOf("rmse", target, each)));
        expect(lossOf("rmse", target, together)).toBeLessThanOrEqual(best + 1e-12);
      }),
      { numRuns: 40 },
    );
  });

  it("stacked, undo what their members do wrong", () => {
    const bent = truth.map((value) => 3 * value + 7);
    const stack = fitStack(target, [bent, noisy(3, 4)]);
    const undone = stackPredictions(stack, [bent, noisy(3, 4)], 1);
    expect(lossOf("rmse", target, undone)).toBeLessThan(0.02);
  });

  it("stacked, make overconfident probabilities honest", () => {
    const chance = seededChance(8);
    const honest = Float64Array.from({ length: 3_000 }, () => 0.05 + 0.9 * chance.float());
    const labels = Int32Array.from(honest, (probability) => (chance.float() < probability ? 1 : 0));
    const pairs = (second: (probability: number) => number) =>
      Float64Array.from({ length: honest.length * 2 }, (_, at) => {
        const own = second(honest[at >> 1]!);
        return at % 2 === 1 ? own : 1 - own;
      });
    // Log odds three times too large: the logistic stack has to find a third.
    const overconfident = pairs((p) => 1 / (1 + ((1 - p) / p) ** 3));
    const classes = { kind: "classification", labels, classes: 2 } as const;
    const stack = fitStack(classes, [overconfident]);
    expect(stack.weights[0]).toBeGreaterThan(0.28);
    expect(stack.weights[0]).toBeLessThan(0.4);
    const mended = stackPredictions(stack, [overconfident], 2);
    const names = ["no", "yes"];
    expect(calibrationOf(labels, mended, names).expectedError).toBeLessThan(0.04);
    expect(calibrationOf(labels, overconfident, names).expectedError).toBeGreaterThan(0.1);
  });
});

it("the expected calibration error is Guo's equation 5", () => {
  // Two rows say 0.9 and one is so; two say 0.2 and none is: (2 |0.9 - 0.5| + 2 |0.2 - 0|) / 4.
  const probabilities = Float64Array.of(0.1, 0.9, 0.1, 0.9, 0.8, 0.2, 0.8, 0.2);
  const { bins, expectedError } = calibrationOf(Int32Array.of(1, 0, 0, 0), probabilities, [
    "n",
    "y",
  ]);
  expect(bins.map(({ count, observed }) => [count, observed])).toEqual([
    [2, 0],
    [2, 0.5],
  ]);
  expect(expectedError).toBeCloseTo(0.3, 12);
});

it("a model card lets nothing from the table pass for markup", () => {
  const hostile = "<img src=x onerror=alert(1)> `|[a](javascript:b)\n# c";
  const report: AutomlReport = {
    target: hostile,
    task: "regression",
    metric: "rmse",
    classes: [],
    rows: { inTable: 20, withoutTarget: 0, used: 20 },
    columns: [{ name: hostile, kind: "number" }],
    leftOut: [hostile],
    split: { kind: "k-fold", folds: 2, by: hostile },
    seed: 1,
    budgetSeconds: 1,
    elapsedSeconds: 1,
    trials: { tried: 1, full: 1, failed: [{ learner: "x", failure: hostile }] },
    leaderboard: [
      {
        id: "trial-0",
        kind: "single",
        title: "Ridge",
        learner: "ridge",
        parameters: {},
        members: [],
        scores: [1, 2],
        mean: 1.5,
        standardError: 0.5,
        low: 0,
        high: 3,
        fitMs: 1,
      },
    ],
    best: "trial-0",
    leaks: [{ kind: "time", column: hostile, severity: "high", message: hostile }],
    warnings: [hostile],
    importance: [{ column: hostile, mean: 1, deviation: 0 }],
    dependence: [],
    diagnostics: {
      task: "regression",
      residuals: { histogram: [], mean: 0, deviation: 1, points: [] },
    },
  };
  const facts = { dataset: { name: hostile, source: hostile }, version: "1", made: "2024-01-01" };
  const lines = modelCard(report, facts).split("\n");
  expect(lines.filter((line) => line.startsWith("# "))).toHaveLength(1);
  // Outside of spans of code nothing opens a tag, a link or a span.
  const bare = lines.join("\n").replaceAll(/`[^`\n]*`/g, "");
  expect(bare).not.toMatch(/(?<!\\)[<`[]/);
});
