/** A source as the compiler counts it: in bytes of UTF-8. */
import type { SourceSpan } from "../artefact.ts";

export class SourceText {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly #lineStarts: readonly number[];

  constructor(file: string, content: string) {
    this.file = file;
    this.bytes = new TextEncoder().encode(content);
    const starts = [0];
    this.bytes.forEach((byte, index) => {
      if (byte === 0x0a) starts.push(index + 1);
    });
    this.#lineStarts = starts;
  }

  get lineCount(): number {
    return this.#lineStarts.length;
  }

  /** @returns the line of a byte offset, from 1 */
  lineOf(start: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] as number) <= start) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** The text between two byte offsets. */
  slice(start: number, length: number): string {
    return new TextDecoder().decode(this.bytes.subarray(start, start + length));
  }

  span(start: number, length: number): SourceSpan {
    const line = this.lineOf(start);
    const lineStart = this.#lineStarts[line - 1] as number;
    const column = this.slice(lineStart, start - lineStart).length + 1;
    return { file: this.file, line, column, length, start };
  }

  /** @param line from 1; empty beyond the end */
  line(line: number): string {
    const start = this.#lineStarts[line - 1];
    if (start === undefined) return "";
    const end = this.#lineStarts[line] ?? this.bytes.length + 1;
    return this.slice(start, end - 1 - start).replace(/\r$/, "");
  }
}

/** Some lines around a span, with numbers and a mark under it, as error messages show them. */
export function codeFrame(text: SourceText, { line, column, length }: SourceSpan): string {
  const first = Math.max(1, line - 2);
  const last = Math.min(text.lineCount, line + 2);
  const width = String(last).length;
  const rows: string[] = [];
  for (let number = first; number <= last; number++) {
    const mark = number === line ? ">" : " ";
    const content = text.line(number);
    rows.push(`${mark} ${String(number).padStart(width)} | ${content}`.trimEnd());
    if (number !== line) continue;
    const room = Math.max(1, content.length - column + 1);
    const carets = "^".repeat(Math.max(1, Math.min(length, room)));
    rows.push(`  ${" ".repeat(width)} | ${" ".repeat(column - 1)}${carets}`);
  }
  return rows.join("\n");
}
