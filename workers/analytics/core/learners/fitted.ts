/** What all fitted models share: the way into ONNX. */
import { GraphBuilder } from "../../../compute/onnx/graph-builder.ts";
import type { OnnxPort } from "../../../compute/onnx/model.ts";
import type { Design, FittedModel } from "./learner.ts";

export abstract class Fitted implements FittedModel {
  /** Of the table that it was fitted to. */
  abstract readonly columns: number;
  /** How many classes it tells apart; null for one that predicts a number. */
  abstract readonly classes: number | null;

  abstract predict(design: Design): Float64Array;
  abstract save(): unknown;
  importance?(): Float64Array;

  /**
   * Adds its computation to a graph.
   * @param input the name of a float tensor [N, columns]
   * @returns the name of a float tensor: probabilities [N, classes], or values [N, 1]
   */
  abstract emit(graph: GraphBuilder, input: string): string;

  toOnnx(): Uint8Array {
    const graph = new GraphBuilder();
    const result = this.emit(graph, "input");
    const input: OnnxPort = { name: "input", type: "float", shape: ["N", this.columns] };
    // A result may be the input itself, or used twice: it leaves through a node of its own.
    const leave = (name: string, as: string): string =>
      graph.rename(graph.node("Identity", [name]), as);
    if (this.classes === null) {
      const name = leave(result, "variable");
      return graph.write([input], [{ name, type: "float", shape: ["N", 1] }]);
    }
    const label = graph.node("ArgMax", [result], { axis: 1, keepdims: 0 });
    return graph.write(
      [input],
      [
        { name: leave(label, "output_label"), type: "int64", shape: ["N"] },
        {
          name: leave(result, "output_probability"),
          type: "float",
          shape: ["N", this.classes],
        },
      ],
    );
  }
}

/** In place, over each row; stable for scores of any size. */
export function softmaxRows(
  scores: Float64Array,
  classes: number,
  exp: (x: number) => number,
): void {
  for (let from = 0; from < scores.length; from += classes) {
    let highest = -Infinity;
    for (let at = from; at < from + classes; at++) highest = Math.max(highest, scores[at]!);
    let sum = 0;
    for (let at = from; at < from + classes; at++) {
      scores[at] = exp(scores[at]! - highest);
      sum += scores[at]!;
    }
    for (let at = from; at < from + classes; at++) scores[at]! /= sum;
  }
}
