/** What a training run is made of: data, layers, loss, optimiser; by PyTorch's names. */
import { z } from "zod";

export const layersMax = 24;
export const unitsMax = 2_048;
export const trainingSamplesMax = 2_000;
export const digitSamplesMax = 6_000;
export const drawnPointsMax = 2_000;
export const tableCharactersMax = 400_000;
export const epochsMax = 10_000;

const units = z.int().min(1).max(unitsMax);
/** What a layer expects; left out (null), it takes what comes. */
const expected = units.nullable().default(null);
const kernel = z.int().min(1).max(28);

const plainLayers = [
  z.strictObject({
    type: z.literal("Linear"),
    inFeatures: expected.describe("Checked against what comes; null: whatever comes"),
    outFeatures: units,
  }),
  z.strictObject({
    type: z.literal("Conv2d"),
    inChannels: expected,
    outChannels: z.int().min(1).max(128),
    kernelSize: kernel,
    stride: z.int().min(1).max(8).default(1),
    padding: z.int().min(0).max(14).default(0),
  }),
  z.strictObject({
    type: z.enum(["MaxPool2d", "AvgPool2d"]),
    kernelSize: kernel,
    stride: z.int().min(1).max(28).nullable().default(null).describe("null: the kernel's size"),
  }),
  z.strictObject({ type: z.enum(["BatchNorm1d", "BatchNorm2d", "LayerNorm", "Flatten"]) }),
  z.strictObject({ type: z.literal("Dropout"), p: z.number().min(0).max(0.95) }),
  z.strictObject({
    type: z.enum(["ReLU", "Tanh", "Sigmoid", "LeakyReLU", "ELU", "GELU", "SiLU"]),
  }),
  z.strictObject({ type: z.literal("Embedding"), embeddingDim: z.int().min(1).max(64) }),
  z.strictObject({
    type: z.enum(["LSTM", "GRU"]),
    hiddenSize: z.int().min(1).max(128),
  }),
] as const;
const plainLayerSchema = z.discriminatedUnion("type", plainLayers);
export type PlainLayer = z.infer<typeof plainLayerSchema>;

const layerSchema = z.discriminatedUnion("type", [
  ...plainLayers,
  z.strictObject({
    type: z.literal("Residual"),
    layers: z.array(plainLayerSchema).min(1).max(8).describe("Their output is added to the input"),
  }),
]);
export type LayerSpecification = z.infer<typeof layerSchema>;

export const planeFeatures = ["x", "y", "x^2", "y^2", "xy", "sin x", "sin y"] as const;
const features = z
  .array(z.enum(planeFeatures))
  .min(1)
  .max(planeFeatures.length)
  .default(["x", "y"])
  .describe("What the network sees of a point");
const validationShare = z
  .number()
  .min(0.05)
  .max(0.9)
  .default(0.3)
  .describe("Held back to validate with");

const dataSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.enum(["circle", "xor", "gaussians", "spiral", "moons", "plane", "sine"]),
    samples: z.int().min(20).max(trainingSamplesMax).default(400),
    noise: z.number().min(0).max(0.5).default(0.1),
    features,
    validationShare,
  }),
  z.strictObject({
    kind: z.literal("points"),
    points: z
      .array(
        z.strictObject({
          x: z.number().min(-6).max(6),
          y: z.number().min(-6).max(6),
          label: z.int().min(0).max(3),
        }),
      )
      .min(4, "Draw at least four points")
      .max(drawnPointsMax),
    features,
    validationShare,
  }),
  z.strictObject({
    kind: z.literal("table"),
    csv: z.string().max(tableCharactersMax).describe("With a header; numbers but for the target"),
    target: z.string().max(200).describe("The column to predict; numbers: regression"),
    validationShare,
  }),
  z.strictObject({
    kind: z.literal("digits"),
    samples: z.int().min(100).max(digitSamplesMax).default(3_000),
    validationShare: validationShare.default(0.2),
  }),
  z.strictObject({
    kind: z.literal("brackets"),
    samples: z.int().min(20).max(trainingSamplesMax).default(1_000),
    length: z.int().min(4).max(32).default(10).describe("Brackets in a sequence"),
    validationShare,
  }),
]);
export type DataSpecification = z.infer<typeof dataSchema>;

const rate = z.number().min(0).max(100);
const optimiserSchema = z.strictObject({
  type: z.enum(["SGD", "Adam", "AdamW", "RMSprop"]),
  lr: rate.describe("Learning rate"),
  momentum: z.number().min(0).max(0.999).default(0).describe("Of SGD and RMSprop"),
  nesterov: z.boolean().default(false).describe("Of SGD with momentum"),
  weightDecay: z.number().min(0).max(10).default(0),
});

const scheduleSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("constant") }),
  z.strictObject({
    type: z.literal("StepLR"),
    stepSize: z.int().min(1).max(epochsMax).describe("In epochs"),
    gamma: z.number().min(0.001).max(1).default(0.1),
  }),
  z.strictObject({ type: z.literal("CosineAnnealingLR") }),
  z.strictObject({
    type: z.literal("LinearLR"),
    startFactor: z.number().min(0.001).max(1).default(0.1),
    totalIters: z.int().min(1).max(epochsMax).default(5).describe("Epochs of warm-up"),
  }),
  z.strictObject({
    type: z.literal("OneCycleLR"),
    pctStart: z.number().min(0.05).max(0.95).default(0.3),
  }),
]);
export type ScheduleSpecification = z.infer<typeof scheduleSchema>;

export const losses = [
  "CrossEntropyLoss",
  "BCEWithLogitsLoss",
  "MSELoss",
  "L1Loss",
  "HuberLoss",
] as const;

export const specificationSchema = z.strictObject({
  data: dataSchema,
  layers: z.array(layerSchema).min(1).max(layersMax),
  loss: z.enum(losses),
  optimiser: optimiserSchema,
  schedule: scheduleSchema.default({ type: "constant" }),
  clipNorm: z.number().min(0.001).max(1_000).nullable().default(null),
  batchSize: z.int().min(1).max(512).default(32),
  epochs: z.int().min(1).max(epochsMax).default(200),
  earlyStopping: z
    .strictObject({ patience: z.int().min(1).max(1_000).describe("In epochs") })
    .nullable()
    .default(null),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
});
export type Specification = z.infer<typeof specificationSchema>;
type SpecificationInput = z.input<typeof specificationSchema>;

const spiral: SpecificationInput = {
  data: { kind: "spiral", samples: 500, noise: 0.05 },
  layers: [
    { type: "Linear", outFeatures: 12 },
    { type: "Tanh" },
    { type: "Linear", outFeatures: 8 },
    { type: "Tanh" },
    { type: "Linear", outFeatures: 1 },
  ],
  loss: "BCEWithLogitsLoss",
  optimiser: { type: "Adam", lr: 0.02 },
  batchSize: 32,
  epochs: 1_500,
};

/** Runs to begin with, by the name that the screens show. */
export const specificationExamples = {
  spiral,
  circle: {
    data: { kind: "circle" },
    layers: [
      { type: "Linear", outFeatures: 4 },
      { type: "Tanh" },
      { type: "Linear", outFeatures: 1 },
    ],
    loss: "BCEWithLogitsLoss",
    optimiser: { type: "SGD", lr: 0.1, momentum: 0.9 },
    batchSize: 16,
    epochs: 200,
  },
  "regression of a wave": {
    data: { kind: "sine", samples: 600, noise: 0.05 },
    layers: [
      { type: "Linear", outFeatures: 16 },
      { type: "Tanh" },
      { type: "Linear", outFeatures: 8 },
      { type: "Tanh" },
      { type: "Linear", outFeatures: 1 },
    ],
    loss: "MSELoss",
    optimiser: { type: "AdamW", lr: 0.01, weightDecay: 0.001 },
    schedule: { type: "CosineAnnealingLR" },
    epochs: 300,
  },
  "digits, dense": {
    data: { kind: "digits", samples: 3_000 },
    layers: [
      { type: "Flatten" },
      { type: "Linear", outFeatures: 64 },
      { type: "ReLU" },
      { type: "Linear", outFeatures: 10 },
    ],
    loss: "CrossEntropyLoss",
    optimiser: { type: "Adam", lr: 0.001 },
    batchSize: 64,
    epochs: 15,
  },
  "digits, convolutions": {
    data: { kind: "digits", samples: 3_000 },
    layers: [
      { type: "Conv2d", outChannels: 8, kernelSize: 3, padding: 1 },
      { type: "ReLU" },
      { type: "MaxPool2d", kernelSize: 2 },
      { type: "Conv2d", outChannels: 16, kernelSize: 3, padding: 1 },
      { type: "ReLU" },
      { type: "MaxPool2d", kernelSize: 2 },
      { type: "Flatten" },
      { type: "Linear", outFeatures: 10 },
    ],
    loss: "CrossEntropyLoss",
    optimiser: { type: "Adam", lr: 0.003 },
    schedule: { type: "OneCycleLR" },
    batchSize: 64,
    epochs: 8,
  },
  "brackets in balance": {
    data: { kind: "brackets", samples: 1_000, length: 10 },
    layers: [
      { type: "Embedding", embeddingDim: 4 },
      { type: "LSTM", hiddenSize: 16 },
      { type: "Linear", outFeatures: 2 },
    ],
    loss: "CrossEntropyLoss",
    optimiser: { type: "Adam", lr: 0.01 },
    clipNorm: 1,
    epochs: 60,
  },
} as const satisfies Readonly<Record<string, SpecificationInput>>;
