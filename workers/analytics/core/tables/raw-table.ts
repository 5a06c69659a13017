/** A table as it was read: named columns of text, where null is a missing value. */
import { tableLimits } from "./table-limits.ts";
import { quoted, TableError } from "./table-error.ts";

export interface RawTable {
  readonly rows: number;
  readonly names: readonly string[];
  /** One list of `rows` cells for each name. */
  readonly cells: readonly (readonly (string | null)[])[];
  /** Whether the file can have decimal commas, which it cannot where commas part its cells. */
  readonly decimalCommas: boolean;
}

/** What pandas reads as missing, and the question mark of the UCI repository. */
const missingWords = new Set(
  "|#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null|?".split(
    "|",
  ),
);

/** Collects rows; every cell is bounded before it is kept. */
export class TableBuilder {
  readonly #names: readonly string[];
  readonly #cells: (string | null)[][];
  /** Few texts are many cells in most columns: each is kept once. */
  readonly #known: Map<string, string>[];
  #rows = 0;

  /** @throws TableError when names are missing, repeated, too many or too long */
  constructor(names: readonly string[]) {
    if (names.length === 0) throw new TableError("empty", "The table has no columns.");
    if (names.length > tableLimits.columnsMax) {
      throw new TableError(
        "too large",
        `The table has ${names.length} columns; ${tableLimits.columnsMax} are accepted.`,
      );
    }
    this.#names = names.map((name, index) => columnName(name, index));
    const seen = new Map<string, number>();
    for (const [index, name] of this.#names.entries()) {
      const earlier = seen.get(name);
      if (earlier !== undefined) {
        throw new TableError(
          "malformed",
          `Columns ${earlier + 1} and ${index + 1} are both named ${quoted(name)}.`,
        );
      }
      seen.set(name, index);
    }
    this.#cells = names.map(() => []);
    this.#known = names.map(() => new Map());
  }

  get columns(): number {
    return this.#names.length;
  }

  /** @throws TableError when the table grows too large */
  addRow(row: readonly (string | null)[]): void {
    this.#rows += 1;
    const { rowsMax, cellsMax } = tableLimits;
    if (this.#rows > rowsMax || this.#rows * this.columns > cellsMax) {
      const most = Math.min(rowsMax, Math.floor(cellsMax / this.columns));
      throw new TableError(
        "too large",
        `The table has more than ${most} rows, the most that ${this.columns} columns may have.`,
      );
    }
    for (let column = 0; column < this.columns; column += 1) {
      this.#cells[column]!.push(this.#kept(column, row[column] ?? null));
    }
  }

  /** @throws TableError when there are no rows */
  finish(decimalCommas = false): RawTable {
    if (this.#rows === 0) throw new TableError("empty", "The table has no rows below its header.");
    return { rows: this.#rows, names: this.#names, cells: this.#cells, decimalCommas };
  }

  #kept(column: number, cell: string | null): string | null {
    if (cell === null) return null;
    const text = cell.trim();
    if (missingWords.has(text)) return null;
    if (text.length > tableLimits.cellLengthMax) {
      throw new TableError(
        "too large",
        `Row ${this.#rows}, column ${quoted(this.#names[column]!)}: the cell has ${text.length} characters; ${tableLimits.cellLengthMax} are accepted.`,
      );
    }
    const known = this.#known[column]!;
    const earlier = known.get(text);
    if (earlier !== undefined) return earlier;
    if (known.size < tableLimits.levelsMax) known.set(text, text);
    return text;
  }
}

function columnName(given: string, index: number): string {
  const name = given.trim();
  if (name === "") return `column ${index + 1}`;
  if (name.length > tableLimits.nameLengthMax) {
    throw new TableError(
      "too large",
      `The name of column ${index + 1} has ${name.length} characters; ${tableLimits.nameLengthMax} are accepted.`,
    );
  }
  return name;
}
