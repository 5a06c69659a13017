/** The reasons that viem encodes from Solidity's own errors. */
import fc from "fast-check";
import { encodeErrorResult, hexToBytes, parseAbi } from "viem";
import { expect, it } from "vitest";
import { revertReason } from "./revert-reason.ts";

const abi = parseAbi(["error Error(string)", "error Panic(uint256)", "error Other(string)"]);

it("reads every text back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const data = encodeErrorResult({ abi, errorName: "Error", args: [text] });
      expect(revertReason(hexToBytes(data))).toBe(text);
    }),
  );
});

it("names a panic by its code, and takes nothing else for a reason", () => {
  const panic = encodeErrorResult({ abi, errorName: "Panic", args: [0x11n] });
  const other = encodeErrorResult({ abi, errorName: "Other", args: ["no"] });
  expect(revertReason(hexToBytes(panic))).toBe("panic 0x11");
  expect(revertReason(hexToBytes(other))).toBeNull();
  expect(revertReason(new Uint8Array())).toBeNull();
});

it("does not trust the length that the data claims", () => {
  const data = hexToBytes(encodeErrorResult({ abi, errorName: "Error", args: ["no"] }));
  data.fill(0xff, 36, 68);
  expect(revertReason(data)).toBeNull();
});
