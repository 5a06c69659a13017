import { describe, expect, it } from "vitest";
import { seededChance } from "../seeded-chance.ts";
import { Linear } from "../nn/layers.ts";
import { full, tensor, type Tensor } from "../tensor/tensor.ts";
import { clipGradNorm, clipGradValue } from "./clipping.ts";
import { EarlyStopping } from "./early-stopping.ts";
import type { Optimiser } from "./optimiser.ts";
import { Adam, AdamW, RMSprop, SGD } from "./optimisers.ts";
import { CosineAnnealingLR, LinearLR, OneCycleLR, ReduceLROnPlateau, StepLR } from "./schedules.ts";

/** f(p) = sum of c p^2 / 2, whose gradient is c p; the path of p[0] and p[1] over the steps. */
const curvatures = [1, 10];
function path(
  make: (parameters: Tensor[]) => Optimiser,
  dtype: "f32" | "f64",
  steps: number,
): number[][] {
  const p = tensor([1, -2], [2], dtype);
  p.requiresGrad = true;
  const optimiser = make([p]);
  return Array.from({ length: steps }, () => {
    p.grad = tensor(
      curvatures.map((c, index) => c * p.values[index]!),
      [2],
      dtype,
    );
    optimiser.step();
    return [...p.values];
  });
}

/** The pseudo-code of PyTorch's documentation, for one number. */
function documented(
  step: (p: number, g: number, t: number) => number,
  index: number,
  steps: number,
): number[] {
  let p = [1, -2][index]!;
  return Array.from({ length: steps }, (_, at) => (p = step(p, curvatures[index]! * p, at + 1)));
}

const sgd = () => {
  let b = 0;
  return (p: number, slope: number, t: number): number => {
    const g = slope + 0.1 * p;
    b = t > 1 ? 0.9 * b + (1 - 0) * g : g;
    return p - 0.02 * (g + 0.9 * b);
  };
};
const adam = (isDecoupled: boolean) => () => {
  let [m, v] = [0, 0];
  return (before: number, slope: number, t: number): number => {
    const p = isDecoupled ? before - 0.05 * 0.1 * before : before;
    const g = isDecoupled ? slope : slope + 0.1 * before;
    m = 0.9 * m + 0.1 * g;
    v = 0.99 * v + 0.01 * g ** 2;
    return p - (0.05 * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.99 ** t)) + 1e-8);
  };
};
const rmsprop = () => {
  let [v, b] = [0, 0];
  return (p: number, slope: number): number => {
    const g = slope + 0.1 * p;
    v = 0.95 * v + 0.05 * g ** 2;
    b = 0.5 * b + g / (Math.sqrt(v) + 1e-8);
    return p - 0.03 * b;
  };
};

describe("optimisers follow PyTorch's documentation", () => {
  const betas = [0.9, 0.99] as const;
  it.each([
    {
      name: "SGD",
      rule: sgd,
      make: (p: Tensor[]) =>
        new SGD(p, { lr: 0.02, momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
    },
    {
      name: "Adam",
      rule: adam(false),
      make: (p: Tensor[]) => new Adam(p, { lr: 0.05, betas, weightDecay: 0.1 }),
    },
    {
      name: "AdamW",
      rule: adam(true),
      make: (p: Tensor[]) => new AdamW(p, { lr: 0.05, betas, weightDecay: 0.1 }),
    },
    {
      name: "RMSprop",
      rule: rmsprop,
      make: (p: Tensor[]) =>
        new RMSprop(p, { lr: 0.03, alpha: 0.95, momentum: 0.5, weightDecay: 0.1 }),
    },
  ])("$name", ({ rule, make }) => {
    for (const dtype of ["f64", "f32"] as const) {
      const own = path(make, dtype, 40);
      for (const index of [0, 1]) {
        const expected = documented(rule(), index, 40);
        const error = Math.max(...own.map((p, at) => Math.abs(p[index]! - expected[at]!)));
        expect(error).toBeLessThan(dtype === "f64" ? 1e-12 : 2e-6);
      }
    }
  });

  it("groups have settings of their own", () => {
    const [a, b] = [full([1], 1), full([1], 1)];
    for (const each of [a, b]) each.grad = full([1], 1);
    const optimiser = new SGD(
      [
        { params: [a], settings: {} },
        { params: [b], settings: { lr: 0.5 } },
      ],
      { lr: 0.25 },
    );
    optimiser.step();
    expect([a.item(), b.item()]).toEqual([0.75, 0.5]);
    expect(() => new SGD([a], { lr: Number.NaN })).toThrow("A learning rate of NaN");
  });

  it("averages that decay end as 0, not as subnormal numbers", () => {
    const p = full([1], 1);
    const optimiser = new Adam([p]);
    p.grad = full([1], 1e-6);
    optimiser.step();
    p.grad.values.fill(0);
    for (let step = 0; step < 5_000; step++) optimiser.step();
    expect(optimiser.stateDict().parameters[0]!["exp_avg"]).toEqual([0]);
  });
});

describe("schedules", () => {
  const rates = (
    lr: number,
    steps: number,
    make: (optimiser: SGD) => { step(): void },
  ): number[] => {
    const optimiser = new SGD([], { lr });
    const schedule = make(optimiser);
    return Array.from({ length: steps }, () => {
      const { lr: now } = optimiser.paramGroups[0]!.settings;
      schedule.step();
      return now;
    });
  };
  const rounded = (list: readonly number[]): number[] =>
    list.map((rate) => Math.round(rate * 1e12) / 1e12);

  it("have the rates of PyTorch's documentation", () => {
    const stairs = rates(0.05, 7, (each) => new StepLR(each, { stepSize: 3 }));
    expect(rounded(stairs)).toEqual([0.05, 0.05, 0.05, 0.005, 0.005, 0.005, 0.0005]);
    const warming = rates(
      0.05,
      5,
      (each) => new LinearLR(each, { startFactor: 0.5, totalIters: 4 }),
    );
    expect(rounded(warming)).toEqual([0.025, 0.031_25, 0.0375, 0.043_75, 0.05]);
    const cosine = rates(1, 5, (each) => new CosineAnnealingLR(each, { tMax: 4, etaMin: 0.2 }));
    const half = 0.4 * Math.SQRT1_2;
    expect(rounded(cosine)).toEqual(rounded([1, 0.6 + half, 0.6, 0.6 - half, 0.2]));
  });

  it("one cycle begins at a 25th, peaks after 30 %, and ends at a 10,000th of its beginning", () => {
    const own = rates(1, 99, (each) => new OneCycleLR(each, { maxLr: 0.5, totalSteps: 100 }));
    expect(own[0]).toBeCloseTo(0.02, 12);
    expect(own[29]).toBeCloseTo(0.5, 12);
    expect(Math.max(...own)).toBe(own[29]);
    const optimiser = new SGD([], { lr: 1 });
    const schedule = new OneCycleLR(optimiser, { maxLr: 0.5, totalSteps: 100 });
    for (let step = 1; step < 100; step++) schedule.step();
    expect(optimiser.paramGroups[0]!.settings.lr).toBeCloseTo(0.02 / 1e4, 12);
    expect(() => schedule.step()).toThrow("Step 100 of a cycle of 100");
  });

  it("a plateau lowers the rate after its patience", () => {
    const optimiser = new SGD([], { lr: 1 });
    const schedule = new ReduceLROnPlateau(optimiser, { patience: 1, factor: 0.5, minLr: 0.3 });
    const seen = [3, 2, 2, 2, 1, 1, 1, 1, 1].map((loss) => {
      schedule.step(loss);
      return optimiser.paramGroups[0]!.settings.lr;
    });
    expect(seen).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.3, 0.3, 0.3]);
  });
});

it("gradients are clipped together or one by one", () => {
  const [a, b] = [full([2], 0, "f64"), full([1], 0, "f64")];
  a.grad = tensor([3, 0], [2], "f64");
  b.grad = tensor([4], [1], "f64");
  expect(clipGradNorm([a, b], 1)).toBe(5);
  expect([a.grad.values[0], b.grad.values[0]].map((each) => Math.round(each! * 1e4) / 1e4)).toEqual(
    [0.6, 0.8],
  );
  expect(clipGradNorm([a, b], 2)).toBeCloseTo(1, 5);
  expect(b.grad.values[0]).toBeCloseTo(0.8, 5);
  clipGradValue([a, b], 0.5);
  expect([...a.grad.values, ...b.grad.values]).toEqual([0.5, 0, 0.5]);
});

it("early stopping waits for its patience and brings back the best", () => {
  const model = new Linear(1, 1, { chance: seededChance(1) });
  const stopping = new EarlyStopping({ patience: 1, minDelta: 0.1 });
  const stopped = [3, 2, 1.95, 1, 1.2, 1.1].map((loss, epoch) => {
    model.weight.values.fill(epoch);
    return stopping.step(loss, model);
  });
  expect(stopped).toEqual([false, false, false, false, false, true]);
  stopping.restore(model);
  expect([model.weight.item(), stopping.best]).toEqual([3, 1]);
});
