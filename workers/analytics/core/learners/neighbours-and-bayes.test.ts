/** K nearest neighbours and naive Bayes beside scikit-learn 1.2.1 (testdata/expected.py). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowsOf, sampleTable, type SampleTableName } from "../../sample-tables.ts";
import { fitNow } from "./fit-now.ts";
import { naiveBayes } from "./naive-bayes.ts";
import { nearestNeighbours } from "./nearest-neighbours.ts";
import { NeighbourSearch } from "./neighbour-search.ts";

const file = join(import.meta.dirname, "testdata/sklearn-1.2.1.json");
const expected = JSON.parse(readFileSync(file, "utf8")) as {
  readonly neighbours: Record<string, readonly number[]>;
  readonly bayes: Record<string, readonly number[]>;
};

/** Numbers below 0 stand for rows where their answer is a matter of chance. */
function worstError(own: Float64Array, theirs: readonly number[]): number {
  expect(own.length).toBe(theirs.length);
  expect(theirs.filter((each) => each >= 0).length).toBeGreaterThan(theirs.length / 2);
  return Math.max(...theirs.map((each, index) => (each < 0 ? 0 : Math.abs(each - own[index]!))));
}

describe("has scikit-learn's neighbours", () => {
  it.each(Object.keys(expected.neighbours))("%s", (name) => {
    const [set, votes = "distance", metric = "euclidean"] = name.split(" ");
    const table = sampleTable(set as SampleTableName);
    const model = fitNow(
      nearestNeighbours,
      rowsOf(table, (row) => row % 5 !== 0),
      { neighbours: set === "diabetes" ? 6 : 7, votes: votes, metric: metric },
    );
    const asked = rowsOf(table, (row) => row % 5 === 0).design;
    expect(worstError(model.predict(asked), expected.neighbours[name]!)).toBeLessThan(1e-9);
  });
});

describe("has scikit-learn's naive Bayes", () => {
  it.each(Object.keys(expected.bayes))("%s", (name) => {
    const table = sampleTable(name.split(" ")[0] as SampleTableName);
    const weights = Float64Array.from({ length: table.design.rows }, (_, row) => 1 + (row % 3));
    const model = fitNow(
      naiveBayes,
      table,
      {},
      name.endsWith("weighed") ? { seed: 0, weights } : { seed: 0 },
    );
    const asked = rowsOf(table, (row) => row % 37 === 0).design;
    expect(worstError(model.predict(asked), expected.bayes[name]!)).toBeLessThan(1e-8);
  });
});

it("the search finds what looking at every row finds, ties and all", () => {
  const coordinate = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 14 }),
      fc.array(coordinate, { minLength: 14, maxLength: 2_000 }),
      fc.array(coordinate, { minLength: 14, maxLength: 14 }),
      fc.integer({ min: 1, max: 30 }),
      fc.constantFrom("euclidean" as const, "manhattan" as const),
      (columns, numbers, asked, wanted, metric) => {
        const rows = Math.floor(numbers.length / columns);
        const values = Float64Array.from(numbers.slice(0, rows * columns));
        const point = Float64Array.from(asked.slice(0, columns));
        const k = Math.min(rows, wanted);
        const distances = Array.from({ length: rows }, (_, row) =>
          point.reduce((sum, each, column) => {
            const away = Math.abs(each - values[row * columns + column]!);
            return sum + (metric === "euclidean" ? away ** 2 : away);
          }, 0),
        );
        const limit = distances.toSorted((a, b) => a - b)[k - 1]!;
        const within = [...distances.keys()].filter((row) => distances[row]! <= limit);
        const found = new NeighbourSearch(values, columns, metric).nearest(point, k);
        expect(found.limit).toBe(limit);
        expect(found.rows.toSorted((a, b) => a - b)).toEqual(within);
        expect(found.distances).toEqual(found.rows.map((row) => distances[row]));
      },
    ),
    { seed: 4, numRuns: 200 },
  );
});

it("rows as far as the last neighbour share its place", () => {
  const table = {
    design: { rows: 4, columns: 1, values: Float64Array.of(0, 2, 2, -2) },
    target: { kind: "regression", values: Float64Array.of(3, 10, 20, 30) },
  } as const;
  // The row at 0, and one place for three rows: 3 / 2 + 20 / 2.
  const model = fitNow(nearestNeighbours, table, { neighbours: 2 });
  expect(model.predict({ rows: 1, columns: 1, values: Float64Array.of(0) })[0]).toBeCloseTo(
    11.5,
    12,
  );
});
