import { expect, it } from "vitest";
import { readTransfer } from "./transfer-fields.ts";

const documented = { from: "0x123...", to: "0x456...", amount: "100" };

it("reads the documented line and keeps every digit of the amount", () => {
  expect(readTransfer(documented)).toEqual({ input: { ...documented, type: "transfer" } });
  expect(readTransfer({ ...documented, amount: " 1,000.000000000000000001 " })).toMatchObject({
    input: { amount: "1000.000000000000000001" },
  });
});

it.each([
  ["amount", ""],
  ["amount", "0.00"],
  ["amount", "-5"],
  ["amount", "1e3"],
  ["amount", "0.0000000000000000001"],
  ["to", "Bob"],
  ["from", "123"],
] as const)("names the field %s for “%s”", (name, value) => {
  const result = readTransfer({ ...documented, [name]: value });
  expect("errors" in result && Object.keys(result.errors)).toEqual([name]);
});
