import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDigits } from "../../../resources/models/digit-data.ts";
import { seededChance } from "../../compute/seeded-chance.ts";
import { specificationExamples, specificationSchema } from "../contract-training-network.ts";
import { bracketSamples } from "./brackets.ts";
import { dataSetOf } from "./data-sets.ts";
import { readLabDigits } from "./digits.ts";

const of = (data: unknown, seed = 1) =>
  dataSetOf(specificationSchema.parse({ ...specificationExamples.spiral, data, seed }), null);

describe("points of the plane", () => {
  it.each(["circle", "xor", "gaussians", "spiral", "moons"] as const)(
    "%s: two classes in equal parts, split, the same for the same seed",
    (kind) => {
      const data = of({ kind, samples: 200, noise: 0.1, validationShare: 0.25 });
      expect([data.training.count, data.validation.count]).toEqual([150, 50]);
      const ones = data.plane!.points.filter(({ target }) => target === 1).length;
      expect(ones).toBe(100);
      expect(of({ kind, samples: 200, noise: 0.1, validationShare: 0.25 })).toEqual({
        ...data,
        prepare: expect.any(Function) as unknown,
        restore: expect.any(Function) as unknown,
      });
      expect(of({ kind, samples: 200, noise: 0.1 }, 2).plane!.points).not.toEqual(
        data.plane!.points,
      );
    },
  );

  it("without noise the circle is told by its radius and xor by its signs", () => {
    const circle = of({ kind: "circle", samples: 300, noise: 0 }).plane!.points;
    expect(circle.every(({ x, y, target }) => Number(Math.hypot(x, y) < 3) === target)).toBe(true);
    const xor = of({ kind: "xor", samples: 300, noise: 0 }).plane!.points;
    expect(xor.every(({ x, y, target }) => Number(x * y > 0) === target)).toBe(true);
  });

  it("features are what their names say", () => {
    const features = ["x", "y", "x^2", "y^2", "xy", "sin x", "sin y"];
    const inputs = of({ kind: "xor", features }).prepare([2, -3]);
    const wanted = [2, -3, 1, 2.25, -1.5, Math.sin(2), Math.sin(-3)];
    wanted.forEach((value, index) => expect(inputs[index]).toBeCloseTo(value, 6));
  });

  it("drawn points of one class teach nothing", () => {
    const points = [1, 2, 3, 4, 5].map((x) => ({ x, y: 0, label: 1 }));
    expect(() => of({ kind: "points", points })).toThrow(/one class/);
  });
});

describe("brackets", () => {
  it("are in balance when removing pairs leaves nothing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 32 }), fc.integer(), (length, seed) => {
        for (const { symbols, isBalanced } of bracketSamples(40, length, seededChance(seed))) {
          expect(symbols).toHaveLength(length);
          let text = symbols
            .map((symbol) => "() "[symbol])
            .join("")
            .trimEnd();
          while (text.includes("()")) text = text.replaceAll("()", "");
          expect(text === "").toBe(isBalanced);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("a table", () => {
  const lines = Array.from(
    { length: 12 },
    (_, row) => `${row},${row * row},${row % 2 === 0 ? "even" : "odd"}`,
  );
  const table = (rows: readonly string[], target = "parity", header = "n,square,parity") =>
    of({ kind: "table", csv: [header, ...rows].join("\r\n"), target });

  it("of words has classes, of numbers is a regression in its own unit", () => {
    expect(table(lines)).toMatchObject({ task: "classification", classes: ["even", "odd"] });
    const numbers = lines.map((line) => line.split(",").slice(0, 2).join(","));
    const data = of({ kind: "table", csv: ["n,square", ...numbers].join("\n"), target: "square" });
    expect(data).toMatchObject({ task: "regression", inputNames: ["n"] });
    const targets = [...data.training.targets, ...data.validation.targets].map(data.restore);
    const sorted = targets.toSorted((a, b) => a - b);
    sorted.forEach((value, index) => expect(value).toBeCloseTo(index * index, 3));
  });

  it("is standardised by what is learned from", () => {
    const { training } = table(lines);
    const column = Array.from({ length: training.count }, (_, row) => training.inputs[2 * row]!);
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const square = column.reduce((sum, value) => sum + value * value, 0) / column.length;
    expect(mean).toBeCloseTo(0, 5);
    expect(square).toBeCloseTo(1, 5);
  });

  it("with quotes, commas and line breaks in cells is read as RFC 4180 says", () => {
    const quoted = lines.map((line, row) =>
      line.replace(/[a-z]+$/, row % 2 ? '"a ""b"", c"' : '"d\ne"'),
    );
    expect(table(quoted).classes).toEqual(['a "b", c', "d\ne"]);
  });

  it.each([
    ["a gap", lines.with(3, "3,,odd"), /Row 4, column "square"/],
    ["a word among numbers", lines.with(5, "x,25,odd"), /Row 6, column "n": "x"/],
    ["an infinite number", lines.with(5, "1e999,25,odd"), /Row 6, column "n"/],
    ["a ragged row", lines.with(7, "7,49"), /Row 8 has 2 cells, the header has 3/],
    ["a missing target", lines.with(2, "2,4,"), /Row 3 has nothing in "parity"/],
    ["one class", lines.map((line) => line.replace("odd", "even")), /nothing to learn/],
    ["few rows", lines.slice(0, 4), /at least 10/],
  ])("with %s is refused by row and column", (_, rows, message) => {
    expect(() => table(rows)).toThrow(message);
  });

  it("without the target, or with a column twice, is refused", () => {
    expect(() => table(lines, "colour")).toThrow(/no column "colour"; there are n, square, parity/);
    expect(() => table(lines, "parity", "n,n,parity")).toThrow(/Two columns are named "n"/);
  });
});

describe("the digits of the lab", () => {
  it("are those of the package, four bits a pixel", async () => {
    const { pixels, labels } = await readLabDigits();
    const { training } = readDigits();
    // The first digit of each class is in both.
    const first = (wanted: number) => training.labels.indexOf(wanted);
    for (let digit = 0; digit < 10; digit++) {
      expect(labels[digit]).toBe(digit);
      for (let at = 0; at < 784; at++) {
        const exact = training.inputs[first(digit) * 784 + at]!;
        expect(Math.abs(pixels[digit * 784 + at]! / 255 - exact)).toBeLessThanOrEqual(
          1 / 30 + 1e-6,
        );
      }
    }
  });
});
