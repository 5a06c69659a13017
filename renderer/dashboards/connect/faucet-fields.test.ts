import { expect, it } from "vitest";
import { readFaucet } from "./faucet-fields.ts";

const fields = { from: `0x${"1".repeat(40)}`, to: `0x${"2".repeat(40)}`, amount: "10" };

it("takes a whole address and an amount within the bound", () => {
  expect(readFaucet(fields)).toEqual({ input: { ...fields, type: "transfer" } });
  expect(readFaucet({ ...fields, amount: "1,000" })).toHaveProperty("input");
});

it.each([
  ["to", "0x123..."],
  ["to", ""],
  ["amount", "1000.1"],
  ["amount", "0"],
  ["amount", "lots"],
] as const)("names the field %s for “%s”", (name, value) => {
  const result = readFaucet({ ...fields, [name]: value });
  expect("errors" in result && Object.keys(result.errors)).toEqual([name]);
});
