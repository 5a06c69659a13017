import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  milliValue,
  parseQuantity,
} from "./quantity.ts";

const canonical = (text: string): string => formatQuantity(parseQuantity(text));

/** From TestQuantityString and TestQuantityParse of apimachinery pkg/api/resource/quantity_test.go. */
describe("quantity_test.go", () => {
  it.each([
    ["1024Mi", "1Gi"],
    ["300Mi", "300Mi"],
    ["6192", "6192"],
    ["6192Mi", "6192Mi"],
    ["1.5Gi", "1536Mi"],
    ["0.5Ki", "512"],
    ["1024", "1024"],
    ["1k", "1k"],
    ["1000k", "1M"],
    ["1000000k", "1G"],
    ["80Ki", "80Ki"],
    ["1024Ki", "1Mi"],
    ["512Ki", "512Ki"],
    ["1.1", "1100m"],
    ["1.5", "1500m"],
    ["1e3", "1e3"],
    ["1E3", "1e3"],
    ["1000e3", "1e6"],
    ["100E", "100E"],
    ["0Ki", "0"],
    ["-0.0", "0"],
    ["100m", "100m"],
    ["1000m", "1"],
    [".5", "500m"],
    ["5.", "5"],
    ["+5", "5"],
    ["-1.5Gi", "-1536Mi"],
    ["1.0e-3", "1e-3"],
    ["0.000000001", "1n"],
    ["0.0000000001", "1n"],
    ["-0.0000000001", "-1n"],
    ["0.1Ki", "102400m"],
    ["9223372036854775808Ki", "9223372036854775807"],
  ])("%s is %s", (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it.each([
    "",
    "1.1.M",
    "1+1.0M",
    "0.1mi",
    "0.1am",
    "aoeu",
    ".5i",
    "1i",
    "-3.01i",
    "1e",
    "k",
    ".",
    "1e400",
    "1 Gi",
    "１",
  ])("refuses %j", (text) => {
    expect(() => parseQuantity(text)).toThrow(/quantit/);
  });
});

const quantities = fc
  .tuple(
    fc.constantFrom("", "-", "+"),
    fc.nat(1_000_000),
    fc.option(fc.nat(999_999), { nil: undefined }),
    fc.constantFrom(
      "n",
      "u",
      "m",
      "",
      "k",
      "M",
      "G",
      "T",
      "P",
      "Ki",
      "Mi",
      "Gi",
      "Ti",
      "e3",
      "E-3",
    ),
  )
  .map(
    ([sign, whole, part, suffix]) =>
      `${sign}${whole}${part === undefined ? "" : `.${part}`}${suffix}`,
  );

describe("properties", () => {
  it("the canonical form keeps the value and is its own canonical form", () => {
    fc.assert(
      fc.property(quantities, (text) => {
        const value = parseQuantity(text);
        const form = formatQuantity(value);
        expect(parseQuantity(form).nanos).toBe(value.nanos);
        expect(canonical(form)).toBe(form);
        expect(form).toMatch(/^-?\d+([numkMGTPE]|[KMGTPE]i|e-?\d+)?$/);
      }),
    );
  });

  it("compares and adds as numbers do", () => {
    const whole = fc.integer({ min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(whole, whole, (left, right) => {
        const [a, b] = [parseQuantity(`${left}m`), parseQuantity(`${right}m`)];
        expect(Math.sign(compareQuantities(a, b))).toBe(Math.sign(left - right));
        expect(milliValue(addQuantities(a, b))).toBe(left + right);
      }),
    );
  });

  it("rounds thousandths up", () => {
    expect(
      ["1n", "1u", "1m", "1500u", "-1500u", "2Ki"].map((t) => milliValue(parseQuantity(t))),
    ).toEqual([1, 1, 1, 2, -1, 2_048_000]);
  });
});
