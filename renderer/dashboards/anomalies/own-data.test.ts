import { describe, expect, it } from "vitest";
import { emptyForm, readOwnData, readWindows, windowsText, withWindow } from "./own-data.ts";

const values = Array.from({ length: 40 }, (_, i) => i).join("\n");

describe("stretches", () => {
  it("count from 1 as people do, in order, and are one when they touch", () => {
    expect(readWindows("20-25, 3\n4-6", 40)).toEqual({
      windows: [
        [2, 5],
        [19, 24],
      ],
    });
    expect(readWindows("  ", 40)).toEqual({ windows: [] });
  });

  it.each(["0-3", "5-4", "39-41", "many", "1-2-3"])("refuse %s", (text) => {
    expect(readWindows(text, 40)).toHaveProperty("error");
  });

  it("grow by what is drawn, and read back as they were written", () => {
    const text = withWindow("3-6", 40, [5, 9]);
    expect(text).toBe("3-10");
    expect(withWindow("nonsense", 40, [0, 1])).toBe("1-2");
    const read = readWindows(text, 40);
    expect("windows" in read && windowsText(read.windows)).toBe(text);
  });
});

describe("the form", () => {
  it("becomes the body of a request", () => {
    const form = { ...emptyForm, values, season: "7", windows: "3-6" };
    expect(readOwnData(form)).toEqual({
      body: {
        detector: "all",
        values: values.split("\n").map(Number),
        threshold: 0.5,
        season: 7,
        windows: [[2, 5]],
      },
    });
  });

  it.each([
    [{ values: "1\n2" }, "values"],
    [{ values: "1\nmany" }, "values"],
    [{ threshold: "0" }, "threshold"],
    [{ season: "1.5" }, "season"],
    [{ windows: "90-95" }, "windows"],
    [{ values: Array(5_001).fill("1").join("\n") }, "values"],
  ])("says at the field what is wrong with %j", (changes, field) => {
    const read = readOwnData({ ...emptyForm, values, ...changes });
    expect("errors" in read && Object.keys(read.errors)).toEqual([field]);
  });

  it("takes more readings by one detector than by all", () => {
    const many = Array(5_001).fill("1").join("\n");
    expect(readOwnData({ ...emptyForm, values: many, detector: "ewma" })).toHaveProperty("body");
  });
});
