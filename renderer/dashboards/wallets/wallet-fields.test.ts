import { expect, it } from "vitest";
import {
  exampleTypedData,
  passphraseProblem,
  readSend,
  readTypedData,
  tidyMnemonic,
} from "./wallet-fields.ts";

const address = "0x123c12f1c201836818aB99575aA9CEb15b7BCf53";

it("reads a payment and keeps every digit", () => {
  const fields = { to: ` ${address} `, amount: "1,000.000000000000000001", data: "" };
  expect(readSend(address, fields)).toEqual({
    input: { address, to: address, amount: "1000.000000000000000001", data: "0x" },
  });
});

it.each([
  ["to", "0x123"],
  ["amount", "1e3"],
  ["amount", "-1"],
  ["data", "0x1"],
] as const)("names the field %s for “%s”", (name, value) => {
  const result = readSend(address, { to: address, amount: "1", data: "", [name]: value });
  expect("errors" in result && Object.keys(result.errors)).toEqual([name]);
});

it("reads typed data, and says what is wrong with it", () => {
  expect(readTypedData(exampleTypedData(5))).toMatchObject({ data: { domain: { chainId: 5 } } });
  expect(readTypedData("{")).toMatchObject({ error: expect.stringMatching(/^Not JSON/) as string });
  const without = JSON.stringify({ types: {}, domain: {}, message: {} });
  expect(readTypedData(without)).toMatchObject({
    error: expect.stringMatching(/^primaryType: /) as string,
  });
});

it("wants a passphrase twice, and long enough", () => {
  expect(passphraseProblem("1234567", "1234567")).toMatch(/At least 8/);
  expect(passphraseProblem("12345678", "1234567")).toMatch(/not the same/);
  expect(passphraseProblem("12345678", "12345678")).toBeNull();
});

it("takes the words of a mnemonic however they are laid out", () => {
  expect(tidyMnemonic(" Test\n test\tJUNK ")).toBe("test test junk");
});
