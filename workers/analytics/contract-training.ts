/** The training lab: networks that are checked, trained in sight, compared, and asked. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { route } from "../service/contract.ts";
import { specificationExamples, specificationSchema } from "./contract-training-network.ts";

export const experimentsMax = 100;
export const comparedMax = 8;
export const predictRowsMax = 256;
export const predictColumnsMax = 1_024;
export const experimentStates = [
  "queued",
  "running",
  "paused",
  "done",
  "stopped",
  "failed",
  "interrupted",
] as const;

const base = "/api/analytics/training";
const tags = ["Training lab"];
const experimentIdSchema = z
  .string()
  .regex(/^run-\d{1,9}$/, "The id of an experiment looks like run-12")
  .meta({ examples: ["run-1"] });
const idInput = z.strictObject({ id: experimentIdSchema });
const idExamples = { first: { id: "run-1" } };
const shapeSchema = z.array(z.int()).describe("Of one sample, without the batch");

const layerPlanSchema = z.object({
  name: z.string().describe("Its place and type, such as 2 Linear"),
  type: z.string(),
  input: shapeSchema,
  output: shapeSchema,
  parameters: z.int(),
  flops: z.number().describe("Of one sample forwards; a multiplication and an addition are two"),
  memoryBytes: z.number().describe("Parameters, their gradients, and the output of one batch"),
});

const planSchema = z.object({
  layers: z.array(layerPlanSchema).describe("As far as they fit"),
  problem: z
    .object({
      layer: z.int().nullable().describe("From 0; null: the data or the loss"),
      message: z.string(),
      expected: z.string().nullable().describe("The shape that it needs"),
      found: z.string().nullable().describe("The shape that comes"),
    })
    .nullable()
    .describe("null: it can be trained"),
  task: z.enum(["classification", "regression"]),
  classes: z.array(z.string()).describe("Names of the classes; none in a regression"),
  inputs: z.array(z.string()).describe("Names of what the network sees; digits have none"),
  samples: z.object({ training: z.int(), validation: z.int() }),
  parameters: z.int(),
  flops: z.number(),
  memoryBytes: z.number(),
});
export type TrainingPlan = z.infer<typeof planSchema>;

const dataPreviewSchema = z.object({
  points: z
    .array(
      z.object({
        x: z.number(),
        y: z.number(),
        target: z.number().describe("The class, or in a regression the value"),
        isValidation: z.boolean(),
      }),
    )
    .describe("Of data in two dimensions; none of others"),
  digits: z
    .array(z.object({ pixels: z.string().describe("28 x 28 bytes, base64"), label: z.int() }))
    .describe("Some of the digits"),
  rows: z.array(z.string()).describe("Some of what has no picture"),
});

export const histogramBins = 24;
const histogramSchema = z.object({
  min: z.number(),
  max: z.number(),
  counts: z.array(z.int()).describe("Over equal bins between least and largest"),
});

const layerFrameSchema = z.object({
  gradientNorm: z.number().nullable().describe("Of all its parameters; null: it has none"),
  weights: histogramSchema.nullable(),
  gradients: histogramSchema.nullable(),
  activations: histogramSchema.nullable(),
  /** [outputs][inputs] */
  matrix: z.array(z.array(z.number())).nullable().describe("Of a Linear layer that is small"),
  bias: z.array(z.number()).nullable(),
  neurons: z
    .array(z.string())
    .describe("What each gives over the plane: rows of signed bytes, base64, 127 is `scale`"),
  scale: z.array(z.number()).describe("The largest absolute value of each picture"),
});

const frameSchema = z.object({
  step: z.int(),
  epoch: z.number(),
  loss: z.number().nullable().describe("Mean over the batches since the last frame"),
  validationLoss: z.number().nullable(),
  accuracy: z.number().nullable().describe("On the training data; null in a regression"),
  validationAccuracy: z.number().nullable(),
  learningRate: z.number(),
  samplesPerSecond: z.number(),
  parameterHash: z.string().describe("SHA-256 of all parameters; equal: the same network"),
  layers: z.array(layerFrameSchema),
  surface: z
    .object({
      side: z.int(),
      neuronSide: z.int(),
      extent: z.number().describe("The plane goes from minus this to this"),
      values: z.string().describe("Bytes, base64: probability, value from -1 to 1, or class"),
      confidence: z.string().nullable().describe("Of the class, where there are more than two"),
    })
    .nullable()
    .describe("null: the data are not in two dimensions"),
  confusion: z.array(z.array(z.int())).nullable().describe("[truth][answer], validation"),
});
export type TrainingFrame = z.infer<typeof frameSchema>;

const curvePointSchema = z.object({
  step: z.int(),
  epoch: z.number(),
  loss: z.number().nullable(),
  validationLoss: z.number().nullable(),
  accuracy: z.number().nullable(),
  validationAccuracy: z.number().nullable(),
  learningRate: z.number(),
  gradientNorms: z.array(z.number().nullable()),
});
export type CurvePoint = z.infer<typeof curvePointSchema>;

const experimentSchema = z.object({
  id: experimentIdSchema,
  name: z.string(),
  createdAt: z.number().describe("Milliseconds since the Unix epoch"),
  changedAt: z.number(),
  state: z.enum(experimentStates),
  message: z.string().nullable().describe("Why it ended"),
  specification: specificationSchema,
  task: z.enum(["classification", "regression"]),
  parameters: z.int(),
  progress: z.number().describe("0 to 1, of its epochs"),
  result: curvePointSchema.nullable().describe("The newest measurement"),
  samplesPerSecond: z.number(),
  parameterHash: z.string().nullable(),
  hasCheckpoint: z.boolean().describe("Whether it can be resumed and asked"),
});
export type Experiment = z.infer<typeof experimentSchema>;

const experimentListSchema = z.object({
  experiments: z.array(experimentSchema).describe("Newest first"),
  experimentsMax: z.int(),
});

const watchSchema = z.object({ experiment: experimentSchema, frame: frameSchema.nullable() });

const controlSchema = z.discriminatedUnion("action", [
  z.strictObject({ action: z.enum(["pause", "resume", "step", "stop"]) }),
  z.strictObject({ action: z.literal("rate"), learningRate: z.number().min(0).max(100) }),
  z.strictObject({
    action: z.literal("pace"),
    stepsPerSecond: z.int().min(1).max(100_000).nullable().describe("null: as fast as it can"),
  }),
  z.strictObject({
    action: z.literal("edit"),
    layer: z.int().min(0).max(100),
    output: z.int().min(0).max(4_096),
    input: z.int().min(0).max(4_096).nullable().describe("null: the bias"),
    value: z.number().min(-1e6).max(1e6),
  }),
]);
export type TrainingControl = z.infer<typeof controlSchema>;

const predictionSchema = z.object({
  outputs: z.array(z.array(z.number())).describe("Probabilities, or in a regression values"),
  answers: z.array(z.string()).describe("The likeliest class, or the value"),
});

const read = (path: string, summary: string, examples?: Readonly<Record<string, unknown>>) =>
  route
    .meta({ role: "viewer", ...(examples === undefined ? {} : { examples }) })
    .route({ method: "GET", path: `${base}${path}`, tags, summary });
const act = (
  method: "POST" | "DELETE",
  path: string,
  summary: string,
  examples: Readonly<Record<string, unknown>>,
) =>
  route
    .meta({ role: "operator", examples })
    .route({ method, path: `${base}${path}`, tags, summary });

const specificationInputs = Object.fromEntries(
  Object.entries(specificationExamples).map(([name, specification]) => [name, { specification }]),
);

export const trainingRoutes = {
  validate: route
    .meta({ role: "viewer", examples: specificationInputs })
    .route({
      method: "POST",
      path: `${base}/validate`,
      tags,
      summary: "Check a network layer by layer: shapes, parameters, FLOPs, memory",
    })
    .input(z.strictObject({ specification: specificationSchema }))
    .output(planSchema),
  data: route
    .meta({ role: "viewer", examples: specificationInputs })
    .route({
      method: "POST",
      path: `${base}/data`,
      tags,
      summary: "The samples that a specification learns from, or some of them",
    })
    .input(z.strictObject({ specification: specificationSchema }))
    .output(dataPreviewSchema),
  start: act("POST", "/experiments", "Train a network, in a thread of its own", {
    spiral: { name: "Spiral", specification: specificationExamples.spiral },
  })
    .input(
      z.strictObject({
        name: z.string().trim().max(80).default(""),
        specification: specificationSchema,
        paused: z.boolean().default(false).describe("Wait for the first command"),
      }),
    )
    .output(experimentSchema),
  list: read("/experiments", "All experiments, newest first")
    .input(z.strictObject({}))
    .output(experimentListSchema),
  get: read("/experiments/{id}", "One experiment with its curves and newest frame", idExamples)
    .input(idInput)
    .output(
      z.object({
        experiment: experimentSchema,
        curve: z.array(curvePointSchema),
        frame: frameSchema.nullable(),
        plan: planSchema,
      }),
    ),
  watch: read("/experiments/{id}/watch", "An experiment as it is trained, as server-sent events")
    .input(idInput)
    .output(eventIterator(watchSchema)),
  control: act(
    "POST",
    "/experiments/{id}/control",
    "Pause, step, resume, stop, change the rate or a weight",
    { pause: { id: "run-1", command: { action: "pause" } } },
  )
    .input(z.strictObject({ id: experimentIdSchema, command: controlSchema }))
    .output(experimentSchema),
  remove: act("DELETE", "/experiments/{id}", "Delete an experiment; it can be restored", idExamples)
    .input(idInput)
    .output(z.object({ id: z.string() })),
  restore: act(
    "POST",
    "/experiments/{id}/restore",
    "Bring a deleted experiment back, while the thread that deleted it runs",
    idExamples,
  )
    .input(idInput)
    .output(experimentSchema),
  compare: read("/compare", "Curves of several experiments and where their settings differ", {
    two: { ids: "run-1,run-2" },
  })
    .input(
      z.strictObject({
        ids: z
          .string()
          .regex(/^run-\d{1,9}(,run-\d{1,9})*$/, "Ids with commas between, such as run-1,run-2"),
      }),
    )
    .output(
      z.object({
        experiments: z.array(
          z.object({ experiment: experimentSchema, curve: z.array(curvePointSchema) }),
        ),
        differences: z.array(
          z.object({ setting: z.string(), values: z.array(z.string().nullable()) }),
        ),
      }),
    ),
  onnx: read("/experiments/{id}/onnx", "The trained network as an ONNX model", idExamples)
    .input(idInput)
    .output(z.object({ fileName: z.string(), base64: z.string(), bytes: z.int() })),
  predict: route
    .meta({
      role: "operator",
      examples: {
        point: { id: "run-1", rows: [[0.5, -1]] },
      },
    })
    .route({
      method: "POST",
      path: `${base}/experiments/{id}/predict`,
      tags,
      summary: "Ask a trained network: points, rows of a table, or drawings of 784 pixels",
    })
    .input(
      z.strictObject({
        id: experimentIdSchema,
        rows: z
          .array(z.array(z.number()).min(1).max(predictColumnsMax))
          .min(1)
          .max(predictRowsMax)
          .describe("A point [x, y], a row of the table's inputs, or 784 pixels from 0 to 1"),
      }),
    )
    .output(predictionSchema),
};
