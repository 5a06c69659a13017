import { expect, test } from "vitest";
import { addressOf, examples, formFrom, readForm } from "./search-form.ts";

test("every example survives the way through the form", () => {
  for (const [name, example] of Object.entries(examples)) {
    expect(readForm(formFrom(example)), name).toEqual({ input: example });
  }
});

test("empty lines are no items, and empty numbers are left out", () => {
  const form = { items: " a \n\n b\n", target: " b ", iterations: "", seed: " " };
  expect(readForm(form)).toEqual({ input: { items: ["a", "b"], target: "b" } });
});

test("each field says what is wrong with it", () => {
  const result = readForm({ items: "\n", target: "x", iterations: "1.5", seed: "-1" });
  expect("errors" in result && Object.keys(result.errors)).toEqual(["items", "iterations", "seed"]);
  const long = Array.from({ length: 4_097 }, (_, index) => index).join("\n");
  expect(readForm({ items: long, target: "1", iterations: "", seed: "" })).toEqual({
    errors: { items: "4097 items are more than the 4096 that the simulator takes." },
  });
});

test("a long list stays out of the address", () => {
  const long = examples["1 of 1,024"];
  const result = readForm(formFrom(long ?? {}));
  expect("input" in result && addressOf(result.input)).toEqual({ target: "item 700" });
});
