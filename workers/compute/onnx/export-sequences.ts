/** Modules over sequences in ONNX, from the value "input". */
import { concat, reshape, slice } from "../autograd/shape.ts";
import type { MultiheadAttention } from "../nn/attention.ts";
import type { Embedding } from "../nn/layers.ts";
import { type GRU, LSTM } from "../nn/recurrent.ts";
import { full, type Tensor } from "../tensor/tensor.ts";
import { emitLinear } from "./export-layers.ts";
import type { GraphBuilder } from "./graph-builder.ts";

export function emitEmbedding(builder: GraphBuilder, { weight }: Embedding): string {
  return builder.node("Gather", [builder.floats(weight), "input"], { axis: 0 });
}

/** Query, key and value are one input: [batch, steps, width]. */
export function emitAttention(builder: GraphBuilder, attention: MultiheadAttention): string {
  const { heads, inProjWeight, inProjBias, outProj } = attention;
  const width = outProj.weight.shape[0]!;
  const split = builder.wholes([0, 0, heads, width / heads]);
  const [q, k, v] = [0, 1, 2].map((which) => {
    const range = { axis: 0, start: which * width, length: width };
    const part = { weight: slice(inProjWeight, range), bias: slice(inProjBias, range) };
    const rows = builder.node("Reshape", [emitLinear(builder, part, "input", 3), split]);
    // Keys come transposed, for the product.
    return builder.node("Transpose", [rows], { perm: which === 1 ? [0, 2, 3, 1] : [0, 2, 1, 3] });
  }) as [string, string, string];
  const scale = builder.floats(full([], 1 / Math.sqrt(width / heads)));
  const scores = builder.node("Mul", [builder.node("MatMul", [q, k]), scale]);
  const shares = builder.node("Softmax", [scores], { axis: -1 });
  const attended = builder.node("Transpose", [builder.node("MatMul", [shares, v])], {
    perm: [0, 2, 1, 3],
  });
  const joined = builder.node("Reshape", [attended, builder.wholes([0, 0, width])]);
  return emitLinear(builder, outProj, joined, 3);
}

/** ONNX's order of gates, as places in PyTorch's. */
const lstmOrder = [0, 3, 1, 2];
const gruOrder = [1, 0, 2];

/** One node a layer; the hidden states of all layers are joined. */
export function emitRecurrent(
  builder: GraphBuilder,
  model: LSTM | GRU,
): { output: string; states: string[] } {
  const isLstm = model instanceof LSTM;
  const { hiddenSize, directions, numLayers, batchFirst } = model;
  const order = isLstm ? lstmOrder : gruOrder;
  const gatesOf = (x: Tensor): Tensor =>
    concat(
      order.map((gate) => slice(x, { axis: 0, start: gate * hiddenSize, length: hiddenSize })),
      0,
    );
  const stateCount = isLstm ? 2 : 1;
  let sequence = batchFirst ? builder.node("Transpose", ["input"], { perm: [1, 0, 2] }) : "input";
  const finals: string[][] = Array.from({ length: stateCount }, () => []);
  for (let layer = 0; layer < numLayers; layer++) {
    const own = model.weights.slice(layer * directions, (layer + 1) * directions);
    const stacked = (parts: readonly Tensor[]): string =>
      builder.floats(
        concat(
          parts.map((each) => reshape(each, [1, ...each.shape])),
          0,
        ),
      );
    const inputs = [
      sequence,
      stacked(own.map(({ weightInput }) => gatesOf(weightInput))),
      stacked(own.map(({ weightHidden }) => gatesOf(weightHidden))),
      stacked(
        own.map(({ biasInput, biasHidden }) =>
          concat([gatesOf(biasInput), gatesOf(biasHidden)], 0),
        ),
      ),
    ];
    const attributes = {
      hidden_size: hiddenSize,
      direction: directions === 2 ? "bidirectional" : "forward",
      ...(isLstm ? {} : { linear_before_reset: 1 }),
    };
    const [all, ...states] = builder.nodes(
      isLstm ? "LSTM" : "GRU",
      inputs,
      attributes,
      stateCount + 1,
    );
    states.forEach((state, index) => finals[index]!.push(state));
    // [steps, directions, batch, hidden] to [steps, batch, directions * hidden].
    const turned = builder.node("Transpose", [all!], { perm: [0, 2, 1, 3] });
    sequence = builder.node("Reshape", [turned, builder.wholes([0, 0, directions * hiddenSize])]);
  }
  return {
    output: batchFirst
      ? builder.node("Transpose", [sequence], { perm: [1, 0, 2] })
      : builder.node("Identity", [sequence]),
    states: finals.map((names) => builder.node("Concat", names, { axis: 0 })),
  };
}
