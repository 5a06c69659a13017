import { expect, test } from "vitest";
import { toCsv } from "./csv.ts";

test("fields are quoted where RFC 4180 asks for it", () => {
  expect(
    toCsv(
      ["a", "b"],
      [
        ['say "hi"', "x,y"],
        ["two\nlines", null],
      ],
    ),
  ).toBe('a,b\r\n"say ""hi""","x,y"\r\n"two\nlines",\r\n');
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "|calc", "%0A", "＝1+1"])(
  "a spreadsheet does not run %j",
  (formula) => {
    const field = toCsv(["h"], [[formula]]).slice("h\r\n".length, -2);
    expect(field.replace(/^"/, "")).toMatch(/^'/);
  },
);

test("numbers stay numbers, negative ones too", () => {
  expect(toCsv(["n"], [[-1.5], [0], [true]])).toBe("n\r\n-1.5\r\n0\r\ntrue\r\n");
});
