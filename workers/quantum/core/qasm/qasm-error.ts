/** What is wrong with a source, where, and what to do about it. */

/** Line and column count from 1, in UTF-16 code units as editors do; `length` stays within the line. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export class QasmError extends Error {
  override readonly name = "QasmError";
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly hint: string | undefined;

  constructor({ line, column, length }: Place, message: string, hint?: string) {
    super(message);
    this.line = line;
    this.column = column;
    this.length = length;
    this.hint = hint;
  }

  /** The message, the line it is about with a caret under it, and the hint. */
  render(source: string): string {
    const text = source.split(/\r\n|[\n\r]/)[this.line - 1] ?? "";
    const number = String(this.line);
    // Tabs are kept, so that the caret stands under what it means.
    const before = text.slice(0, this.column - 1).replaceAll(/[^\t]/g, " ");
    return [
      `line ${this.line}, column ${this.column}: ${this.message}`,
      `${number} | ${text}`,
      `${" ".repeat(number.length)} | ${before}${"^".repeat(Math.max(1, this.length))}`,
      ...(this.hint === undefined ? [] : [`hint: ${this.hint}`]),
    ].join("\n");
  }
}
