/** Plans against the modules themselves: what is promised is what they give. */
import { describe, expect, it } from "vitest";
import { noGrad } from "../../compute/autograd/tape.ts";
import { seededChance } from "../../compute/seeded-chance.ts";
import { scope, zeros } from "../../compute/tensor/tensor.ts";
import {
  type LayerSpecification,
  specificationExamples,
  specificationSchema,
} from "../contract-training-network.ts";
import { planWithProblem } from "./checked-plan.ts";
import { networkOf } from "./network.ts";

const spiral = specificationExamples.spiral;

function planOfLayers(layers: unknown[], changes: object = {}) {
  return planWithProblem(specificationSchema.parse({ ...spiral, layers, ...changes }));
}

/** What was planned beside what the modules give. */
function plannedAndGiven(specification: unknown) {
  const parsed = specificationSchema.parse(specification);
  const plan = planWithProblem(parsed);
  const chance = seededChance(1);
  const inputs = plan.layers.map(({ input }) => input);
  const network = networkOf(parsed.layers, inputs, { chance }, chance).eval();
  const given: { output: number[]; parameters: number }[] = [];
  scope(() => {
    noGrad(() => {
      let value = zeros([2, ...inputs[0]!]);
      for (const layer of network.layers) {
        value = layer.forward(value);
        given.push({ output: value.shape.slice(1), parameters: layer.parameterCount });
      }
    });
  });
  const { parameterCount } = network;
  network.dispose();
  const planned = plan.layers.map(({ output, parameters }) => ({ output, parameters }));
  return {
    planned: { layers: planned, parameters: plan.parameters, problem: plan.problem },
    given: { layers: given, parameters: parameterCount, problem: null },
  };
}

describe("a plan", () => {
  it.each(Object.entries(specificationExamples))("of %s is what its modules give", (_, each) => {
    const { planned, given } = plannedAndGiven(each);
    expect(planned).toEqual(given);
  });

  it("of strides, padding, residuals, normalisation and recurrence is what the modules give", () => {
    const digits = specificationExamples["digits, convolutions"];
    const deep = plannedAndGiven({
      ...digits,
      layers: [
        { type: "Conv2d", outChannels: 6, kernelSize: 5, stride: 2, padding: 1 },
        { type: "BatchNorm2d" },
        { type: "GELU" },
        {
          type: "Residual",
          layers: [
            { type: "Conv2d", outChannels: 6, kernelSize: 3, padding: 1 },
            { type: "ReLU" },
            { type: "Conv2d", outChannels: 6, kernelSize: 3, padding: 1 },
          ],
        },
        { type: "AvgPool2d", kernelSize: 3, stride: 2 },
        { type: "Flatten" },
        { type: "LayerNorm" },
        { type: "Linear", outFeatures: 20 },
        { type: "BatchNorm1d" },
        { type: "SiLU" },
        { type: "Dropout", p: 0.2 },
        { type: "Linear", outFeatures: 10 },
      ],
    });
    expect(deep.planned).toEqual(deep.given);
    const { layers, ...brackets } = specificationExamples["brackets in balance"];
    const recurrent = plannedAndGiven({
      ...brackets,
      layers: [layers[0], { type: "GRU", hiddenSize: 7 }, { type: "Linear", outFeatures: 2 }],
    });
    expect(recurrent.planned).toEqual(recurrent.given);
  });

  it("counts two FLOPs for each weight of a dense layer and each place of a convolution", () => {
    const dense = planOfLayers([{ type: "Linear", outFeatures: 1 }]);
    // 2 products, 2 additions with the bias: y = w1 x1 + w2 x2 + b.
    expect([dense.parameters, dense.flops]).toEqual([3, 5]);
    const [convolution] = planWithProblem(
      specificationSchema.parse(specificationExamples["digits, convolutions"]),
    ).layers;
    expect(convolution).toMatchObject({ parameters: 80, flops: (2 * 72 + 8) * 28 * 28 });
  });
});

describe("a layer that does not fit is named, with the two shapes", () => {
  const cases: [string, unknown[], number | null, string, string][] = [
    [
      "explicit inputs that differ",
      [
        { type: "Linear", outFeatures: 4 },
        { type: "Linear", inFeatures: 5, outFeatures: 1 },
      ],
      1,
      "[5]",
      "[4]",
    ],
    [
      "a convolution over points",
      [{ type: "Conv2d", outChannels: 4, kernelSize: 3 }],
      0,
      "[channels, height, width]",
      "[2]",
    ],
    [
      "a residual that changes the size",
      [{ type: "Residual", layers: [{ type: "Linear", outFeatures: 3 }] }],
      0,
      "[2]",
      "[3]",
    ],
    ["an end that does not fit the loss", [{ type: "Linear", outFeatures: 3 }], null, "[1]", "[3]"],
    ["flattening what is flat", [{ type: "Flatten" }], 0, "at least two axes", "[2]"],
  ];
  it.each(cases)("%s", (_, layers, layer, expected, found) => {
    const { problem } = planOfLayers(layers);
    expect(problem).toMatchObject({ layer, expected, found });
    expect(problem!.message).toContain(expected);
    expect(problem!.message).toContain(found);
    if (layer !== null) {
      const { type } = layers[layer] as LayerSpecification;
      expect(problem!.message).toContain(`Layer ${layer + 1} ${type}`);
    }
  });

  it("a kernel larger than its picture, a dense layer over pictures, symbols without vectors", () => {
    const digits = specificationExamples["digits, dense"];
    const of = (layers: unknown[]) =>
      planWithProblem(specificationSchema.parse({ ...digits, layers })).problem;
    expect(of([{ type: "Linear", outFeatures: 10 }])).toMatchObject({ found: "[1, 28, 28]" });
    const pools = Array.from({ length: 4 }, () => ({ type: "MaxPool2d", kernelSize: 3 }));
    expect(of(pools)).toMatchObject({ layer: 3, found: "[1, 1, 1]" });
    const brackets = specificationExamples["brackets in balance"];
    const plain = specificationSchema.parse({
      ...brackets,
      layers: [{ type: "Linear", outFeatures: 2 }],
    });
    expect(planWithProblem(plain).problem?.message).toContain("begin with an Embedding");
  });

  it("losses that are for other data, networks that are too large or cannot learn", () => {
    const one = [{ type: "Linear", outFeatures: 1 }];
    expect(planOfLayers(one, { loss: "MSELoss" }).problem?.message).toContain("CrossEntropyLoss");
    expect(planOfLayers([{ type: "ReLU" }]).problem).not.toBeNull();
    const wide = [
      { type: "Linear", outFeatures: 2_000 },
      { type: "Linear", outFeatures: 2_000 },
      { type: "Linear", outFeatures: 1 },
    ];
    expect(planOfLayers(wide).problem?.message).toMatch(/parameters.*layer 2 Linear/);
  });
});
