import { expect, it } from "vitest";
import { coins, feeQuantity, gwei } from "./money.ts";

it("keeps every digit of an amount", () => {
  expect(coins("9899.999979525")).toBe("9,899.999979525");
  expect(coins("0.000000000000000001")).toBe("0.000000000000000001");
  expect(coins("123456789012345678901")).toBe("123,456,789,012,345,678,901");
});

it("quotes fees in gwei", () => {
  expect(gwei("1000000000")).toBe("1");
  expect(gwei("875000000")).toBe("0.875");
  expect(gwei("12345678901")).toBe("12.3457");
  expect(gwei("7")).toBe("0");
});

it("shows the small base fee of an idle chain in wei", () => {
  expect(feeQuantity("7")).toEqual({ value: "7", unit: "wei" });
  expect(feeQuantity("999999")).toEqual({ value: "999,999", unit: "wei" });
  expect(feeQuantity("1000000000")).toEqual({ value: "1", unit: "gwei" });
});
