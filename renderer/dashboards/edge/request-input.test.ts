import { describe, expect, it } from "vitest";
import { processInputSchema } from "../../../workers/edge/contract.ts";
import { emptyForm, readRequest } from "./request-input.ts";

describe("the request form", () => {
  it.each([
    { ...emptyForm, pixels: Array<number>(784).fill(0.5) },
    { ...emptyForm, what: "numbers" as const, numbers: "1 2;3,\n4" },
    { ...emptyForm, what: "statistics" as const },
    { ...emptyForm, what: "smooth" as const, window: "3", bypass: true, from: "Tokyo" },
  ])("stands for a request that the contract takes: $what", (form) => {
    const read = readRequest(form);
    if (!("input" in read)) throw new Error(read.problem);
    expect(processInputSchema.parse(read.input)).toEqual(read.input);
    expect(read.input.from).toBe(form.from);
  });

  it.each([
    [emptyForm, "pixels"],
    [{ ...emptyForm, what: "numbers" as const, numbers: " , " }, "numbers"],
    [{ ...emptyForm, what: "numbers" as const, numbers: "1, two" }, "numbers"],
    [{ ...emptyForm, what: "smooth" as const, window: "1.5" }, "window"],
    [{ ...emptyForm, what: "smooth" as const, window: "102" }, "window"],
  ])("names the field that is wrong", (form, field) => {
    expect(readRequest(form)).toMatchObject({ field });
  });
});
