/** What becomes of columns, and that nothing of it is learned from rows that are tested on. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Table, typedTable } from "./column-types.ts";
import { encode, planFeatures } from "./features.ts";
import { readKnownColumns, schemaOf } from "./known-columns.ts";
import { readTable } from "./read-table.ts";

const tableOf = async (rows: unknown): Promise<Table> =>
  typedTable(await readTable(new TextEncoder().encode(JSON.stringify(rows)), "json"));
const upTo = (count: number) => Int32Array.from({ length: count }, (_, row) => row);

describe("features", () => {
  it("of training rows have mean 0 and deviation 1 where learners want that", async () => {
    const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(finite, { minLength: 5, maxLength: 60 }), async (x) => {
        const table = await tableOf({ x: [...x, 1.5, 2.5] });
        const rows = upTo(table.rows);
        const plan = planFeatures(table.columns, rows, { scaling: true });
        const { values, columns } = encode(plan, table.columns, rows);
        expect(columns).toBe(1);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
        expect(mean).toBeCloseTo(0, 6);
        expect(square).toBeCloseTo(1, 6);
      }),
      { numRuns: 50 },
    );
  });

  it("do not change when rows that are tested on do", async () => {
    const cell = fc.record({
      x: fc.option(fc.double({ min: -1e3, max: 1e3, noNaN: true })),
      g: fc.option(fc.constantFrom("a", "b", "c")),
      day: fc.option(fc.constantFrom("2024-01-02", "2024-05-06", "2023-12-31")),
    });
    const train = Array.from({ length: 24 }, (_, row) => ({
      x: row % 5 === 0 ? null : row / 7,
      g: "aabbc"[row % 5],
      day: `2024-0${(row % 3) + 1}-11`,
    }));
    const planOf = async (tested: readonly object[]) => {
      const { columns } = await tableOf([...train, ...tested]);
      return [true, false].map((scaling) => planFeatures(columns, upTo(24), { scaling }));
    };
    const alone = await planOf([]);
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { maxLength: 12 }), async (tested) => {
        expect(await planOf(tested)).toEqual(alone);
      }),
      { numRuns: 40 },
    );
  });

  it("fill gaps by the median and say so; part dates; give rare words one column", async () => {
    const words = "aaaabbbbcd";
    const rows = Array.from({ length: 10 }, (_, row) => ({
      x: row === 9 ? null : row,
      g: words[row],
      at: `2024-02-${10 + row}T0${row}:00:00Z`,
    }));
    const { columns } = await tableOf(rows);
    const plan = planFeatures(columns, upTo(10), { scaling: false });
    const { values, columns: width } = encode(plan, columns, Int32Array.of(9));
    // x and its gap, the code of the word, days, weekday and hour: the month never changes.
    expect(width).toBe(6);
    expect([...values.subarray(0, 2)]).toEqual([4, 1]);
    expect([...values.subarray(4)]).toEqual([new Date("2024-02-19").getUTCDay(), 9]);
    const oneHot = planFeatures(
      columns.filter(({ name }) => name === "g"),
      upTo(10),
      { scaling: true },
    );
    const design = encode(oneHot, columns, Int32Array.of(0, 4, 8, 9));
    // a, b, rare, missing
    expect([...design.values]).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0]);
  });

  it("of new rows come from the same columns, whatever words they bring", async () => {
    const table = await tableOf(
      Array.from({ length: 30 }, (_, row) => ({ x: row / 2, g: "ab"[row % 2] })),
    );
    const plan = planFeatures(table.columns, upTo(30), { scaling: false });
    const schema = table.columns.map(schemaOf);
    const columns = readKnownColumns(schema, [{ x: "3.5", g: "b" }, { g: "new" }, {}]);
    const { values } = encode(plan, columns, upTo(3));
    expect([...values]).toEqual([3.5, 1, 7.25, -1, 7.25, -2]);
    expect(() => readKnownColumns(schema, [{ x: 1 }, { x: "many" }])).toThrow('Row 2, column "x"');
    expect(() => readKnownColumns(schema, [{ x: "1e400" }])).toThrow("no finite number");
    expect(() => readKnownColumns(schema, [{ z: 1 }])).toThrow('no column "z"');
  });
});
