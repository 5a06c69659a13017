/** What every streaming detector must do, and what each is known to find. */
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { WithLikelihood } from "./anomaly-likelihood.ts";
import { streamingDetectors } from "./detectors.ts";

type Name = keyof typeof streamingDetectors;
const names = Object.keys(streamingDetectors) as Name[];
const season = 48;
const choice = { season, intervalMs: 60_000, seed: 7 };
const length = 1_200;
const plantedAt = 900;

/** A standard normal value (Box and Muller 1958). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
}

function stream(of: (i: number, noise: number) => number): number[] {
  const random = new Random(1);
  return Array.from({ length }, (_, i) => of(i, normal(random)));
}

function scoresOf(name: Name, values: readonly number[], likelihood = false): number[] {
  const plain = streamingDetectors[name](choice);
  const detector = likelihood ? new WithLikelihood(plain) : plain;
  return values.map((value, i) => detector.update(i * choice.intervalMs, value));
}

/** The share of ordinary scores below the highest within `span` readings of what was planted. */
function shareBelow(scores: readonly number[], span: number): number {
  const peak = Math.max(...scores.slice(plantedAt, plantedAt + span));
  const ordinary = scores.slice(600, plantedAt);
  return ordinary.filter((score) => score < peak).length / ordinary.length;
}

const daily = (i: number): number => 10 * Math.sin((2 * Math.PI * i) / season);
const isLater = (i: number): boolean => i >= plantedAt;

describe.each(names)("%s", (name) => {
  it("scores between 0 and 1, the same every time", () => {
    const values = stream((i, noise) => 50 + daily(i) + noise);
    const scores = scoresOf(name, values);
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
    expect(scoresOf(name, values)).toEqual(scores);
  });

  it("survives constants, jumps out of constants and huge readings", () => {
    const values = stream((i) => (i < 400 ? 3 : i < 800 ? -1e12 : 1e-9 * (i % 2)));
    expect(scoresOf(name, values).every((score) => score >= 0 && score <= 1)).toBe(true);
    const constant = scoresOf(name, Array<number>(length).fill(0));
    expect(constant.slice(1).every((score) => score < 0.6)).toBe(true);
  });

  it.each([Number.NaN, Infinity, -Infinity])("refuses %s", (value) => {
    expect(() => streamingDetectors[name](choice).update(0, value)).toThrow("finite number");
  });
});

const finders = {
  spike: [
    "combined",
    "robust z",
    "EWMA",
    "seasonal hybrid ESD",
    "spectral residual",
    "random cut forest",
    "kNN conformal",
    "forecast interval",
    "autoencoder",
    "windowed Gaussian",
  ],
  "level shift": ["combined", "EWMA", "CUSUM", "Bayesian change point", "kNN conformal"],
  "change of variance": ["combined", "robust z", "random cut forest", "kNN conformal"],
  "change of period": ["combined", "seasonal hybrid ESD"],
} as const satisfies Record<string, readonly Name[]>;

type Plant = keyof typeof finders;
const plants: Record<Plant, (i: number, noise: number) => number> = {
  spike: (i, noise) => noise + (i === plantedAt ? 15 : 0),
  "level shift": (i, noise) => noise + (isLater(i) ? 4 : 0),
  "change of variance": (i, noise) => noise * (isLater(i) ? 8 : 1),
  "change of period": (i, noise) => daily(isLater(i) ? 1.6 * i : i) + noise,
};
const spans: Record<Plant, number> = {
  spike: 3,
  "level shift": 40,
  "change of variance": 40,
  "change of period": 2 * season,
};

describe.each(Object.keys(finders) as Plant[])("a planted %s", (kind) => {
  it.each(finders[kind])("stands out to %s", (name) => {
    const scores = scoresOf(name, stream(plants[kind]));
    expect(shareBelow(scores, spans[kind])).toBeGreaterThan(0.99);
  });
});

describe("the likelihood", () => {
  it("is quiet about a detector that is always equally surprised", () => {
    const detector = new WithLikelihood({ update: () => 0.8 });
    for (let i = 0; i < 500; i += 1) expect(detector.update(i, 0)).toBeLessThan(1e-6);
  });

  it("rises when the detector is more surprised than usual", () => {
    const scores = scoresOf("forecast interval", stream(plants["change of variance"]), true);
    expect(shareBelow(scores, 40)).toBe(1);
  });
});
