/** offset + coefficients . (x - centre), of one output a number, of several the softmax of each. */
import { z } from "zod";
import type { GraphBuilder } from "../../../compute/onnx/graph-builder.ts";
import { exp } from "../../../compute/tensor/elementary.ts";
import { Fitted, softmaxRows } from "./fitted.ts";
import type { Design } from "./learner.ts";
import { packNumbers, readSaved, requireSaved, savedDoubles } from "./saved-numbers.ts";

interface LinearParts {
  /** Of each column. */
  readonly centre: Float64Array;
  /** outputs x columns, row-major. */
  readonly coefficients: Float64Array;
  readonly offsets: Float64Array;
  readonly isClassifier: boolean;
}

const savedParts = z.strictObject({
  centre: savedDoubles,
  coefficients: savedDoubles,
  offsets: savedDoubles,
  isClassifier: z.boolean(),
});

export class LinearModel extends Fitted {
  readonly columns: number;
  readonly classes: number | null;
  readonly #parts: LinearParts;

  constructor(parts: LinearParts) {
    super();
    this.#parts = parts;
    this.columns = parts.centre.length;
    this.classes = parts.isClassifier ? parts.offsets.length : null;
  }

  static restore(this: void, saved: unknown): LinearModel {
    const parts = readSaved(savedParts, saved);
    const { centre, coefficients, offsets, isClassifier } = parts;
    const outputs = offsets.length;
    requireSaved(isClassifier ? outputs >= 2 : outputs === 1, "its outputs are miscounted");
    requireSaved(coefficients.length === outputs * centre.length, "coefficients are missing");
    return new LinearModel(parts);
  }

  override predict(design: Design): Float64Array {
    const { centre, coefficients, offsets, isClassifier } = this.#parts;
    const { columns } = this;
    const outputs = offsets.length;
    const out = new Float64Array(design.rows * outputs);
    const row = new Float64Array(columns);
    for (let at = 0; at < design.rows; at++) {
      for (let column = 0; column < columns; column++) {
        row[column] = design.values[at * columns + column]! - centre[column]!;
      }
      for (let output = 0; output < outputs; output++) {
        let sum = offsets[output]!;
        const from = output * columns;
        for (let column = 0; column < columns; column++) {
          sum += coefficients[from + column]! * row[column]!;
        }
        out[at * outputs + output] = sum;
      }
    }
    if (isClassifier) softmaxRows(out, outputs, exp);
    return out;
  }

  override importance(): Float64Array {
    const { coefficients, offsets } = this.#parts;
    const out = new Float64Array(this.columns);
    coefficients.forEach((value, index) => {
      out[index % this.columns]! += Math.abs(value) / offsets.length;
    });
    return out;
  }

  override save(): unknown {
    const { centre, coefficients, offsets, isClassifier } = this.#parts;
    return {
      centre: packNumbers(centre),
      coefficients: packNumbers(coefficients),
      offsets: packNumbers(offsets),
      isClassifier,
    };
  }

  override emit(graph: GraphBuilder, input: string): string {
    const { centre, coefficients, offsets, isClassifier } = this.#parts;
    const { columns } = this;
    const outputs = offsets.length;
    const away = graph.node("Sub", [input, graph.constant("float", [1, columns], centre)]);
    const result = graph.node(
      "Gemm",
      [
        away,
        graph.constant("float", [outputs, columns], coefficients),
        graph.constant("float", [outputs], offsets),
      ],
      { transB: 1 },
    );
    return isClassifier ? graph.node("Softmax", [result], { axis: 1 }) : result;
  }
}
