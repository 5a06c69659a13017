import fc from "fast-check";
import { formatEther, parseEther } from "viem";
import { expect, it } from "vitest";
import { formatCoins, parseCoins } from "./units.ts";

const wei = fc.bigInt({ min: 0n, max: 10n ** 40n });

it("prints and reads amounts as viem does", () => {
  fc.assert(
    fc.property(wei, (amount) => {
      const text = formatCoins(amount);
      expect(text).toBe(formatEther(amount));
      expect(parseCoins(text)).toBe(parseEther(text));
      expect(parseCoins(text)).toBe(amount);
    }),
  );
});

it("takes numbers as the decimal that they print as", () => {
  expect(parseCoins(100)).toBe(100n * 10n ** 18n);
  expect(parseCoins(0.1)).toBe(10n ** 17n);
  expect(parseCoins(1e-18)).toBe(1n);
  expect(parseCoins(1.5e-7)).toBe(150_000_000_000n);
});

it.each(["", "-1", "1.", ".5", "1e3", "0x10", "1.0000000000000000001", "1,5", 1e-19, 1e21, NaN])(
  "does not take %s for an amount",
  (text) => {
    expect(parseCoins(text)).toBeNull();
  },
);
