/** ONNX's own tests of its operators: a model, inputs and expected outputs each. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scope, tensor } from "../tensor/tensor.ts";
import { dtypeOf } from "./element-types.ts";
import { loadOnnx } from "./import.ts";
import { readTensorFile } from "./model.ts";

const folder = join(import.meta.dirname, "../../../../shared/data/onnx-node");

/** What is refused, and with which words. */
const refused: ReadonlyMap<string, string> = new Map([["test_identity_opt", "is not a tensor"]]);

describe.skipIf(!existsSync(folder))("ONNX's operator tests", () => {
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => name.startsWith("test_"))
    : [];

  it.each(names)("%s", (name) => {
    const model = readFileSync(join(folder, name, "model.onnx"));
    const complaint = refused.get(name);
    if (complaint !== undefined) {
      expect(() => loadOnnx(model)).toThrow(complaint);
      return;
    }
    const data = (kind: string) =>
      readdirSync(join(folder, name, "test_data_set_0"))
        .filter((file) => file.startsWith(kind))
        .toSorted((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)))
        .map((file) => readTensorFile(readFileSync(join(folder, name, "test_data_set_0", file))));
    scope(() => {
      const graph = loadOnnx(model);
      const inputs = data("input_").map(({ values, shape, type }) =>
        tensor(values, shape, dtypeOf(type)),
      );
      const given = new Map(graph.inputs.map((port, index) => [port.name, inputs[index]!]));
      const outputs = [...graph.forward(given).values()];
      data("output_").forEach((expected, index) => {
        const own = outputs[index]!;
        expect([own.type, own.tensor.shape]).toEqual([expected.type, expected.shape]);
        const values = own.tensor.toArray();
        const wrong = Array.from(expected.values).flatMap((value, at) => {
          // rtol 1e-3 and atol 1e-7, as in ONNX's own runner.
          const isClose =
            Object.is(values[at], value) ||
            Math.abs(values[at]! - value) <= 1e-7 + 1e-3 * Math.abs(value);
          return isClose || values[at] === value ? [] : [{ at, value, own: values[at] }];
        });
        expect(wrong.slice(0, 5)).toEqual([]);
      });
      graph.dispose();
    });
  });
});
