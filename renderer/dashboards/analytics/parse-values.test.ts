import { expect, test } from "vitest";
import { parseValues } from "./parse-values.ts";

test.each([
  ["1, 2.5, -3e2", [1, 2.5, -300], "3 values from one line"],
  ["1 2\t3".replace("\t", " "), [1, 2, 3], "3 values from one line"],
  ["4\n\n5\r\n6\n", [4, 5, 6], "3 values from one a line"],
  ["date,value\n2024-01-01,7\n2024-01-02,8", [7, 8], "2 values from column “value”"],
  ['"2024";"9"\n"2025";"10"', [9, 10], "2 values from the last column"],
])("reads %j", (text, values, note) => {
  expect(parseValues(text)).toEqual({ values, note });
});

test.each([
  ["", "Paste numbers, or a CSV column."],
  ["1\n2\nthree", "Line 3: “three” is not a number."],
  ["value\n1\n\n2,\n", "Line 4: “” is not a number."],
  ["1e999", "Line 1: “1e999” is not a number."],
])("refuses %j with the place", (text, error) => {
  expect(parseValues(text)).toEqual({ error });
});
