import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { type GivenSeries, interpolated, readSeries, writeSeries } from "./read-series.ts";

function seriesOf(text: string): GivenSeries {
  const read = readSeries(text);
  if (!("series" in read)) throw new Error(read.problem);
  return read.series;
}

function problemOf(text: string) {
  const read = readSeries(text);
  if ("series" in read) throw new Error("it was read");
  return read;
}

describe("a pasted series", () => {
  it("is numbers in a line, one a row, or the last column of a CSV", () => {
    for (const text of ["1 2 3", "1,2,3", "1\n2\n3", "day;load\n1;1,0\n2;2,0\n3;3,0"]) {
      expect(seriesOf(text).values).toEqual([1, 2, 3]);
    }
    expect(seriesOf("day,load\n1,5\n2,6").name).toBe("load");
  });

  it("has a bad row named, and one click makes it a gap", () => {
    const { problem, fix } = problemOf("1\n2\nmany\n4");
    expect(problem).toContain("Row 3: “many”");
    expect(seriesOf(fix!.text).values).toEqual([1, 2, null, 4]);
    const dated = problemOf("date,load\n2026-01-01,1\n2026-01-02,x\n2026-01-03,3");
    expect(dated.problem).toContain("Row 3");
    expect(seriesOf(dated.fix!.text).values).toEqual([1, null, 3]);
  });

  it("has gaps where cells are empty and where dates are missing", () => {
    expect(seriesOf("a,1\nb,\nc,NA\nd,4")).toMatchObject({
      values: [1, null, null, 4],
      gaps: 2,
      firstGapRow: 2,
    });
    expect(seriesOf("2026-01-30,1\n2026-01-31,2\n2026-02-02,4").values).toEqual([1, 2, null, 4]);
    expect(seriesOf("2025-11,1\n2025-12,2\n2026-02,4").values).toEqual([1, 2, null, 4]);
  });

  it("must have dates that rise in equal steps", () => {
    expect(problemOf("2026-01-02,1\n2026-01-01,2").problem).toContain("Row 2");
    expect(problemOf("2026-01-01,1\n2026-01-03,2\n2026-01-06,3").problem).toContain("Row 3");
    expect(problemOf("2026-01-01,1\nsoon,2").problem).toContain("Row 2: “soon” is not a date");
  });

  it("that is too long or ends in gaps is put right by one click", () => {
    const long = problemOf(Array.from({ length: 2_003 }, (_, t) => t).join("\n"));
    expect(long.problem).toContain("2003 values are too many");
    expect(seriesOf(long.fix!.text).values).toEqual(Array.from({ length: 2_000 }, (_, t) => t + 3));
    expect(seriesOf(problemOf("1\n2\nNA\nNA").fix!.text).values).toEqual([1, 2]);
  });

  it("that is constant, empty or a single value is said to be", () => {
    expect(seriesOf("5\n5\n5").isConstant).toBe(true);
    expect(seriesOf("5\n5\n6").isConstant).toBe(false);
    expect(problemOf("").problem).toContain("Paste numbers");
    expect(problemOf("7\nNA").problem).toContain("At least 2");
  });
});

describe("interpolation", () => {
  it("draws straight lines over gaps and touches nothing else", () => {
    expect(interpolated(seriesOf("NA\n2\nNA\nNA\n8")).values).toEqual([2, 2, 4, 6, 8]);
  });
});

test("a series that is written is read as it was", () => {
  const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { freq: 5 });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (middle) => {
      const values = [1, ...middle.map((each) => (each === null ? null : each + 0)), 2];
      const text = writeSeries({ ...seriesOf("1\n2"), values });
      expect(seriesOf(text).values).toEqual(values);
    }),
  );
});
