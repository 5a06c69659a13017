/** What is wrong with a table, told so that whoever brought it can mend it. */
export class TableError extends Error {
  readonly kind: "malformed" | "too large" | "empty" | "unsuitable";

  constructor(kind: TableError["kind"], message: string) {
    super(message);
    this.name = "TableError";
    this.kind = kind;
  }
}

/** A name or cell as a sentence quotes it: short, and on one line. */
export function quoted(text: string): string {
  const line = text.replaceAll(/\p{Cc}+/gu, " ");
  return `"${line.length > 60 ? `${line.slice(0, 57)}...` : line}"`;
}
