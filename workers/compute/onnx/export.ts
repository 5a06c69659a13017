/** Modules as ONNX models, as they are in use and not in training. */
import { noGrad } from "../autograd/tape.ts";
import { MultiheadAttention } from "../nn/attention.ts";
import { Embedding } from "../nn/layers.ts";
import { Layer, type Module } from "../nn/module.ts";
import { GRU, LSTM } from "../nn/recurrent.ts";
import { scope, zeros } from "../tensor/tensor.ts";
import { emitLayer } from "./export-layers.ts";
import { emitAttention, emitEmbedding, emitRecurrent } from "./export-sequences.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { OnnxError, type OnnxPort } from "./model.ts";

export interface ExportOptions {
  /** Of one input, whose batch may have any size later. */
  readonly inputShape: readonly number[];
}

/**
 * @param model a layer or a sequence of them, or one Embedding, LSTM, GRU or MultiheadAttention (of
 * query, key and value in one), whose input has the batch where the module expects it
 * @throws OnnxError when a module has no counterpart
 */
export function exportOnnx(model: Module, { inputShape }: ExportOptions): Uint8Array {
  const wasTraining = model.training;
  model.eval();
  let bytes: Uint8Array = new Uint8Array();
  try {
    scope(() => {
      bytes = noGrad(() => emit(model, inputShape));
    });
    return bytes;
  } finally {
    model.train(wasTraining);
  }
}

function emit(model: Module, inputShape: readonly number[]): Uint8Array {
  const builder = new GraphBuilder();
  const batchAxis = (model instanceof LSTM || model instanceof GRU) && !model.batchFirst ? 1 : 0;
  const symbolic = (shape: readonly number[], axis: number): (number | string)[] =>
    shape.map((size, at) => (at === axis ? "N" : size));
  const port = (name: string, shape: readonly number[], axis = batchAxis): OnnxPort => ({
    name,
    type: "float",
    shape: symbolic(shape, axis),
  });
  const input = port("input", inputShape);
  if (model instanceof Layer) {
    const { name, sample } = emitLayer(builder, model, {
      name: "input",
      sample: zeros(inputShape),
    });
    return builder.write([input], [port(builder.rename(name, "output"), sample.shape)]);
  }
  if (model instanceof Embedding) {
    const name = emitEmbedding(builder, model);
    const shape = [...inputShape, model.weight.shape[1]!];
    return builder.write(
      [{ ...input, type: "int64" }],
      [port(builder.rename(name, "output"), shape)],
    );
  }
  if (model instanceof MultiheadAttention) {
    const name = emitAttention(builder, model);
    return builder.write([input], [port(builder.rename(name, "output"), inputShape)]);
  }
  if (model instanceof LSTM || model instanceof GRU) {
    const { output, states } = emitRecurrent(builder, model);
    const width = model.hiddenSize * model.directions;
    const outputs = [port(builder.rename(output, "output"), inputShape.with(2, width))];
    const stateShape = [
      model.numLayers * model.directions,
      inputShape[batchAxis]!,
      model.hiddenSize,
    ];
    states.forEach((state, index) => {
      outputs.push(port(builder.rename(state, ["hidden", "cell"][index]!), stateShape, 1));
    });
    return builder.write([input], outputs);
  }
  throw new OnnxError(`${model.constructor.name} has no counterpart in ONNX.`);
}
