/** Branches and loops (live specification, "Classical instructions": looping and branching). */
import { parseExpression, parseList, parseSelector, parseType } from "./parse-expression.ts";
import { end, parseBlock, parseBody } from "./parse-statement.ts";
import type { QasmError } from "./qasm-error.ts";
import type { Selector, Statement } from "./syntax.ts";
import { placeOf, type TokenStream } from "./token-stream.ts";

export function parseControl(tokens: TokenStream, errors: QasmError[]): Statement | undefined {
  const token = tokens.peek();
  const place = placeOf(token);
  if (tokens.sees("if")) return parseIf(tokens, errors);
  if (tokens.version === "2.0") return undefined;
  if (tokens.sees("{")) return { kind: "block", body: parseBlock(tokens, errors), place };
  if (token.kind !== "word") return undefined;
  switch (token.text) {
    case "for":
      return parseFor(tokens, errors);
    case "while": {
      tokens.next();
      tokens.expect("(", "behind while");
      const condition = parseExpression(tokens);
      tokens.expect(")", "behind the condition");
      return { kind: "while", condition, body: parseBody(tokens, errors), place };
    }
    case "switch":
      return parseSwitch(tokens, errors);
    case "break":
    case "continue":
    case "end":
      tokens.next();
      end(tokens, token.text);
      return { kind: token.text, place };
    case "return": {
      tokens.next();
      const value = tokens.sees(";") ? undefined : parseExpression(tokens);
      end(tokens, "return");
      return { kind: "return", value, place };
    }
    default:
      return undefined;
  }
}

function parseIf(tokens: TokenStream, errors: QasmError[]): Statement {
  const place = placeOf(tokens.next());
  tokens.expect("(", "behind if");
  const condition = tokens.version === "2.0" ? parseEquality(tokens) : parseExpression(tokens);
  tokens.expect(")", "behind the condition");
  const whenTrue = parseBody(tokens, errors);
  const hasElse = tokens.version !== "2.0" && tokens.accept("else") !== undefined;
  return {
    kind: "if",
    condition,
    whenTrue,
    whenFalse: hasElse ? parseBody(tokens, errors) : [],
    place,
  };
}

/** In version 2 a condition is register == integer, and nothing else. */
function parseEquality(tokens: TokenStream): ReturnType<typeof parseExpression> {
  const left = parseExpression(tokens);
  tokens.expect("==", "in the condition of version 2");
  const right = parseExpression(tokens);
  return { kind: "binary", operator: "==", left, right, place: left.place };
}

function parseFor(tokens: TokenStream, errors: QasmError[]): Statement {
  const place = placeOf(tokens.next());
  const type = parseType(tokens);
  const variable = tokens.name("the variable of the loop");
  tokens.expect("in", `behind for ${variable.name}`);
  let over: Selector;
  if (tokens.accept("[")) {
    over = parseSelector(tokens);
    tokens.expect("]", "behind the range");
  } else if (tokens.sees("{")) {
    over = parseSelector(tokens);
  } else {
    over = { kind: "one", value: parseExpression(tokens) };
  }
  const start = tokens.position;
  const body = parseBody(tokens, errors);
  const isRepetition = !tokens.wordsSince(start).has(variable.name);
  return { kind: "for", type, variable, over, body, isRepetition, place };
}

function parseSwitch(tokens: TokenStream, errors: QasmError[]): Statement {
  const place = placeOf(tokens.next());
  tokens.expect("(", "behind switch");
  const subject = parseExpression(tokens);
  tokens.expect(")", "behind the subject of the switch");
  tokens.expect("{", "to begin the cases");
  const cases: Extract<Statement, { kind: "switch" }>["cases"][number][] = [];
  let otherwise: readonly Statement[] = [];
  while (tokens.accept("case")) {
    const values = parseList(tokens, "{");
    cases.push({ values, body: parseBlock(tokens, errors) });
  }
  if (tokens.accept("default")) otherwise = parseBlock(tokens, errors);
  tokens.expect("}", "to end the cases");
  return { kind: "switch", subject, cases, otherwise, place };
}
