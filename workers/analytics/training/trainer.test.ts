import { describe, expect, it } from "vitest";
import type { Layer } from "../../compute/nn/module.ts";
import type { Linear } from "../../compute/nn/layers.ts";
import type { Optimiser } from "../../compute/optim/optimiser.ts";
import { SGD } from "../../compute/optim/optimisers.ts";
import { CosineAnnealingLR, LinearLR, OneCycleLR, StepLR } from "../../compute/optim/schedules.ts";
import { seededChance } from "../../compute/seeded-chance.ts";
import { specificationExamples, specificationSchema } from "../contract-training-network.ts";
import { checkedPlan } from "./checked-plan.ts";
import { dataSetOf, type DigitSource } from "./data-sets.ts";
import { readLabDigits } from "./digits.ts";
import { histogramOf, layerFramesOf, parameterHash, surfaceOf } from "./observe.ts";
import { scheduleFactor } from "./schedule.ts";
import { Trainer } from "./trainer.ts";

function trainerOf(specification: unknown, digits: DigitSource | null = null): Trainer {
  const parsed = specificationSchema.parse(specification);
  return new Trainer(parsed, dataSetOf(parsed, digits), checkedPlan(parsed));
}

function learnTimes(trainer: Trainer, steps: number): number {
  let loss = Number.NaN;
  for (let step = 0; step < steps && !trainer.isDone; step++) ({ loss } = trainer.learn());
  return loss;
}

const validationOf = (trainer: Trainer) => trainer.measure(trainer.data.validation, 1_000);
const { spiral, circle } = specificationExamples;

describe("training", () => {
  it("learns the spiral to more than 90 % of points that it has not seen", () => {
    const trainer = trainerOf(spiral);
    learnTimes(trainer, Infinity);
    expect(validationOf(trainer).accuracy).toBeGreaterThan(0.9);
    trainer.dispose();
  });

  it("learns digits, brackets and a wave well beyond chance", async () => {
    const digits = trainerOf(
      { ...specificationExamples["digits, dense"], epochs: 4 },
      await readLabDigits(),
    );
    // Ten classes that nothing is known of: ln 10.
    expect(digits.learn().loss).toBeCloseTo(Math.log(10), 0);
    learnTimes(digits, Infinity);
    expect(validationOf(digits).accuracy).toBeGreaterThan(0.85);
    digits.dispose();
    const brackets = trainerOf(specificationExamples["brackets in balance"]);
    learnTimes(brackets, Infinity);
    expect(validationOf(brackets).accuracy).toBeGreaterThan(0.9);
    brackets.dispose();
    const wave = trainerOf({ ...specificationExamples["regression of a wave"], epochs: 100 });
    const before = validationOf(wave).loss;
    learnTimes(wave, Infinity);
    expect(validationOf(wave).loss).toBeLessThan(before / 5);
    wave.dispose();
  }, 120_000);

  it.each([
    { type: "SGD", lr: 0.05, momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
    { type: "Adam", lr: 0.01 },
    { type: "AdamW", lr: 0.01, weightDecay: 0.1 },
    { type: "RMSprop", lr: 0.005, momentum: 0.5 },
  ])(
    "with $type is the same bit for bit, resumed in the middle of an epoch or not",
    (optimiser) => {
      const specification = {
        ...circle,
        optimiser,
        layers: [
          { type: "Linear", outFeatures: 8 },
          { type: "BatchNorm1d" },
          { type: "Tanh" },
          { type: "Dropout", p: 0.3 },
          { type: "Linear", outFeatures: 1 },
        ],
        batchSize: 20,
        schedule: { type: "CosineAnnealingLR" },
      };
      const straight = trainerOf(specification);
      learnTimes(straight, 57);
      const first = trainerOf(specification);
      learnTimes(first, 23);
      const saved = structuredClone(first.save());
      const second = trainerOf(specification);
      second.load(saved);
      learnTimes(second, 34);
      expect(parameterHash(second.network)).toBe(parameterHash(straight.network));
      const other = trainerOf({ ...specification, seed: 2 });
      learnTimes(other, 57);
      expect(parameterHash(other.network)).not.toBe(parameterHash(straight.network));
      for (const each of [straight, first, second, other]) each.dispose();
    },
  );

  it("that explodes ends, and names the layer", () => {
    const wild = trainerOf({
      ...specificationExamples["regression of a wave"],
      layers: [
        { type: "Linear", outFeatures: 16 },
        { type: "ReLU" },
        { type: "Linear", outFeatures: 1 },
      ],
      optimiser: { type: "SGD", lr: 50 },
    });
    expect(() => learnTimes(wild, 1_000)).toThrow(/layer [13] Linear.*learning rate/);
    wild.dispose();
  });

  it("with a weight that is no number ends at the first layer that shows it", () => {
    const trainer = trainerOf(spiral);
    (trainer.network.layers[2] as Linear).weight.values[0] = Number.NaN;
    expect(() => trainer.learn()).toThrow(/outputs of layer 3 Linear/);
    trainer.dispose();
  });

  it("stops early and puts the best network back", () => {
    const trainer = trainerOf({ ...circle, earlyStopping: { patience: 2 } });
    const hashes: string[] = [];
    const stops = [3, 1, 2, 2, 2].map((loss) => {
      trainer.learn();
      hashes.push(parameterHash(trainer.network));
      return trainer.shouldStop(loss);
    });
    expect(stops).toEqual([false, false, false, false, true]);
    expect(parameterHash(trainer.network)).toBe(hashes[1]);
    trainer.dispose();
  });
});

describe("schedules against those of the engine", () => {
  const epochs = 40;
  const stepsPerEpoch = 5;
  const engine = () => new SGD([], { lr: 1 });
  const rateOf = (optimiser: SGD) => optimiser.paramGroups[0]!.settings.lr;
  it.each([
    [
      { type: "StepLR", stepSize: 7, gamma: 0.5 } as const,
      (o: Optimiser) => new StepLR(o, { stepSize: 7, gamma: 0.5 }),
    ],
    [
      { type: "CosineAnnealingLR" } as const,
      (o: Optimiser) => new CosineAnnealingLR(o, { tMax: epochs }),
    ],
    [
      { type: "LinearLR", startFactor: 0.1, totalIters: 5 } as const,
      (o: Optimiser) => new LinearLR(o, { startFactor: 0.1, totalIters: 5 }),
    ],
  ])("%o", (schedule, make) => {
    const optimiser = engine();
    const reference = make(optimiser);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const factor = scheduleFactor(schedule, {
        step: epoch * stepsPerEpoch,
        stepsPerEpoch,
        epochs,
      });
      expect(factor).toBeCloseTo(rateOf(optimiser), 12);
      reference.step();
    }
  });

  it("one cycle, batch by batch", () => {
    const optimiser = engine();
    const totalSteps = epochs * stepsPerEpoch;
    const reference = new OneCycleLR(optimiser, { maxLr: 1, totalSteps });
    for (let step = 0; step < totalSteps - 1; step++) {
      const place = { step, stepsPerEpoch, epochs };
      expect(scheduleFactor({ type: "OneCycleLR", pctStart: 0.3 }, place)).toBeCloseTo(
        rateOf(optimiser),
        10,
      );
      reference.step();
    }
  });
});

describe("what is shown", () => {
  it("counts every value once, between least and largest", () => {
    const chance = seededChance(3);
    const values = Float32Array.from({ length: 500 }, () => chance.float() * 4 - 1);
    const histogram = histogramOf([values])!;
    expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(500);
    expect(histogram.min).toBeCloseTo(Math.min(...values), 3);
    expect(histogramOf([Float32Array.of(2, 2, 2)])!.counts[0]).toBe(3);
    expect(histogramOf([Float32Array.of(Number.NaN)])).toBeNull();
  });

  it("pictures of neurons and the surface are what the network gives at their points", () => {
    const trainer = trainerOf(spiral);
    learnTimes(trainer, 200);
    const surface = surfaceOf(trainer)!;
    const bytes = Buffer.from(surface.values, "base64");
    expect(bytes).toHaveLength(surface.side ** 2);
    const at = (place: number) => ((place + 0.5) / surface.side) * 12 - 6;
    for (const [row, column] of [
      [0, 0],
      [5, 40],
      [30, 11],
      [47, 47],
    ] as const) {
      const [answer] = trainer.predict([trainer.data.prepare([at(column), -at(row)])]);
      expect(bytes[row * surface.side + column]! / 255).toBeCloseTo(answer![1]!, 2);
    }
    const frames = layerFramesOf(trainer);
    expect(frames.map(({ neurons }) => neurons.length)).toEqual([12, 0, 8, 0, 1]);
    // After its activation, which is a tanh.
    expect(Math.max(...frames[0]!.scale)).toBeLessThanOrEqual(1);
    const { weight } = trainer.network.layers[0] as Linear;
    expect(frames[0]!.matrix![3]![1]).toBeCloseTo(weight.values[7]!, 3);
    const norms = frames.map(({ gradientNorm }) => gradientNorm);
    expect(norms.map((norm) => norm !== null && norm > 0)).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    trainer.dispose();
  });

  it("the hash is that of the values and nothing else", () => {
    const [one, other] = [trainerOf(spiral), trainerOf(spiral)];
    const hashOf = ({ network }: { network: Layer }) => parameterHash(network);
    expect(hashOf(one)).toBe(hashOf(other));
    (one.network.layers[0] as Linear).weight.values[0]! += 1e-3;
    expect(hashOf(one)).not.toBe(hashOf(other));
    one.dispose();
    other.dispose();
  });
});
