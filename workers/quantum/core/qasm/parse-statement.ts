/** Statements by recursive descent (arXiv 1707.03429, appendix A; live specification, "Grammar"). */
import { parseControl } from "./parse-control.ts";
import { parseDeclaration } from "./parse-declaration.ts";
import { parseExpression, parseList } from "./parse-expression.ts";
import { QasmError } from "./qasm-error.ts";
import type { Expression, Modifier, Name, Statement } from "./syntax.ts";
import { onlyVersion3, placeOf, spanning, type TokenStream } from "./token-stream.ts";

/** Errors inside a block are collected; one that leaves the block unread is thrown. */
export function parseStatement(tokens: TokenStream, errors: QasmError[]): Statement {
  return tokens.nested(() => {
    const token = tokens.peek();
    if (token.kind === "pragma" || token.kind === "annotation") {
      tokens.next();
      return { kind: token.kind, text: token.text, place: placeOf(token) };
    }
    if (tokens.version === "2.0") refuseVersion3(tokens);
    return (
      parseDeclaration(tokens, errors) ??
      parseControl(tokens, errors) ??
      parseOperation(tokens, errors)
    );
  });
}

/** { ... }, or one statement. */
export function parseBody(tokens: TokenStream, errors: QasmError[]): readonly Statement[] {
  return tokens.sees("{") ? parseBlock(tokens, errors) : [parseStatement(tokens, errors)];
}

export function parseBlock(tokens: TokenStream, errors: QasmError[]): readonly Statement[] {
  const open = tokens.expect("{", "to begin a block");
  const statements: Statement[] = [];
  while (!tokens.accept("}")) {
    if (tokens.peek().kind === "end") {
      throw new QasmError(open, "this block is never closed", "close it with }");
    }
    if (tokens.accept(";")) continue;
    const start = tokens.position;
    try {
      statements.push(parseStatement(tokens, errors));
    } catch (error) {
      if (!(error instanceof QasmError)) throw error;
      errors.push(error);
      tokens.recover(start);
    }
  }
  return statements;
}

function refuseVersion3(tokens: TokenStream): void {
  const token = tokens.peek();
  if (token.kind !== "word" || !onlyVersion3.has(token.text)) return;
  // Of version 2's own statements none begins with these words, but a gate may bear their names.
  const after = tokens.peek(1);
  const isCall = after.kind === "word" && [",", ";", "["].includes(tokens.peek(2).text);
  const isType = /^(?:qubit|bit|bool|u?int|float|angle|let|const|input|output|def)$/.test(
    token.text,
  );
  if (isCall && !isType) return;
  throw new QasmError(
    token,
    `${token.text} belongs to OpenQASM 3, and the source is version 2`,
    "begin the source with OPENQASM 3.0;",
  );
}

function parseOperation(tokens: TokenStream, errors: QasmError[]): Statement {
  const first = tokens.peek();
  const place = placeOf(first);
  if (tokens.accept("measure")) return parseMeasure(tokens, place);
  if (tokens.accept("reset")) {
    const qubits = parseExpression(tokens);
    end(tokens, "reset");
    return { kind: "reset", qubits, place };
  }
  if (tokens.accept("barrier")) {
    const operands = tokens.sees(";") ? [] : parseList(tokens, ";");
    end(tokens, "barrier");
    return { kind: "barrier", operands, place };
  }
  if (tokens.version !== "2.0") {
    if (tokens.accept("delay")) {
      tokens.expect("[", "behind delay");
      parseExpression(tokens);
      tokens.expect("]", "behind the duration");
      const operands = tokens.sees(";") ? [] : parseList(tokens, ";");
      end(tokens, "delay");
      return { kind: "delay", operands, place };
    }
    if (tokens.accept("box")) {
      if (tokens.accept("[")) {
        parseExpression(tokens);
        tokens.expect("]", "behind the duration");
      }
      return { kind: "box", body: parseBlock(tokens, errors), place };
    }
  }
  return parseCallOrAssignment(tokens);
}

function parseMeasure(tokens: TokenStream, place: Statement["place"]): Statement {
  const qubits = parseExpression(tokens);
  if (!tokens.accept("->")) {
    if (tokens.version === "2.0") throw tokens.unexpected("-> and a bit are expected");
    end(tokens, "measure");
    return { kind: "measure", qubits, place };
  }
  const into = parseExpression(tokens);
  end(tokens, "measure");
  return { kind: "measure", qubits, into, place };
}

const assignments = new Set([
  "=",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "&=",
  "|=",
  "^=",
  "<<=",
  ">>=",
  "**=",
]);

function parseCallOrAssignment(tokens: TokenStream): Statement {
  const first = tokens.peek();
  const modifiers = tokens.version === "2.0" ? [] : parseModifiers(tokens);
  const token = tokens.peek();
  if (token.kind !== "word") throw tokens.unexpected("a statement is expected");
  if (modifiers.length === 0 && isAssignment(tokens)) return parseAssignment(tokens);
  tokens.next();
  const name: Name = { name: token.text, place: placeOf(token) };
  let parameters: readonly Expression[] = [];
  if (tokens.accept("(")) {
    parameters = tokens.sees(")") ? [] : parseList(tokens, ")");
    const close = tokens.expect(")", `to close the parameters of ${name.name}`);
    const isFunction = tokens.sees(";") && modifiers.length === 0 && name.name !== "gphase";
    if (isFunction) {
      tokens.next();
      const place = spanning(token, close);
      return {
        kind: "expression",
        place,
        value: { kind: "call", name: name.name, operands: parameters, place },
      };
    }
  }
  const operands = tokens.sees(";") ? [] : parseList(tokens, ";");
  end(tokens, name.name);
  return {
    kind: "call",
    modifiers,
    name: name.name,
    namePlace: name.place,
    parameters,
    operands,
    place: placeOf(first),
  };
}

/** A name, brackets behind it perhaps, and a sign that assigns. */
function isAssignment(tokens: TokenStream): boolean {
  let ahead = 1;
  if (tokens.peek(ahead).text === "[") {
    for (let depth = 0; tokens.peek(ahead).kind !== "end"; ahead++) {
      const { text } = tokens.peek(ahead);
      if (text === "[") depth += 1;
      if (text === "]") depth -= 1;
      if (text === ";") return false;
      if (depth === 0 && tokens.peek(ahead + 1).text !== "[") break;
    }
    ahead += 1;
  }
  const { kind, text } = tokens.peek(ahead);
  return kind === "sign" && assignments.has(text);
}

function parseAssignment(tokens: TokenStream): Statement {
  const { place } = { place: placeOf(tokens.peek()) };
  if (tokens.version === "2.0") {
    throw new QasmError(place, "version 2 assigns nothing", "write measure qubit -> bit;");
  }
  const target = parseExpression(tokens);
  const sign = tokens.next().text;
  const value = parseExpression(tokens);
  end(tokens, "the assignment");
  return {
    kind: "assign",
    target,
    operator: sign.length > 1 ? sign.slice(0, -1) : sign,
    value,
    place,
  };
}

/** ctrl, ctrl(n), negctrl, inv and pow(x), each with an @ (live specification, "Gate modifiers"). */
function parseModifiers(tokens: TokenStream): readonly Modifier[] {
  const modifiers: Modifier[] = [];
  while (tokens.sees("ctrl", "negctrl", "inv", "pow")) {
    const token = tokens.next();
    const kind = token.text as Modifier["kind"];
    let argument: Expression | undefined;
    if (kind !== "inv" && tokens.accept("(")) {
      argument = parseExpression(tokens);
      tokens.expect(")", `behind the argument of ${kind}`);
    }
    if (kind === "pow" && argument === undefined) {
      throw tokens.unexpected("pow takes its exponent in brackets", "such as pow(1/2) @ x q;");
    }
    tokens.expect("@", `behind ${kind}`);
    modifiers.push({ kind, argument, place: placeOf(token) });
  }
  return modifiers;
}

export function end(tokens: TokenStream, what: string): void {
  tokens.expect(";", `behind ${what}`);
}
