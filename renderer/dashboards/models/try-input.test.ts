import { describe, expect, test } from "vitest";
import { isDigit, readTensor, sampleText } from "./try-input.ts";

const input = (shape: number[]) => ({ name: "x", datatype: "FP32" as const, shape });
const shapeOf = (shape: number[], text: string) => {
  const read = readTensor(input(shape), text);
  return "tensor" in read ? read.tensor.shape : read.problem;
};

describe("a tensor as text", () => {
  test.each([
    ["a list", [-1, 4], "[1, 2, 3, 4]", [1, 4]],
    ["rows of lists", [-1, 2], "[[1, 2], [3, null]]", [2, 2]],
    ["numbers between commas and spaces", [-1, 2], "1, 2\n3 4e-1", [2, 2]],
    ["a fixed shape", [1, 3], "1 2 3", [1, 3]],
    ["several open sizes", [-1, -1, 2], "1 2 3 4", [2, 1, 2]],
  ])("of %s has its shape", (_, shape, text, expected) => {
    expect(shapeOf(shape, text)).toEqual(expected);
  });

  test.each([
    ["too few", [-1, 4], "1 2 3", "3 values are given; a multiple of 4 are needed."],
    ["too many for a fixed shape", [1, 2], "1 2 3", "3 values are given; 2 are needed."],
    ["nothing", [-1, 4], " ", "0 values are given; a multiple of 4 are needed."],
    ["words", [-1, 1], "one", "Numbers are needed, such as [5.1, 3.5, 1.4, 0.2]."],
    ["broken JSON", [-1, 1], "[1,", "Numbers are needed, such as [5.1, 3.5, 1.4, 0.2]."],
    ["an infinity", [-1, 1], "1e999", "Numbers are needed, such as [5.1, 3.5, 1.4, 0.2]."],
  ])("of %s says what is needed", (_, shape, text, problem) => {
    expect(shapeOf(shape, text)).toBe(problem);
  });

  test("begins with a row that fits, and knows pictures of digits", () => {
    expect(shapeOf([-1, 4], sampleText(input([-1, 4])))).toEqual([1, 4]);
    expect(sampleText(input([-1, 784]))).toBe("");
    expect(isDigit(input([-1, 1, 28, 28]))).toBe(true);
    expect(isDigit(input([-1, 4]))).toBe(false);
  });
});
