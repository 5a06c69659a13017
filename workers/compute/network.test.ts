import { describe, expect, it } from "vitest";
import { Random } from "../cluster/random.ts";
import { Network } from "./network.ts";
import { Adam, Sgd } from "./optimisers.ts";
import { softmax, softmaxCrossEntropy } from "./softmax.ts";
import { evaluateClassifier, largestAt, trainClassifier } from "./train.ts";

describe("gradients", () => {
  it("agree with centred differences in double precision", () => {
    const random = new Random(5);
    const network = new Network([6, 9, 7, 4], { precision: "float64" });
    network.initialise(random);
    const rows = 5;
    const batch = Float64Array.from({ length: rows * 6 }, () => random.float() * 2 - 1);
    const labels = Array.from({ length: rows }, () => random.below(4));
    const scratch = new Float64Array(rows * 4);
    const lossNow = () => softmaxCrossEntropy(network.forward(batch, rows), labels, scratch, 4);
    lossNow();
    network.backward(scratch);
    const analytic = network.parameters.map(({ gradient }) => Float64Array.from(gradient));
    const step = 1e-6;
    let compared = 0;
    network.parameters.forEach(({ value }, which) => {
      for (let index = 0; index < value.length; index++) {
        const kept = value[index]!;
        value[index] = kept + step;
        const above = lossNow();
        value[index] = kept - step;
        const below = lossNow();
        value[index] = kept;
        const numeric = (above - below) / (2 * step);
        expect(Math.abs(numeric - analytic[which]![index]!)).toBeLessThan(1e-7);
        compared += 1;
      }
    });
    expect(compared).toBe(6 * 9 + 9 + 9 * 7 + 7 + 7 * 4 + 4);
  });
});

describe("softmax cross-entropy", () => {
  it("is ln C when all logits are equal, and its gradient sums to nothing", () => {
    const gradient = new Float64Array(3 * 10);
    expect(softmaxCrossEntropy(new Float64Array(30), [0, 4, 9], gradient, 10)).toBeCloseTo(
      Math.log(10),
      12,
    );
    expect(gradient.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
    expect(gradient[0]).toBeCloseTo((0.1 - 1) / 3, 12);
  });

  it("survives logits whose exponentials would overflow", () => {
    expect(softmax(Float64Array.of(1_000, 0))).toEqual([1, 0]);
    const loss = softmaxCrossEntropy(Float64Array.of(1_000, 0), [1], new Float64Array(2), 2);
    expect(loss).toBe(1_000);
  });
});

describe("optimisers", () => {
  const parameter = () => ({ value: Float64Array.of(1), gradient: Float64Array.of(0.5) });

  it("SGD with momentum follows v = m v + g, p = p - r v", () => {
    const only = parameter();
    const sgd = new Sgd([only], { learningRate: 0.1, momentum: 0.9 });
    sgd.step();
    expect(only.value[0]).toBeCloseTo(1 - 0.1 * 0.5, 12);
    sgd.step();
    expect(only.value[0]).toBeCloseTo(0.95 - 0.1 * (0.9 * 0.5 + 0.5), 12);
  });

  it("Adam's steps are the learning rate while the gradient does not change", () => {
    // Kingma and Ba 2015, section 2.1: |step| = rate when the moments' ratio is 1.
    const only = parameter();
    const adam = new Adam([only], { learningRate: 0.01 });
    for (let step = 1; step <= 5; step++) {
      adam.step();
      expect(only.value[0]).toBeCloseTo(1 - 0.01 * step, 7);
    }
  });
});

describe("training", () => {
  // Four corners of a square, opposite ones alike: no network without a hidden layer can do it.
  const corners = {
    inputs: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1),
    labels: Uint8Array.of(0, 1, 1, 0),
  };

  function train(seed: number, epochs = 300) {
    const random = new Random(seed);
    const network = new Network([2, 8, 2]);
    network.initialise(random);
    const optimiser = new Adam(network.parameters, { learningRate: 0.02 });
    const losses: number[] = [];
    const options = { epochs, batchSize: 3, optimiser, chance: random };
    for (const { loss } of trainClassifier(network, corners, options)) losses.push(loss);
    return { network, losses };
  }

  it("learns exclusive or", () => {
    const { network, losses } = train(3);
    expect(evaluateClassifier(network, corners)).toEqual({
      samples: 4,
      accuracy: 1,
      confusion: [
        [2, 0],
        [0, 2],
      ],
    });
    // Two batches an epoch, the second one smaller.
    expect(losses).toHaveLength(600);
    expect(losses.at(-1)).toBeLessThan(0.1);
  });

  it("gives the same bits for the same seed, and others for another", () => {
    const [first, second, other] = [train(3, 20), train(3, 20), train(4, 20)];
    expect(second.network.save()).toEqual(first.network.save());
    expect(second.losses).toEqual(first.losses);
    expect(other.network.save()).not.toEqual(first.network.save());
  });

  it("survives saving and loading, and refuses what does not fit", () => {
    const { network } = train(3, 20);
    const copy = new Network(network.shape);
    copy.load(network.save());
    const logits = Array.from(network.forward(corners.inputs, 4));
    expect(Array.from(copy.forward(corners.inputs, 4))).toEqual(logits);
    expect(largestAt(logits)).toBe(logits.indexOf(Math.max(...logits)));
    expect(() => copy.load(new Float32Array(3))).toThrow(/42 parameters, the file 3/);
    expect(() => copy.load(new Float32Array(42).fill(NaN))).toThrow(/finite/);
  });
});
