/** Angles as they are written: numbers, pi, the document's parameters, and arithmetic on them. */
import { expressionLengthMax, expressionNestingMax } from "./limits.ts";

/** A number, or text such as `theta / 2 + pi`. */
export type Angle = number | string;

export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}

const functions: Readonly<Record<string, (value: number) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
  abs: Math.abs,
  arcsin: Math.asin,
  arccos: Math.acos,
};
const constants: Readonly<Record<string, number>> = {
  pi: Math.PI,
  π: Math.PI,
  tau: 2 * Math.PI,
  τ: 2 * Math.PI,
};

/** Names that a parameter may not have. */
export const takenNames: readonly string[] = [
  ...Object.keys(functions),
  ...Object.keys(constants),
  "e",
];

/** @throws ExpressionError that says what is wrong and what is known */
export function valueOf(angle: Angle, parameters: ReadonlyMap<string, number>): number {
  const value = typeof angle === "number" ? angle : new Reader(angle, parameters).whole();
  if (!Number.isFinite(value)) throw new ExpressionError(`${angle} is not a finite number`);
  return value;
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly string[];
  readonly #parameters: ReadonlyMap<string, number>;
  #at = 0;
  #depth = 0;

  constructor(text: string, parameters: ReadonlyMap<string, number>) {
    if (text.length > expressionLengthMax) {
      throw new ExpressionError(`an angle has at most ${expressionLengthMax} characters`);
    }
    this.#text = text;
    this.#parameters = parameters;
    this.#tokens =
      text.match(/\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|[\p{L}_][\p{L}\d_]*|\*\*|\S/giu) ??
      [];
  }

  whole(): number {
    const value = this.#sum();
    if (this.#at < this.#tokens.length) {
      throw new ExpressionError(`"${this.#tokens[this.#at]}" is not expected in "${this.#text}"`);
    }
    return value;
  }

  #take(...wanted: readonly string[]): string | null {
    const token = this.#tokens[this.#at];
    if (token === undefined || !wanted.includes(token)) return null;
    this.#at += 1;
    return token;
  }

  #sum(): number {
    let value = this.#product();
    for (let sign = this.#take("+", "-"); sign !== null; sign = this.#take("+", "-")) {
      value += (sign === "+" ? 1 : -1) * this.#product();
    }
    return value;
  }

  #product(): number {
    let value = this.#signed();
    for (let sign = this.#take("*", "/"); sign !== null; sign = this.#take("*", "/")) {
      const other = this.#signed();
      value = sign === "*" ? value * other : value / other;
    }
    return value;
  }

  #signed(): number {
    this.#depth += 1;
    if (this.#depth > expressionNestingMax) {
      throw new ExpressionError(`"${this.#text}" nests deeper than ${expressionNestingMax}`);
    }
    const sign = this.#take("-", "+");
    const value = sign === null ? this.#power() : this.#signed() * (sign === "-" ? -1 : 1);
    this.#depth -= 1;
    return value;
  }

  #power(): number {
    const base = this.#atom();
    return this.#take("^", "**") === null ? base : base ** this.#signed();
  }

  #atom(): number {
    const token = this.#tokens[this.#at];
    if (token === undefined) {
      throw new ExpressionError(`"${this.#text}" ends where a number or a name belongs`);
    }
    this.#at += 1;
    if (token === "(") return this.#bracketed();
    if (/^[\d.]/.test(token)) return Number(token);
    const own =
      this.#parameters.get(token) ??
      (Object.hasOwn(constants, token) ? constants[token] : undefined);
    if (own !== undefined) return own;
    const applied = Object.hasOwn(functions, token) ? functions[token] : undefined;
    if (applied !== undefined && this.#take("(") !== null) return applied(this.#bracketed());
    const known = [...this.#parameters.keys(), "pi"].join(", ");
    throw new ExpressionError(`"${token}" is not known here: use numbers and ${known}`);
  }

  #bracketed(): number {
    const value = this.#sum();
    if (this.#take(")") === null) throw new ExpressionError(`a ")" is missing in "${this.#text}"`);
    return value;
  }
}
