/** Reading tables: RFC 4180, JSON and Parquet, and what columns hold. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateOf } from "./cell-values.ts";
import { describeColumns, quantileOfSorted } from "./column-statistics.ts";
import { typedTable } from "./column-types.ts";
import { CsvReader, CsvRecords, detectDelimiter } from "./csv-reader.ts";
import { csvOf } from "./csv-writer.ts";
import { readTable } from "./read-table.ts";
import { tableLimits } from "./table-limits.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const csv = (text: string) => readTable(bytesOf(text), "csv");
const json = (value: unknown) =>
  readTable(bytesOf(typeof value === "string" ? value : JSON.stringify(value)), "json");
const kindsOf = async (text: string) => typedTable(await csv(text)).columns.map(({ kind }) => kind);

describe("CSV (RFC 4180)", () => {
  it("reads back whatever a writer with quotes everywhere wrote, cut anywhere", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", ";", "é", " ") });
    const records = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }),
      );
    fc.assert(
      fc.property(records, fc.constantFrom("\n", "\r\n", "\r"), fc.nat(), (rows, end, cut) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = rows.map((row) => row.map(quote).join(",")).join(end);
        const read: string[][] = [];
        const reader = new CsvRecords(",", (cells) => read.push(cells));
        const at = cut % (text.length + 1);
        reader.push(text.slice(0, at));
        reader.push(text.slice(at));
        reader.end();
        expect(read).toEqual(rows);
      }),
    );
  });

  it("reads plain cells the same, whichever of its three line ends a file has", async () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const table = await csv(["a,b", "1,x", "2,", ""].join(end));
      expect(table).toMatchObject({
        rows: 2,
        names: ["a", "b"],
        cells: [
          ["1", "2"],
          ["x", null],
        ],
      });
    }
  });

  it("takes the byte order mark for no part of the first name", async () => {
    expect((await csv("\uFEFFa,b\n1,2\n")).names).toEqual(["a", "b"]);
  });

  it("finds the delimiter that all records agree on", () => {
    expect(detectDelimiter("a;b;c\n1,5;2,5;3\n")).toBe(";");
    expect(detectDelimiter("a\tb\n1,2\t3\n")).toBe("\t");
    expect(detectDelimiter('name|note\nx|"a,b,c"\ny|z\n')).toBe("|");
    expect(detectDelimiter('a,b\n"1;2;3",4\n')).toBe(",");
    expect(detectDelimiter("alone\n1\n2\n")).toBe(",");
  });

  it("names the line of a ragged row, of a stray quote and of an open one", async () => {
    await expect(csv('a,b\n1,2\n"x\ny",3\n4\n')).rejects.toThrow(
      "Line 5 has 1 cells; the header has 2.",
    );
    await expect(csv('a,b\n1,"x"y\n')).rejects.toThrow("Line 2:");
    await expect(csv('a,b\n1,2\n3,"x\n4,5\n')).rejects.toThrow("Line 3: a quote is opened");
  });

  it("refuses what is no UTF-8, repeated names, nothing at all, and a header alone", async () => {
    const latin = Uint8Array.of(...bytesOf("a,b\n1,2\n"), 0xe9, 0x2c, 0x31);
    await expect(readTable(latin, "csv")).rejects.toThrow("Line 3: the text is not UTF-8");
    await expect(csv("a,a\n1,2\n")).rejects.toThrow('Columns 1 and 2 are both named "a"');
    await expect(csv("")).rejects.toThrow("empty");
    await expect(csv("\n\n")).rejects.toThrow("no table");
    await expect(csv("a,b\n")).rejects.toThrow("no rows");
    await expect(readTable(Uint8Array.of(0x61, 0, 0x62, 0), "csv")).rejects.toThrow("zero bytes");
  });

  it("bounds cells and columns while it reads, and never keeps more of one", () => {
    const reader = new CsvReader(",");
    const endless = bytesOf("x".repeat(64 * 1024));
    expect(() => {
      for (let i = 0; i < 1_000; i += 1) reader.push(endless);
    }).toThrow("Line 1, cell 1: the cell has more than");
    const wide = new CsvReader(",");
    expect(() => wide.push(bytesOf("a,".repeat(tableLimits.delimiterSampleLength)))).toThrow(
      `more than ${tableLimits.columnsMax} cells`,
    );
  });

  it("keeps formulas as data, and writes them so that no spreadsheet computes them", async () => {
    const hostile = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1"];
    const written = csvOf(
      ["name", "n"],
      hostile.map((text) => [text, -5]),
    );
    const rows = written.trimEnd().split("\r\n").slice(1);
    for (const row of rows) expect(row).toMatch(/^"?'/);
    expect(rows.every((row) => row.endsWith(",-5"))).toBe(true);
    const table = await csv("name,n\n=1+1,2\n");
    expect(table.cells[0]).toEqual(["=1+1"]);
  });
});

describe("JSON", () => {
  it("reads rows, columns and lines as the same table", async () => {
    const rows = await json([{ a: 1, b: "x" }, { a: 2 }]);
    expect(rows.cells).toEqual([
      ["1", "2"],
      ["x", null],
    ]);
    expect(await json({ a: [1, 2], b: ["x", null] })).toEqual(rows);
    expect(await json('{"a":1,"b":"x"}\n{"a":2}\n')).toEqual(rows);
  });

  it("names what does not fit, and keeps hands off prototypes", async () => {
    await expect(json([{ a: 1 }, { a: [2] }])).rejects.toThrow('Row 2, column "a"');
    await expect(json({ a: [1, 2], b: [1] })).rejects.toThrow('Column "b" has 1 values');
    await expect(json('{"a":1}\n{"a":\n')).rejects.toThrow("Line 2");
    await expect(json("[".repeat(100_000))).rejects.toThrow("nests deeper");
    await expect(json([1, 2])).rejects.toThrow("Row 1 is not an object");
    const table = await json('[{"__proto__": 5, "a": 1}]');
    expect(table.names).toEqual(["__proto__", "a"]);
    expect(table.cells).toEqual([["5"], ["1"]]);
  });
});

describe("Parquet, as Apache Arrow writes it", () => {
  const file = (name: string) => readFileSync(join(import.meta.dirname, "testdata", name));

  it("reads each of six types", async () => {
    const table = await readTable(file("six-types.parquet"), "parquet");
    expect(table.names).toEqual(["city", "n", "x", "ok", "day", "at"]);
    expect(table.cells[0]).toEqual(["Bern", "Rom", null, "Oslo"]);
    expect(table.cells[1]).toEqual(["1", "2", "3", null]);
    expect(table.cells[2]).toEqual(["1.5", "2.25", "-3", "0"]);
    expect(table.cells[3]).toEqual(["true", "false", "true", "true"]);
    expect(dateOf(table.cells[4]![0]!)).toBe(Date.UTC(2024, 0, 2));
    expect(dateOf(table.cells[5]![0]!)).toBe(Date.UTC(2024, 0, 2, 3, 4, 5));
  });

  it("names the packing it does not know, and refuses damaged files", async () => {
    await expect(readTable(file("gzip.parquet"), "parquet")).rejects.toThrow("packed by GZIP");
    const good = file("six-types.parquet");
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), async (at, byte) => {
        const bad = Uint8Array.from(good);
        bad[at] = byte;
        const outcome = await readTable(bad, "parquet").catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome.name).toBe("TableError");
      }),
      { numRuns: 300 },
    );
    await expect(readTable(good.subarray(0, 100), "parquet")).rejects.toThrow("cannot be read");
  });
});

describe("column types", () => {
  it("are what all cells agree on", async () => {
    const rows = Array.from({ length: 40 }, (_, i) =>
      [
        i,
        i / 3,
        i % 2 ? "yes" : "no",
        "abc"[i % 3],
        `2024-02-${(i % 28) + 1}`,
        "same",
        `u-${i}x`,
      ].join(","),
    );
    const header = "id,x,flag,group,day,fixed,code";
    expect(await kindsOf([header, ...rows].join("\n"))).toEqual(
      "id number boolean category date constant id".split(" "),
    );
  });

  it("name the row of infinite and stray cells, which count as missing", async () => {
    const cells = Array.from({ length: 60 }, (_, i) => String((i * 7) % 50));
    cells[10] = "1e999";
    cells[20] = "unknown";
    const { columns } = typedTable(await csv(`x\n${cells.join("\n")}\n`));
    expect(columns[0]).toMatchObject({ kind: "integer", missing: 2 });
    expect(columns[0]!.warnings.join(" ")).toMatch(/"unknown" in row 21.*first in row 11/);
    expect(columns[0]!.values[10]).toBeNaN();
  });

  it("read decimal commas where semicolons part the cells", async () => {
    const { columns } = typedTable(await csv("a;b\n1.234,5;x\n-0,25;y\n7;x\n"));
    expect([...columns[0]!.values]).toEqual([1_234.5, -0.25, 7]);
  });

  it("know the calendar", () => {
    expect(dateOf("2023-02-29")).toBeUndefined();
    expect(dateOf("2024-02-29")).toBe(Date.UTC(2024, 1, 29));
    expect(dateOf("2024-02-29T23:30:00.5-01:30")).toBe(Date.UTC(2024, 2, 1, 1, 0, 0, 500));
    expect(dateOf("12-12-12")).toBeUndefined();
  });
});

describe("statistics", () => {
  it("quantiles of 1 to 5 are those of Hyndman and Fan's seventh kind", () => {
    const sorted = Float64Array.of(1, 2, 3, 4, 5);
    expect([0, 0.1, 0.25, 0.5, 1].map((p) => quantileOfSorted(sorted, p))).toEqual([
      1, 1.4, 2, 3, 5,
    ]);
  });

  it("count every value once, in bins and in levels", async () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
    await fc.assert(
      fc.asyncProperty(fc.array(finite, { minLength: 2 }), async (numbers) => {
        const table = typedTable(
          await json({ x: numbers, g: numbers.map((v) => (v > 0 ? "p" : "q")) }),
        );
        const [x] = describeColumns(table);
        if (x!.numbers === null) return;
        const counted = x!.histogram.reduce((sum, { count }) => sum + count, 0);
        expect(counted).toBe(numbers.length - x!.missing);
        expect(x!.numbers.mean).toBeCloseTo(numbers.reduce((a, b) => a + b, 0) / numbers.length, 3);
      }),
    );
  });
});
