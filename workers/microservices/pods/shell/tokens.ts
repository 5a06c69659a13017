/** Splits the shell's text into words and operators. */
import { shellLimits } from "../pod-limits.ts";
import { ShellSyntaxError, type Word, type WordPart } from "./syntax.ts";

export type Token =
  | { readonly kind: "word"; readonly word: Word; readonly plain: string | null }
  | { readonly kind: "operator"; readonly text: string };

const operators = ["2>&1", ">&2", "1>&2", "2>>", "&&", "||", ">>", "2>", "1>"].concat([
  "|",
  ";",
  "&",
  "<",
  ">",
  "(",
  ")",
  "\n",
]);

/** @throws ShellSyntaxError */
export function tokensOf(source: string): Token[] {
  if (source.length > shellLimits.sourceLengthMax) throw new ShellSyntaxError("line too long");
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const character = source.charAt(at);
    if (character === " " || character === "\t" || character === "\r") {
      at += 1;
    } else if (source.startsWith("\\\n", at)) {
      at += 2;
    } else if (character === "#") {
      while (at < source.length && source[at] !== "\n") at += 1;
    } else {
      const operator = operators.find((text) => source.startsWith(text, at));
      if (operator === undefined) {
        const reader = new WordReader(source, at);
        tokens.push(reader.read());
        at = reader.at;
      } else {
        const text = operator === "1>" ? ">" : operator === "1>&2" ? ">&2" : operator;
        tokens.push({ kind: "operator", text });
        at += operator.length;
      }
    }
    if (tokens.length > shellLimits.wordsMax) throw new ShellSyntaxError("too many words");
  }
  return tokens;
}

class WordReader {
  readonly #source: string;
  readonly #parts: WordPart[] = [];
  #text = "";
  #hasQuotes = false;
  at: number;

  constructor(source: string, at: number) {
    this.#source = source;
    this.at = at;
  }

  read(): Token {
    while (this.at < this.#source.length && !/[\s|;&<>()]/.test(this.#source.charAt(this.at))) {
      const character = this.#source.charAt(this.at);
      if (character === "'") this.#single();
      else if (character === '"') this.#double();
      else if (character === "\\") {
        this.#take(this.#source.charAt(this.at + 1), true);
        this.at += 2;
        this.#hasQuotes = true;
      } else if (character === "$") this.#dollar(false);
      else if (character === "`") this.#backQuotes(false);
      else {
        this.#text += character;
        this.at += 1;
      }
    }
    this.#flush(false);
    const [first] = this.#parts;
    const isPlain = !this.#hasQuotes && this.#parts.length === 1 && first?.kind === "text";
    return { kind: "word", word: this.#parts, plain: isPlain ? first.text : null };
  }

  #take(text: string, quoted: boolean): void {
    this.#flush(false);
    this.#parts.push({ kind: "text", text, quoted });
  }

  #flush(quoted: boolean): void {
    if (this.#text !== "") this.#parts.push({ kind: "text", text: this.#text, quoted });
    this.#text = "";
  }

  #single(): void {
    const end = this.#source.indexOf("'", this.at + 1);
    if (end < 0) throw new ShellSyntaxError("unterminated quoted string");
    this.#take(this.#source.slice(this.at + 1, end), true);
    this.#hasQuotes = true;
    this.at = end + 1;
  }

  #double(): void {
    this.#flush(false);
    this.#hasQuotes = true;
    this.at += 1;
    for (;;) {
      const character = this.#source[this.at];
      if (character === undefined) throw new ShellSyntaxError("unterminated quoted string");
      if (character === '"') break;
      if (character === "$") this.#dollar(true);
      else if (character === "`") this.#backQuotes(true);
      else if (character === "\\" && /[$`"\\\n]/.test(this.#source.charAt(this.at + 1))) {
        const escaped = this.#source.charAt(this.at + 1);
        if (escaped !== "\n") this.#text += escaped;
        this.at += 2;
      } else {
        this.#text += character;
        this.at += 1;
      }
    }
    this.at += 1;
    // An empty string is a word, too.
    if (this.#text === "") this.#parts.push({ kind: "text", text: "", quoted: true });
    this.#flush(true);
  }

  #dollar(quoted: boolean): void {
    this.#flush(quoted);
    const rest = this.#source.slice(this.at, this.at + shellLimits.lineLengthMax);
    const braced = /^\$\{(\w+|[?$#@*])(?::?-([^}]*))?\}/.exec(rest);
    const bare = /^\$([A-Za-z_]\w*|[0-9?$#@*])/.exec(rest);
    if (rest.startsWith("$(") && !rest.startsWith("$((")) {
      const end = closingOf(this.#source, this.at + 1);
      const source = this.#source.slice(this.at + 2, end);
      this.#parts.push({ kind: "substitution", source, quoted });
      this.at = end + 1;
    } else if (braced !== null) {
      const fallback = braced[2] ?? null;
      this.#parts.push({ kind: "variable", name: braced[1] ?? "", fallback, quoted });
      this.at += braced[0].length;
    } else if (bare !== null) {
      this.#parts.push({ kind: "variable", name: bare[1] ?? "", fallback: null, quoted });
      this.at += bare[0].length;
    } else if (rest.startsWith("${") || rest.startsWith("$((")) {
      throw new ShellSyntaxError("bad substitution");
    } else {
      this.#text += "$";
      this.at += 1;
    }
  }

  #backQuotes(quoted: boolean): void {
    this.#flush(quoted);
    const end = this.#source.indexOf("`", this.at + 1);
    if (end < 0) throw new ShellSyntaxError("EOF in backquote substitution");
    this.#parts.push({
      kind: "substitution",
      source: this.#source.slice(this.at + 1, end),
      quoted,
    });
    this.at = end + 1;
  }
}

/** The bracket that closes the one at this place; quotes hide brackets. */
function closingOf(source: string, at: number): number {
  let depth = 0;
  let quote = "";
  for (let place = at; place < source.length; place += 1) {
    const character = source.charAt(place);
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === "'" || character === '"') quote = character;
    else if (character === "(") depth += 1;
    else if (character === ")") {
      depth -= 1;
      if (depth === 0) return place;
    }
  }
  throw new ShellSyntaxError('unexpected end of file (expecting ")")');
}
