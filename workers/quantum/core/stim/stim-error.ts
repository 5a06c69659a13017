/** A mistake in a .stim or .dem text, with its place. */
export class StimError extends RangeError {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly hint: string | undefined;

  constructor(place: { line: number; column: number }, message: string, hint?: string) {
    super(message);
    this.name = "StimError";
    this.line = place.line;
    this.column = place.column;
    this.hint = hint;
  }

  /** The message with its line of the source and a caret under the place. */
  render(source: string): string {
    const text = source.split("\n")[this.line - 1] ?? "";
    const shown = text.slice(0, 200);
    const caret = `${" ".repeat(Math.min(this.column - 1, 200))}^`;
    const hint = this.hint === undefined ? "" : `\n${this.hint}`;
    return `line ${this.line}, column ${this.column}: ${this.message}\n${shown}\n${caret}${hint}`;
  }
}
