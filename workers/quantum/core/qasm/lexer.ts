/** OpenQASM 2 and 3 as words, numbers and signs (live specification, "Types and Casting", "Comments"). */
import type { Place } from "./qasm-error.ts";
import { QasmError } from "./qasm-error.ts";

export interface Token extends Place {
  readonly kind:
    | "word"
    | "integer"
    | "real"
    | "duration"
    | "string"
    | "physical"
    | "sign"
    /** The rest of a line behind `pragma`. */
    | "pragma"
    /** `@name` and the rest of its line. */
    | "annotation"
    | "end";
  readonly text: string;
}

const blank = /(?:\s+|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)+/y;
const patterns: readonly (readonly [Token["kind"], RegExp])[] = [
  ["pragma", /#?pragma\b[^\n\r]*/y],
  ["word", /[\p{L}_][\p{L}\p{N}_]*/uy],
  [
    "duration",
    /(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[ \t]*(?:dt|ns|us|µs|μs|ms|s)(?![\p{L}\p{N}_])/uy,
  ],
  ["real", /(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?|\d[\d_]*[eE][+-]?\d+/y],
  ["integer", /0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*/y],
  ["string", /"[^"\n\r]*"|'[^'\n\r]*'/y],
  ["physical", /\$\d+/y],
  [
    "sign",
    /\*\*=|<<=|>>=|->|\+\+|\*\*|==|!=|<=|>=|<<|>>|&&|\|\||[-+*/%&|^]=|~=|[-+*/%&|^~!<>=(){}[\],;:@.]/y,
  ],
];

/** The tokens, the last of which is "end", and what could not be read. */
export function tokensOf(source: string): {
  readonly tokens: readonly Token[];
  readonly errors: readonly QasmError[];
} {
  const tokens: Token[] = [];
  const errors: QasmError[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  const advance = (length: number): void => {
    for (const end = at + length; at < end; at++) {
      const isBreak = source[at] === "\n" || (source[at] === "\r" && source[at + 1] !== "\n");
      if (!isBreak) continue;
      line += 1;
      lineStart = at + 1;
    }
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const read = (): Pick<Token, "kind" | "text"> | undefined => {
    const annotation = startsStatement(tokens.at(-1)) ? match(/@[\p{L}_][^\n\r]*/uy) : undefined;
    if (annotation !== undefined) return { kind: "annotation", text: annotation };
    for (const [kind, pattern] of patterns) {
      const text = match(pattern);
      if (text !== undefined) return { kind, text };
    }
    return undefined;
  };
  while (at < source.length) {
    const space = match(blank);
    if (space !== undefined) {
      advance(space.length);
      continue;
    }
    const place = { line, column: at - lineStart + 1 };
    const found = source.startsWith("/*", at) ? undefined : read();
    if (found === undefined) {
      const [message, hint] = unreadable(source, at);
      errors.push(new QasmError({ ...place, length: 1 }, message, hint));
      // An open comment or string would make nonsense of all that follows.
      advance(message.includes("never") ? source.length - at : 1);
      continue;
    }
    tokens.push({ ...place, kind: found.kind, text: found.text, length: found.text.length });
    advance(found.text.length);
  }
  tokens.push({ kind: "end", text: "", line, column: at - lineStart + 1, length: 1 });
  return { tokens, errors };
}

function startsStatement(before: Token | undefined): boolean {
  if (before === undefined || before.kind === "pragma" || before.kind === "annotation") return true;
  return before.kind === "sign" && [";", "{", "}"].includes(before.text);
}

function unreadable(source: string, at: number): readonly [string, string?] {
  if (source.startsWith("/*", at)) return ["this comment never ends", "close it with */"];
  if (source[at] === '"' || source[at] === "'") {
    return ["this string never ends on its line", "close it with the same quote"];
  }
  return [`${JSON.stringify(source[at])} means nothing here`];
}
