import { expect, it } from "vitest";
import { guessWord, readCall, readWords } from "./words.ts";

const one = "1".padStart(64, "0");
const address = "123c12f1c201836818ab99575aa9ceb15b7bcf53";

it("splits a token transfer into its selector and words", () => {
  // transfer(address,uint256) of EIP-20
  const call = readCall(`0xa9059cbb${address.padStart(64, "0")}${one}`);
  expect(call).toEqual({
    selector: "0xa9059cbb",
    words: [address.padStart(64, "0"), one],
    rest: "",
  });
  expect(call.words.map(guessWord)).toEqual([
    { kind: "address", value: `0x${address}` },
    { kind: "number", value: "1" },
  ]);
});

it("keeps what is no whole word, and takes too much as one piece", () => {
  expect(readCall("0x")).toEqual({ selector: null, words: [], rest: "" });
  expect(readCall("0x0102")).toEqual({ selector: null, words: [], rest: "0102" });
  expect(readCall(`0x${one}`)).toEqual({ selector: null, words: [one], rest: "" });
  expect(readWords(`0x${one}ff`)).toEqual({ words: [one], rest: "ff" });
  expect(readWords(`0x${one.repeat(65)}`).words).toEqual([]);
  expect(guessWord("f".repeat(64))).toBeNull();
});
