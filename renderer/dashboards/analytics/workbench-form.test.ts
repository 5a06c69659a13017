import { expect, test } from "vitest";
import { emptyForm, readWorkbench } from "./workbench-form.ts";

test("a filled form becomes the input of a forecast", () => {
  expect(readWorkbench({ ...emptyForm, values: "1 2 3" })).toEqual({
    input: { series: [1, 2, 3], horizon: 10, level: 0.95 },
  });
  expect(readWorkbench({ values: "1\n2\n3", horizon: "2", season: "4", level: "80" })).toEqual({
    input: { series: [1, 2, 3], horizon: 2, level: 0.8, season: 4 },
  });
});

test("each wrong field is named", () => {
  const wrong = { values: "1 2", horizon: "0", season: "x", level: "100" };
  expect(readWorkbench(wrong)).toEqual({
    errors: {
      values: "2 values; 3 to 2000 can be forecast.",
      horizon: "1 to 500",
      season: "1 to 366",
      level: "50 to 99.9",
    },
  });
});
