/** Tokens one after another, and what the parser may ask of them. */
import { qasmNestingMax } from "../limits.ts";
import type { Token } from "./lexer.ts";
import { type Place, QasmError } from "./qasm-error.ts";
import type { Name, Version } from "./syntax.ts";

export class TokenStream {
  readonly version: Version;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], version: Version) {
    this.#tokens = tokens;
    this.version = version;
  }

  get position(): number {
    return this.#at;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.max(0, Math.min(this.#at + ahead, this.#tokens.length - 1))]!;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.#at += 1;
    return token;
  }

  /** Whether the next token is this sign or word. */
  sees(...texts: readonly string[]): boolean {
    const { kind, text } = this.peek();
    return (kind === "sign" || kind === "word") && texts.includes(text);
  }

  accept(...texts: readonly string[]): Token | undefined {
    return this.sees(...texts) ? this.next() : undefined;
  }

  expect(text: string, after: string): Token {
    const found = this.accept(text);
    if (found !== undefined) return found;
    throw this.unexpected(`${text} is expected ${after}`);
  }

  name(what: string): Name {
    const token = this.peek();
    if (token.kind !== "word") throw this.unexpected(`${what} is expected`);
    if (reserved(this.version).has(token.text)) {
      throw new QasmError(
        token,
        `${token.text} is a word of the language, and cannot be ${what}`,
        "choose another name",
      );
    }
    this.next();
    return { name: token.text, place: placeOf(token) };
  }

  /** A missing sign at a line's end is shown there, not at the start of the next line. */
  unexpected(message: string, hint?: string): QasmError {
    const token = this.peek();
    const before = this.#tokens[this.#at - 1];
    const found = token.kind === "end" ? "the source ends" : `${token.text} stands`;
    if (before !== undefined && (token.kind === "end" || token.line > before.line)) {
      const place = { line: before.line, column: before.column + before.length, length: 1 };
      return new QasmError(place, message, hint);
    }
    return new QasmError(token, `${message}, where ${found}`, hint);
  }

  /** One level of brackets, blocks or operators deeper. */
  nested<Result>(parse: () => Result): Result {
    if (this.#depth >= qasmNestingMax) {
      throw new QasmError(this.peek(), `more than ${qasmNestingMax} levels inside one another`);
    }
    this.#depth += 1;
    try {
      return parse();
    } finally {
      this.#depth -= 1;
    }
  }

  /** The names and words from a position up to here. */
  wordsSince(position: number): ReadonlySet<string> {
    return new Set(
      this.#tokens
        .slice(position, this.#at)
        .filter(({ kind }) => kind === "word")
        .map(({ text }) => text),
    );
  }

  textSince(position: number): string {
    return this.#tokens
      .slice(position, this.#at)
      .map(({ text }) => text)
      .join(" ");
  }

  /**
   * After an error: skips to behind the next `;` or the block that starts first. Where only the sign
   * at a line's end was missing, the next line is a statement of its own.
   */
  recover(from: number): void {
    if (this.#at === from) this.next();
    else if (this.peek().line > this.peek(-1).line && this.peek().kind === "word") return;
    for (let depth = 0; this.peek().kind !== "end";) {
      if (depth === 0 && this.sees("}")) return;
      const { text, kind } = this.next();
      if (kind !== "sign") continue;
      if (text === "{") depth += 1;
      if (text === "}") depth -= 1;
      if (depth <= 0 && (text === ";" || text === "}")) return;
    }
  }
}

export function placeOf({ line, column, length }: Place): Place {
  return { line, column, length };
}

/** From the start of one token to the end of another, or of the first's line. */
export function spanning(first: Place, last: Place): Place {
  const { line, column } = first;
  const length = last.line === line ? last.column + last.length - column : first.length;
  return { line, column, length: Math.max(1, length) };
}

const words2 = "OPENQASM include qreg creg gate opaque barrier measure reset if pi U CX";
const words3 = `OPENQASM include qreg creg gate opaque barrier measure reset if else pi tau euler π τ ℇ U gphase
  qubit bit bool int uint float angle complex array duration stretch const input output let def extern
  cal defcal defcalgrammar for while in break continue end return switch case default box delay
  ctrl negctrl inv pow durationof true false void mutable readonly pragma`;

const reservedWords = {
  two: new Set(words2.split(" ")),
  three: new Set(words3.split(/\s+/)),
};

/** Words that cannot be names. */
export function reserved(version: Version): ReadonlySet<string> {
  return version === "2.0" ? reservedWords.two : reservedWords.three;
}

/** Words with which a statement of version 3 begins, and none of version 2. */
export const onlyVersion3: ReadonlySet<string> = new Set(
  `qubit bit bool int uint float angle complex array duration stretch const input output let def extern
  cal defcal defcalgrammar for while break continue end return switch box delay ctrl negctrl inv pow
  gphase else`.split(/\s+/),
);
