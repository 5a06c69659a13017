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

/** All that was found in one source, in its order; never empty. */
export class QasmErrors extends Error {
  override readonly name = "QasmErrors";
  readonly errors: readonly QasmError[];

  constructor(errors: readonly QasmError[]) {
    super(errors.map(({ line, column, message }) => `${line}:${column}: ${message}`).join("\n"));
    this.errors = errors;
  }

  render(source: string): string {
    return this.errors.map((error) => error.render(source)).join("\n\n");
  }
}

/** " did you mean x?" for the known name nearest to a wrong one, by edit distance; or nothing. */
export function nearest(wrong: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wrong.length / 3)) + 1;
  for (const name of known) {
    if (Math.abs(name.length - wrong.length) >= least) continue;
    const distance = editDistance(wrong, name);
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** Levenshtein's, row by row. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change =
        row[j - 1]! + (from[i - 1]?.toLowerCase() === to[j - 1]?.toLowerCase() ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, change));
    }
    row = next;
  }
  return row[to.length]!;
}
