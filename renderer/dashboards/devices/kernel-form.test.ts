import { describe, expect, it } from "vitest";
import { kernelExamples, kernelInputSchema } from "../../../workers/analytics/contract.ts";
import { exampleForm, exampleNames, readKernelForm } from "./kernel-form.ts";

describe("the kernel playground's form", () => {
  it.each(exampleNames)("asks for the example '%s' as it stands", (name) => {
    expect(readKernelForm(exampleForm(name))).toEqual(
      kernelInputSchema.parse(kernelExamples[name]),
    );
  });

  it.each([
    ["{", /^The inputs are no JSON/],
    ["[]", /^The inputs are an object/],
    ["null", /^The inputs are an object/],
    ['{"inputs": [], "output": [0]}', /^output\.0: /],
    ['{"output": [1], "wrong": 1}', /wrong/],
    ['{"inputs": [{"values": ["a"], "size": [1]}], "output": [1]}', /^inputs\.0/],
  ])("says what is wrong with %s", (settings, reason) => {
    const form = { ...exampleForm(exampleNames[0]!), settings };
    expect(readKernelForm(form)).toMatch(reason);
  });
});
