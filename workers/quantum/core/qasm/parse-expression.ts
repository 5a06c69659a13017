/** Expressions by precedence climbing (live specification, "Classical instructions", table of operators). */
import { QasmError } from "./qasm-error.ts";
import type { Expression, Range, Selector, Type } from "./syntax.ts";
import { placeOf, spanning, type TokenStream } from "./token-stream.ts";

/** From the loosest to the tightest; `++` joins registers. */
const levels: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", "<=", ">", ">="],
  ["<<", ">>"],
  ["+", "-", "++"],
  ["*", "/", "%"],
];

/** In version 2 `^` is a power (arXiv 1707.03429, appendix A). */
const levels2 = [
  ["+", "-"],
  ["*", "/"],
] as const;

const typeNames = ["bit", "bool", "int", "uint", "float", "angle", "duration", "qubit"] as const;

export function parseExpression(tokens: TokenStream): Expression {
  return tokens.nested(() => parseLevel(tokens, 0));
}

function parseLevel(tokens: TokenStream, level: number): Expression {
  const operators = (tokens.version === "2.0" ? levels2 : levels)[level];
  if (operators === undefined) return parseUnary(tokens);
  let left = parseLevel(tokens, level + 1);
  if (level < 2 && tokens.version !== "2.0") {
    const operator = level === 0 ? "||" : "&&";
    const operands = [left];
    while (tokens.accept(operator)) operands.push(parseLevel(tokens, level + 1));
    if (operands.length === 1) return left;
    return {
      kind: "logic",
      operator,
      operands,
      place: spanning(left.place, operands.at(-1)!.place),
    };
  }
  while (tokens.sees(...operators)) {
    const operator = tokens.next().text;
    const right = parseLevel(tokens, level + 1);
    left = { kind: "binary", operator, left, right, place: spanning(left.place, right.place) };
  }
  return left;
}

function parseUnary(tokens: TokenStream): Expression {
  const sign = tokens.accept("-", "+", "!", "~");
  if (sign === undefined) return parsePower(tokens);
  const operand = tokens.nested(() => parseUnary(tokens));
  if (sign.text === "+") return operand;
  return { kind: "unary", operator: sign.text, operand, place: spanning(sign, operand.place) };
}

/** Right-associative, and tighter than a sign before it: -2 ** 2 is -4. */
function parsePower(tokens: TokenStream): Expression {
  const left = parsePostfix(tokens);
  if (!tokens.accept(tokens.version === "2.0" ? "^" : "**")) return left;
  const right = tokens.nested(() => parseUnary(tokens));
  return { kind: "binary", operator: "**", left, right, place: spanning(left.place, right.place) };
}

function parsePostfix(tokens: TokenStream): Expression {
  let base = parsePrimary(tokens);
  while (tokens.sees("[")) base = parseIndex(tokens, base);
  return base;
}

function parseIndex(tokens: TokenStream, base: Expression): Expression {
  tokens.expect("[", "here");
  const selectors: Selector[] = [];
  do selectors.push(parseSelector(tokens));
  while (tokens.accept(","));
  const close = tokens.expect("]", "behind the index");
  return { kind: "index", base, selectors, place: spanning(base.place, close) };
}

/** An index, a range a:b or a:step:b with both ends, or a set in braces. */
export function parseSelector(tokens: TokenStream): Selector {
  if (tokens.sees("{")) {
    const list = parsePrimary(tokens);
    return { kind: "set", values: list.kind === "list" ? list.items : [] };
  }
  const first = tokens.peek();
  const from = tokens.sees(":") ? undefined : parseExpression(tokens);
  if (!tokens.accept(":")) return { kind: "one", value: from! };
  const ends = () => tokens.sees(":", "]", ",", ")", "{");
  const second = ends() ? undefined : parseExpression(tokens);
  const hasStep = tokens.accept(":") !== undefined;
  const third = !hasStep || ends() ? undefined : parseExpression(tokens);
  const range: Range = hasStep
    ? { place: placeOf(first), from, step: second, to: third }
    : { place: placeOf(first), from, to: second };
  return { kind: "range", ...range };
}

function parsePrimary(tokens: TokenStream): Expression {
  const token = tokens.peek();
  const place = placeOf(token);
  switch (token.kind) {
    case "integer":
    case "real":
      tokens.next();
      if (tokens.peek().text === "im" && tokens.peek().column === token.column + token.length) {
        throw new QasmError(tokens.peek(), "complex numbers are not supported");
      }
      return {
        kind: "number",
        value: Number(token.text.replaceAll("_", "").toLowerCase()),
        isInteger: token.kind === "integer",
        place,
      };
    case "duration":
      tokens.next();
      return { kind: "duration", place };
    case "string": {
      tokens.next();
      const text = token.text.slice(1, -1).replaceAll("_", "");
      if (!/^[01]+$/.test(text)) {
        throw new QasmError(token, "a string of bits holds 0 and 1 alone", 'such as "0110"');
      }
      return { kind: "bit-string", text, place };
    }
    case "physical":
      tokens.next();
      return { kind: "physical", qubit: Number(token.text.slice(1)), place };
    case "word":
      return parseWord(tokens);
    default:
  }
  if (tokens.accept("(")) {
    const inner = parseExpression(tokens);
    const close = tokens.expect(")", "to close the bracket");
    return { ...inner, place: spanning(token, close) };
  }
  if (tokens.accept("{")) {
    const items = tokens.sees("}") ? [] : parseList(tokens, "}");
    const close = tokens.expect("}", "to close the list");
    return { kind: "list", items, place: spanning(token, close) };
  }
  throw tokens.unexpected("a value is expected");
}

function parseWord(tokens: TokenStream): Expression {
  const token = tokens.next();
  const place = placeOf(token);
  if (token.text === "true" || token.text === "false") {
    return { kind: "boolean", value: token.text === "true", place };
  }
  if (tokens.version !== "2.0") {
    if (token.text === "measure") {
      const operand = parsePostfix(tokens);
      return { kind: "measure", operand, place: spanning(token, operand.place) };
    }
    if (typeNames.some((name) => name === token.text)) return parseCast(tokens, token.text, place);
    if (token.text === "durationof") {
      throw new QasmError(token, "durationof is not supported: this simulator keeps no time");
    }
  }
  if (!tokens.accept("(")) return { kind: "name", name: token.text, place };
  const operands = tokens.sees(")") ? [] : parseList(tokens, ")");
  const close = tokens.expect(")", `to close the bracket of ${token.text}`);
  return { kind: "call", name: token.text, operands, place: spanning(token, close) };
}

function parseCast(tokens: TokenStream, name: string, place: Type["place"]): Expression {
  const size = parseSize(tokens);
  tokens.expect("(", `behind the type ${name}`);
  const operand = parseExpression(tokens);
  const close = tokens.expect(")", "to close the cast");
  const type: Type = { place, name: name as Type["name"], size };
  return { kind: "cast", type, operand, place: spanning(place, close) };
}

/** [size], if it is there. */
export function parseSize(tokens: TokenStream): Expression | undefined {
  if (!tokens.accept("[")) return undefined;
  const size = parseExpression(tokens);
  tokens.expect("]", "behind the size");
  return size;
}

/** Expressions with commas between them, up to a sign that is left; a last comma may hang. */
export function parseList(tokens: TokenStream, close: string): readonly Expression[] {
  const items: Expression[] = [];
  do {
    if (items.length > 0 && tokens.sees(close)) break;
    items.push(parseExpression(tokens));
  } while (tokens.accept(","));
  return items;
}

/** A type of values, arrays included: array[int[8], 3]. */
export function parseType(tokens: TokenStream): Type {
  const token = tokens.peek();
  tokens.accept("readonly", "mutable");
  if (tokens.accept("array")) {
    tokens.expect("[", "behind array");
    const element = parseType(tokens);
    const dimensions: Expression[] = [];
    while (tokens.accept(",")) {
      if (tokens.accept("#")) break;
      dimensions.push(parseExpression(tokens));
    }
    tokens.expect("]", "behind the array's sizes");
    return { ...element, dimensions };
  }
  const found = typeNames.find((name) => tokens.sees(name));
  if (found === undefined) {
    const hint = `types are ${typeNames.join(", ")} and array`;
    if (tokens.sees("complex")) throw tokens.unexpected("complex numbers are not supported", hint);
    throw tokens.unexpected("a type is expected", hint);
  }
  tokens.next();
  return { place: placeOf(token), name: found, size: parseSize(tokens) };
}
