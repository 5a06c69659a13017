/**
 * A perceptron of a few hidden layers on our own engine, learned in batches by AdamW with a rate that
 * falls along a cosine. Columns and numbers to predict are standardised inside.
 */
import { z } from "zod";
import { mul, relu, tanh } from "../../../compute/autograd/elementwise.ts";
import { squaredError } from "../../../compute/autograd/losses.ts";
import { linear } from "../../../compute/autograd/matmul.ts";
import { sum } from "../../../compute/autograd/reductions.ts";
import { logSoftmax } from "../../../compute/autograd/softmax.ts";
import { backward, noGrad } from "../../../compute/autograd/tape.ts";
import type { Chance } from "../../../compute/chance.ts";
import { ReLU, Tanh } from "../../../compute/nn/activations.ts";
import { Linear } from "../../../compute/nn/layers.ts";
import { type Layer, Sequential } from "../../../compute/nn/module.ts";
import type { GraphBuilder } from "../../../compute/onnx/graph-builder.ts";
import { AdamW } from "../../../compute/optim/optimisers.ts";
import { CosineAnnealingLR } from "../../../compute/optim/schedules.ts";
import { seededChance } from "../../../compute/seeded-chance.ts";
import { exp } from "../../../compute/tensor/elementary.ts";
import { scope, tensor, type Tensor } from "../../../compute/tensor/tensor.ts";
import { effortOf } from "./checks.ts";
import { Fitted, softmaxRows } from "./fitted.ts";
import type { Design, Target } from "./learner.ts";
import { type Fitting, makeLearner } from "./make-learner.ts";
import { Pace } from "./pace.ts";
import {
  packNumbers,
  readSaved,
  requireSaved,
  savedDoubles,
  savedFloats,
} from "./saved-numbers.ts";

const activations = ["relu", "tanh"] as const;
type Activation = (typeof activations)[number];

const space = {
  layers: { kind: "integer", min: 1, max: 4, default: 1 },
  /** Neurons of each hidden layer. */
  width: { kind: "integer", min: 4, max: 512, log: true, default: 100 },
  activation: { kind: "choice", of: activations, default: "relu" },
  epochs: { kind: "integer", min: 1, max: 500, log: true, default: 60 },
  batchRows: { kind: "integer", min: 8, max: 512, log: true, default: 32 },
  learningRate: { kind: "real", min: 1e-4, max: 0.1, log: true, default: 0.003 },
  weightDecay: { kind: "real", min: 1e-6, max: 1, log: true, default: 1e-2 },
} as const;

/** Rows that are predicted at a time. */
const rowsAtOnce = 256;

interface Scale {
  readonly means: Float64Array;
  /** 1 over the deviation, or 0 of a constant. */
  readonly rates: Float64Array;
}

interface Dense {
  readonly inputs: number;
  readonly outputs: number;
  /** outputs x inputs. */
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

interface Parts {
  readonly scale: Scale;
  readonly activation: Activation;
  readonly dense: readonly Dense[];
  readonly classes: number | null;
  /** Of numbers that are predicted. */
  readonly mean: number;
  readonly deviation: number;
}

const savedParts = z.strictObject({
  scale: z.strictObject({ means: savedDoubles, rates: savedDoubles }),
  activation: z.enum(activations),
  dense: z
    .array(
      z.strictObject({
        inputs: z.int().min(1),
        outputs: z.int().min(1),
        weight: savedFloats,
        bias: savedFloats,
      }),
    )
    .min(1),
  classes: z.int().min(2).nullable(),
  mean: z.number(),
  deviation: z.number(),
});

class Perceptron extends Fitted {
  readonly columns: number;
  readonly classes: number | null;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    super();
    this.#parts = parts;
    this.columns = parts.scale.means.length;
    this.classes = parts.classes;
  }

  static restore(this: void, saved: unknown): Perceptron {
    const parts = readSaved(savedParts, saved);
    const { scale, dense, classes } = parts;
    requireSaved(scale.means.length === scale.rates.length, "its scale is miscounted");
    dense.forEach(({ inputs, outputs, weight, bias }, at) => {
      const before = at === 0 ? scale.means.length : dense[at - 1]!.outputs;
      requireSaved(
        inputs === before && weight.length === inputs * outputs && bias.length === outputs,
        `layer ${at} does not fit`,
      );
    });
    requireSaved(dense.at(-1)!.outputs === (classes ?? 1), "its outputs are miscounted");
    return new Perceptron(parts);
  }

  override predict(design: Design): Float64Array {
    const { scale, dense, classes, mean, deviation } = this.#parts;
    const width = classes ?? 1;
    const out = new Float64Array(design.rows * width);
    const inputs = scaled(design, scale);
    scope(() => {
      const layers = dense.map(({ inputs: from, outputs: to, weight, bias }) => ({
        weight: tensor(weight, [to, from]),
        bias: tensor(bias, [to]),
      }));
      for (let row = 0; row < design.rows; row += rowsAtOnce) {
        const end = Math.min(design.rows, row + rowsAtOnce);
        const batch = inputs.subarray(row * this.columns, end * this.columns);
        scope(() => {
          const x = tensor(batch, [end - row, this.columns]);
          out.set(noGrad(() => this.#forward(x, layers)).toArray(), row * width);
        });
      }
    });
    if (classes !== null) softmaxRows(out, classes, exp);
    else for (let row = 0; row < out.length; row++) out[row] = mean + deviation * out[row]!;
    return out;
  }

  #forward(x: Tensor, layers: readonly { weight: Tensor; bias: Tensor }[]): Tensor {
    const activate = this.#parts.activation === "relu" ? relu : tanh;
    return layers.reduce(
      (value, { weight, bias }, at) => linear(at === 0 ? value : activate(value), weight, bias),
      x,
    );
  }

  override save(): unknown {
    const { scale, dense, ...rest } = this.#parts;
    return {
      ...rest,
      scale: { means: packNumbers(scale.means), rates: packNumbers(scale.rates) },
      dense: dense.map(({ weight, bias, ...shape }) => ({
        ...shape,
        weight: packNumbers(weight),
        bias: packNumbers(bias),
      })),
    };
  }

  override emit(graph: GraphBuilder, input: string): string {
    const { scale, activation, dense, classes, mean, deviation } = this.#parts;
    const line = (values: ArrayLike<number>): string =>
      graph.constant("float", [1, values.length], values);
    const centred = graph.node("Sub", [input, line(scale.means)]);
    let value = graph.node("Mul", [centred, line(scale.rates)]);
    dense.forEach(({ inputs, outputs, weight, bias }, at) => {
      if (at > 0) value = graph.node(activation === "relu" ? "Relu" : "Tanh", [value]);
      const parts = [
        graph.constant("float", [outputs, inputs], weight),
        graph.constant("float", [outputs], bias),
      ];
      value = graph.node("Gemm", [value, ...parts], { transB: 1 });
    });
    if (classes !== null) return graph.node("Softmax", [value], { axis: 1 });
    return graph.node("Add", [graph.node("Mul", [value, line([deviation])]), line([mean])]);
  }
}

function scaled({ rows, columns, values }: Design, { means, rates }: Scale): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let at = 0; at < out.length; at++) {
    const column = at % columns;
    out[at] = (values[at]! - means[column]!) * rates[column]!;
  }
  return out;
}

function scaleOf({ rows, columns, values }: Design): Scale {
  const [means, rates] = [new Float64Array(columns), new Float64Array(columns)];
  for (let column = 0; column < columns; column++) {
    let square = 0;
    for (let row = 0; row < rows; row++) means[column]! += values[row * columns + column]! / rows;
    for (let row = 0; row < rows; row++) {
      square += (values[row * columns + column]! - means[column]!) ** 2 / rows;
    }
    const deviation = Math.sqrt(square);
    // Of a constant column only rounding is left.
    rates[column] = deviation > 1e-12 * Math.abs(means[column]!) ? 1 / deviation : 0;
  }
  return { means, rates };
}

type NetworkFitting = Fitting<keyof typeof space>;

function* fit({
  design,
  target,
  parameters,
  options,
}: NetworkFitting): Generator<number, Perceptron> {
  const chance = seededChance(options.seed);
  const classes = target.kind === "regression" ? null : target.classes;
  const scale = scaleOf(design);
  const { mean, deviation } = momentsOf(target);
  const activation = parameters.activation as Activation;
  const model = networkOf(design.columns, classes ?? 1, parameters, chance);
  try {
    const inputs = scaled(design, scale);
    const truth = truthOf(target, mean, deviation, options.weights);
    yield* train(model, { inputs, truth, design, target, parameters, options }, chance);
    const dense = model.layers
      .filter((layer) => layer instanceof Linear)
      .map(({ weight, bias }) => ({
        inputs: weight.shape[1]!,
        outputs: weight.shape[0]!,
        weight: Float32Array.from(weight.toArray()),
        bias: Float32Array.from(bias!.toArray()),
      }));
    return new Perceptron({ scale, activation, dense, classes, mean, deviation });
  } finally {
    model.dispose();
  }
}

function networkOf(
  columns: number,
  outputs: number,
  { layers, width, activation }: NetworkFitting["parameters"],
  chance: Chance,
): Sequential {
  const parts: Layer[] = [];
  let inputs = columns;
  for (let layer = 0; layer < (layers as number); layer++) {
    parts.push(new Linear(inputs, width as number, { chance }));
    parts.push(activation === "relu" ? new ReLU() : new Tanh());
    inputs = width as number;
  }
  return new Sequential(...parts, new Linear(inputs, outputs, { chance }));
}

function momentsOf(target: Target): { readonly mean: number; readonly deviation: number } {
  if (target.kind === "classification") return { mean: 0, deviation: 1 };
  const { values } = target;
  const mean = values.reduce((total, value) => total + value / values.length, 0);
  const square = values.reduce((total, value) => total + (value - mean) ** 2 / values.length, 0);
  const deviation = Math.sqrt(square);
  return { mean, deviation: deviation > 1e-12 * Math.abs(mean) ? deviation : 0 };
}

/** What each row's loss is made of: its weight at the place of its class, or its number and weight. */
interface Truth {
  readonly width: number;
  readonly values: Float32Array;
  readonly weights: Float32Array;
}

function truthOf(
  target: Target,
  mean: number,
  deviation: number,
  given: Float64Array | undefined,
): Truth {
  if (target.kind === "regression") {
    const values = Float32Array.from(target.values, (value) =>
      deviation === 0 ? 0 : (value - mean) / deviation,
    );
    return { width: 1, values, weights: Float32Array.from(given ?? values.map(() => 1)) };
  }
  const { labels, classes } = target;
  const values = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => {
    values[row * classes + label] = given?.[row] ?? 1;
  });
  return { width: classes, values, weights: new Float32Array() };
}

interface Lesson {
  readonly inputs: Float32Array;
  readonly truth: Truth;
  readonly design: Design;
  readonly target: Target;
  readonly parameters: NetworkFitting["parameters"];
  readonly options: NetworkFitting["options"];
}

function* train(model: Sequential, lesson: Lesson, chance: Chance): Generator<number, void> {
  const { design, parameters, options } = lesson;
  const { rows, columns } = design;
  const epochs = effortOf(parameters.epochs as number, options);
  const batchRows = Math.min(rows, parameters.batchRows as number);
  const batches = Math.ceil(rows / batchRows);
  const optimiser = new AdamW(model.parameters(), {
    lr: parameters.learningRate as number,
    weightDecay: parameters.weightDecay as number,
  });
  const schedule = new CosineAnnealingLR(optimiser, { tMax: epochs * batches });
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const pace = new Pace();
  const cost = batchRows * (model.parameterCount + columns) * 3 + model.parameterCount * 8;
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (let last = rows - 1; last > 0; last--) {
        const other = chance.below(last + 1);
        [order[last], order[other]] = [order[other]!, order[last]!];
      }
      for (let batch = 0; batch < batches; batch++) {
        const chosen = order.subarray(batch * batchRows, (batch + 1) * batchRows);
        scope(() => {
          optimiser.zeroGrad();
          backward(lossOf(model, lesson, chosen));
          optimiser.step();
          schedule.step();
        });
        if (pace.spend(cost)) yield (epoch + batch / batches) / epochs;
      }
    }
  } finally {
    optimiser.dispose();
  }
}

function lossOf(
  model: Sequential,
  { inputs, truth, design, target }: Lesson,
  rows: Int32Array,
): Tensor {
  const gather = (from: Float32Array, width: number): Tensor => {
    const out = new Float32Array(rows.length * width);
    rows.forEach((row, at) => {
      out.set(from.subarray(row * width, (row + 1) * width), at * width);
    });
    return tensor(out, [rows.length, width]);
  };
  const answers = model.forward(gather(inputs, design.columns));
  const wanted = gather(truth.values, truth.width);
  const each =
    target.kind === "regression"
      ? mul(squaredError(answers, wanted), gather(truth.weights, 1))
      : mul(logSoftmax(answers, 1), mul(wanted, -1));
  return mul(sum(each), 1 / rows.length);
}

export const neuralNetwork = makeLearner<keyof typeof space>({
  id: "neural-network",
  title: "Neural network",
  tasks: ["regression", "classification"],
  space,
  wantsScaling: true,
  mayMiss: false,
  fit,
  restore: Perceptron.restore,
});
