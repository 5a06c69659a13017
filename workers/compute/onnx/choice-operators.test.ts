/** Comparing and choosing, by the examples of the operators' own pages and IEEE 754 on what is no number. */
import { describe, expect, it } from "vitest";
import { scope, tensor } from "../tensor/tensor.ts";
import { type ElementType, dtypeOf } from "./element-types.ts";
import { loadOnnx } from "./import.ts";
import { writeModel } from "./model.ts";

interface Given {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

function run(operator: string, inputs: readonly Given[], outputType: ElementType): number[] {
  const names = inputs.map((_, index) => `input${index}`);
  const model = writeModel(
    {
      opset: 17,
      nodes: [
        {
          name: "node",
          operator,
          domain: "",
          inputs: names,
          outputs: ["output"],
          attributes: new Map(),
        },
      ],
      initializers: [],
      inputs: inputs.map(({ type, shape }, index) => ({ name: names[index]!, type, shape })),
      outputs: [{ name: "output", type: outputType, shape: [] }],
    },
    "test",
  );
  let found: number[] = [];
  scope(() => {
    const given = new Map(
      inputs.map(({ values, shape, type }, index) => [
        names[index]!,
        tensor([...values], shape, dtypeOf(type)),
      ]),
    );
    const { tensor: output, type } = loadOnnx(model).forward(given).get("output")!;
    expect(type).toBe(outputType);
    found = [...output.toArray()];
  });
  return found;
}

const floats = (values: readonly number[], shape = [values.length]): Given => ({
  type: "float",
  shape,
  values,
});
const truths = (values: readonly number[], shape = [values.length]): Given => ({
  type: "bool",
  shape,
  values,
});

describe("Where", () => {
  it("takes the example of its page", () => {
    const x = floats([1, 2, 3, 4], [2, 2]);
    const y = floats([9, 8, 7, 6], [2, 2]);
    expect(run("Where", [truths([1, 0, 1, 1], [2, 2]), x, y], "float")).toEqual([1, 8, 3, 4]);
  });

  it("broadcasts all three to one shape", () => {
    const condition = truths([1, 0], [2, 1]);
    const found = run("Where", [condition, floats([5]), floats([1, 2, 3])], "float");
    expect(found).toEqual([5, 5, 5, 1, 2, 3]);
  });

  it("refuses a condition that is no truth", () => {
    expect(() => run("Where", [floats([1]), floats([1]), floats([2])], "float")).toThrow(/bool/);
  });
});

describe("comparisons", () => {
  const a = floats([1, 2, Number.NaN, 4]);
  const b = floats([1, 3, Number.NaN, 2]);
  it.each([
    ["Equal", [1, 0, 0, 0]],
    ["Greater", [0, 0, 0, 1]],
    ["GreaterOrEqual", [1, 0, 0, 1]],
    ["Less", [0, 1, 0, 0]],
    ["LessOrEqual", [1, 1, 0, 0]],
  ])("%s, where what is no number is neither", (operator, expected) => {
    expect(run(operator, [a, b], "bool")).toEqual(expected);
  });

  it("refuse operands of different types", () => {
    expect(() => run("Less", [a, truths([1, 0, 1, 0])], "bool")).toThrow(/types differ/);
  });
});

it("truths are combined and told", () => {
  const [a, b] = [truths([0, 0, 1, 1]), truths([0, 1, 0, 1])];
  expect(run("And", [a, b], "bool")).toEqual([0, 0, 0, 1]);
  expect(run("Or", [a, b], "bool")).toEqual([0, 1, 1, 1]);
  expect(run("Not", [a], "bool")).toEqual([1, 1, 0, 0]);
  expect(run("IsNaN", [floats([1, Number.NaN, Infinity])], "bool")).toEqual([0, 1, 0]);
});

it("any number of tensors is added", () => {
  const sum = run("Sum", [floats([3, 0, 2]), floats([1, 3, 4]), floats([2, 6, 6])], "float");
  expect(sum).toEqual([6, 9, 12]);
});
