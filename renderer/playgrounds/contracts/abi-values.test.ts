import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseField, signatureOf, weiOf } from "./abi-values.ts";

const mistake = (type: string, text: string) => parseField({ type }, text).mistake;

describe("whole numbers", () => {
  it("are taken within the range of their type, and refused outside", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.bigInt(), (bytes, number) => {
        const bits = bytes * 8;
        expect(mistake(`uint${bits}`, String(number)) === undefined).toBe(
          number >= 0n && BigInt.asUintN(bits, number) === number,
        );
        expect(mistake(`int${bits}`, String(number)) === undefined).toBe(
          BigInt.asIntN(bits, number) === number,
        );
      }),
    );
  });

  it("keep every digit inside of lists", () => {
    const most = 2n ** 256n - 1n;
    expect(parseField({ type: "uint256[]" }, `[1, ${most}]`)).toEqual({
      value: ["1", String(most)],
    });
    expect(parseField({ type: "string[]" }, '["12", "a 3 b"]')).toEqual({ value: ["12", "a 3 b"] });
  });

  it("are told why they do not fit", () => {
    expect(mistake("uint8", "256")).toBe("This is above 255, outside of uint8.");
    expect(mistake("int8", "-129")).toBe("This is below -128, outside of int8.");
    expect(mistake("uint8[2]", "[1, 999]")).toBe("At [1]: This is above 255, outside of uint8.");
    expect(mistake("uint256", "1.5")).toContain("whole number");
    expect(mistake("uint256", "")).toContain("whole number");
  });
});

describe("other types", () => {
  it.each([
    ["address", "0x12", "Give an address: 0x and 40 hexadecimal digits."],
    ["bytes4", "0x1234", "Give bytes4: 0x and 8 hexadecimal digits."],
    ["bytes", "0x123", "Give bytes: 0x and an even number of hexadecimal digits."],
    ["bool", "yes", "Give true or false."],
    ["uint256[2]", "[1]", "2 values are needed, there are 1."],
    ["uint256[]", "1, 2", "This is not JSON; give a JSON list, such as [1, 1]."],
  ])("%s does not take %s", (type, text, sentence) => {
    expect(mistake(type, text)).toBe(sentence);
  });

  it("structs are checked member by member, by name or place", () => {
    const parameter = {
      type: "tuple",
      components: [
        { name: "to", type: "address" },
        { name: "parts", type: "uint8[]" },
      ],
    };
    const to = `0x${"12".repeat(20)}`;
    expect(parseField(parameter, `{"to":"${to}","parts":[1,2]}`)).toEqual({
      value: { to, parts: ["1", "2"] },
    });
    expect(parseField(parameter, `["${to}",[300]]`).mistake).toContain("At parts[0]");
    expect(parseField(parameter, "{}").mistake).toContain("At to");
    expect(signatureOf({ type: "function", name: "pay", inputs: [parameter] })).toBe(
      "pay((address,uint8[]))",
    );
  });

  it("texts are kept as they are", () => {
    expect(parseField({ type: "string" }, " a ")).toEqual({ value: " a " });
  });
});

it("coins become wei", () => {
  expect([weiOf(""), weiOf("1"), weiOf("0.000000000000000001"), weiOf("1.5")]).toEqual([
    "0",
    "1000000000000000000",
    "1",
    "1500000000000000000",
  ]);
  expect(weiOf("1e3")).toBeNull();
});
