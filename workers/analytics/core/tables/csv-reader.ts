/**
 * Comma-separated values as RFC 4180 has them, read piece by piece: quoted cells with delimiters,
 * line breaks and doubled quotes in them, CRLF, LF or CR. Cells are data, whatever they look like:
 * nothing that begins with an equals sign is ever computed.
 */
import { type RawTable, TableBuilder } from "./raw-table.ts";
import { tableLimits } from "./table-limits.ts";
import { quoted, TableError } from "./table-error.ts";

const delimiters = [",", ";", "\t", "|"] as const;

type Place = "start of cell" | "plain" | "quoted" | "after quote";

/** Text in, records out, with the line that each begins in. */
export class CsvRecords {
  readonly #delimiter: string;
  readonly #emit: (cells: string[], line: number) => void;
  #place: Place = "start of cell";
  #cells: string[] = [];
  #cell = "";
  #line = 1;
  #recordLine = 1;
  #afterReturn = false;

  constructor(delimiter: string, emit: (cells: string[], line: number) => void) {
    this.#delimiter = delimiter;
    this.#emit = emit;
  }

  /** @throws TableError for text after a closing quote, and for cells or records without end */
  push(text: string): void {
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at]!;
      if (this.#place === "quoted") {
        if (character !== '"') {
          if (character === "\n") this.#line += 1;
          continue;
        }
        this.#append(text.slice(from, at));
        this.#place = "after quote";
        continue;
      }
      const afterReturn = this.#afterReturn;
      this.#afterReturn = false;
      if (character === this.#delimiter) {
        if (this.#place === "plain") this.#append(text.slice(from, at));
        this.#endCell();
      } else if (character === "\n" || character === "\r") {
        this.#afterReturn = character === "\r";
        // The second half of a CRLF ends nothing.
        if (character === "\n" && afterReturn) {
          from = at + 1;
          continue;
        }
        if (this.#place === "plain") this.#append(text.slice(from, at));
        this.#endRecord();
      } else if (character === '"' && this.#place === "after quote") {
        this.#append('"');
        this.#place = "quoted";
        from = at + 1;
      } else if (character === '"' && this.#place === "start of cell") {
        this.#place = "quoted";
        from = at + 1;
      } else if (this.#place === "after quote") {
        throw new TableError(
          "malformed",
          `Line ${this.#line}: ${quoted(character)} follows a closing quote; quotes inside a quoted cell are doubled.`,
        );
      } else if (this.#place === "start of cell") {
        this.#place = "plain";
        from = at;
      }
    }
    if (this.#place === "plain" || this.#place === "quoted") this.#append(text.slice(from));
  }

  /** @throws TableError when a quote is still open */
  end(): void {
    if (this.#place === "quoted") {
      throw new TableError(
        "malformed",
        `Line ${this.#recordLine}: a quote is opened that nothing closes.`,
      );
    }
    if (this.#place !== "start of cell" || this.#cells.length > 0) this.#endRecord();
  }

  #append(piece: string): void {
    this.#cell += piece;
    if (this.#cell.length > tableLimits.cellLengthMax) {
      throw new TableError(
        "too large",
        `Line ${this.#recordLine}, cell ${this.#cells.length + 1}: the cell has more than ${tableLimits.cellLengthMax} characters.`,
      );
    }
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#cell = "";
    this.#place = "start of cell";
    if (this.#cells.length > tableLimits.columnsMax) {
      throw new TableError(
        "too large",
        `Line ${this.#recordLine} has more than ${tableLimits.columnsMax} cells.`,
      );
    }
  }

  #endRecord(): void {
    this.#endCell();
    const cells = this.#cells;
    this.#cells = [];
    this.#emit(cells, this.#recordLine);
    this.#line += 1;
    this.#recordLine = this.#line;
  }
}

/**
 * The delimiter that parts the first records of a text into the same number of cells, of more than
 * one; of several the one that makes most cells. A comma where none does.
 */
export function detectDelimiter(text: string): string {
  const sample = text.slice(0, tableLimits.delimiterSampleLength);
  let best = { delimiter: ",", agreement: 0, width: 1 };
  for (const delimiter of delimiters) {
    const widths: number[] = [];
    try {
      const records = new CsvRecords(delimiter, (cells) => {
        if (cells.length > 1 || cells[0] !== "") widths.push(cells.length);
      });
      records.push(sample);
      if (sample.length === text.length) records.end();
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
    }
    const looked = widths.slice(0, tableLimits.delimiterSampleRecords);
    const width = looked[0] ?? 0;
    if (width < 2) continue;
    const agreement = looked.filter((each) => each === width).length / looked.length;
    const isBetter =
      agreement > best.agreement || (agreement === best.agreement && width > best.width);
    if (isBetter) best = { delimiter, agreement, width };
  }
  return best.delimiter;
}

/** Reads a table from bytes as they arrive. */
export class CsvReader {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  readonly #given: string | undefined;
  #delimiter = ",";
  #records: CsvRecords | null = null;
  #builder: TableBuilder | null = null;
  #waiting = "";
  #lines = 1;

  /** @param delimiter guessed from the first lines when left out */
  constructor(delimiter?: string) {
    this.#given = delimiter;
  }

  /** @throws TableError naming the line */
  push(bytes: Uint8Array): void {
    this.#take(this.#decode(bytes, true));
  }

  /** @throws TableError */
  finish(): RawTable {
    this.#take(this.#decode(new Uint8Array(), false));
    if (this.#records === null) this.#begin();
    this.#records!.end();
    if (this.#builder === null) throw new TableError("empty", "The file holds no table.");
    return this.#builder.finish(this.#delimiter !== ",");
  }

  #decode(bytes: Uint8Array, stream: boolean): string {
    try {
      return this.#decoder.decode(bytes, { stream });
    } catch {
      const replaced = new TextDecoder("utf-8").decode(bytes).split("\uFFFD", 1)[0]!;
      const line = this.#lines + replaced.split("\n").length - 1;
      throw new TableError(
        "malformed",
        `Line ${line}: the text is not UTF-8. Save the file as UTF-8.`,
      );
    }
  }

  #take(text: string): void {
    for (const character of text) if (character === "\n") this.#lines += 1;
    if (text.includes("\0")) {
      throw new TableError("malformed", "The file holds zero bytes: it is not text in UTF-8.");
    }
    if (this.#records !== null) return this.#records.push(text);
    this.#waiting += text;
    if (this.#waiting.length >= tableLimits.delimiterSampleLength) this.#begin();
  }

  #begin(): void {
    this.#delimiter = this.#given ?? detectDelimiter(this.#waiting);
    this.#records = new CsvRecords(this.#delimiter, (cells, line) => this.#record(cells, line));
    const waiting = this.#waiting;
    this.#waiting = "";
    this.#records.push(waiting);
  }

  #record(cells: string[], line: number): void {
    if (this.#builder === null) {
      if (cells.length === 1 && cells[0]!.trim() === "") return;
      this.#builder = new TableBuilder(cells);
      return;
    }
    // A line with nothing in it is no row, except where one empty cell is a row.
    if (cells.length === 1 && cells[0] === "" && this.#builder.columns > 1) return;
    if (cells.length !== this.#builder.columns) {
      throw new TableError(
        "malformed",
        `Line ${line} has ${cells.length} cells; the header has ${this.#builder.columns}.`,
      );
    }
    this.#builder.addRow(cells);
  }
}
