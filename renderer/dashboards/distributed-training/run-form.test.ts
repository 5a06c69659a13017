import { describe, expect, it } from "vitest";
import { trainingInputSchema } from "../../../workers/analytics/contract-distributed-training.ts";
import { fieldsOf, firstForm, readForm, type RunForm, withMode } from "./run-form.ts";

const strategies: RunForm["strategy"][] = [
  "tree",
  "ring",
  "parameter-server",
  "asynchronous",
  "federated",
];

describe("the form of a run", () => {
  it.each(strategies)("asks for what the API takes, by %s", (strategy) => {
    const form = { ...withMode(firstForm, "simulation"), strategy };
    const input = readForm(form);
    expect(trainingInputSchema.parse(input)).toMatchObject({
      mode: "simulation",
      strategy,
      workers: 4,
    });
  });

  it("threads exchange by the tree and need no network", () => {
    const form = withMode({ ...withMode(firstForm, "simulation"), strategy: "ring" }, "threads");
    expect(trainingInputSchema.parse(readForm(form))).toMatchObject({
      mode: "threads",
      strategy: "tree",
    });
    expect(fieldsOf(form)).not.toContain("latencyMs");
  });

  it("names the field that is wrong, and ignores those that are not shown", () => {
    expect(readForm({ ...firstForm, epochs: "many" })).toBe("Epochs: “many” is not a number.");
    expect(readForm({ ...firstForm, hidden: "32; x" })).toContain("Hidden layers");
    expect(readForm({ ...firstForm, hidden: "" })).toMatchObject({ hidden: [] });
  });
});
