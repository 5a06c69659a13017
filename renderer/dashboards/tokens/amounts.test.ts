import { formatUnits } from "ethers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { shareOf, tokenAmount } from "./amounts.ts";

it("keeps every digit, as ethers does", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), fc.nat(36), (value, decimals) => {
      const plain = formatUnits(value, decimals).replace(/\.0$/, "");
      expect(tokenAmount(String(value), decimals).replaceAll(",", "")).toBe(plain);
    }),
  );
});

it("shows the smallest unit where decimals are not told", () => {
  expect(tokenAmount("1234567", null)).toBe("1,234,567");
});

it.each([
  ["1", "4", 25],
  ["5", "5", 100],
  ["5", null, null],
  ["5", "0", null],
] as const)("%s of %s are %s per cent", (part, whole, share) => {
  expect(shareOf(part, whole)).toBe(share);
});
