/** A source as a tree: the header, and statement by statement, each error ending only its statement. */
import { qasmErrorsMax } from "../limits.ts";
import { type Token, tokensOf } from "./lexer.ts";
import { parseStatement } from "./parse-statement.ts";
import { QasmError } from "./qasm-error.ts";
import type { Program, Statement, Version } from "./syntax.ts";
import { onlyVersion3, TokenStream } from "./token-stream.ts";

export function parseProgram(source: string): {
  readonly program: Program;
  readonly errors: readonly QasmError[];
} {
  const { tokens, errors: unread } = tokensOf(source);
  const errors = [...unread];
  const header = headerOf(tokens, errors);
  const stream = new TokenStream(header.rest, header.version);
  const statements: Statement[] = [];
  while (stream.peek().kind !== "end" && errors.length < qasmErrorsMax) {
    const start = stream.position;
    try {
      const close = stream.accept("}");
      if (close !== undefined) throw new QasmError(close, "} closes nothing");
      if (stream.accept(";")) continue;
      statements.push(parseStatement(stream, errors));
    } catch (error) {
      if (!(error instanceof QasmError)) throw error;
      errors.push(error);
      stream.recover(start);
    }
  }
  const { version, hasHeader } = header;
  const physical = tokens.filter(({ kind }) => kind === "physical");
  const physicalQubits = Math.max(
    0,
    ...new Set(physical.map(({ text }) => Number(text.slice(1)) + 1)),
  );
  return { program: { version, hasHeader, physicalQubits, statements }, errors };
}

interface Header {
  readonly version: Version;
  readonly hasHeader: boolean;
  readonly rest: readonly Token[];
}

/** Without a header, syntax that only version 3 has means 3, and everything else 2. */
function headerOf(tokens: readonly Token[], errors: QasmError[]): Header {
  const at = tokens.findIndex(({ kind }) => kind !== "pragma" && kind !== "annotation");
  const [word, number, end] = tokens.slice(at);
  if (word?.text !== "OPENQASM") {
    return { version: guessed(tokens), hasHeader: false, rest: tokens };
  }
  const rest = (count: number) => [...tokens.slice(0, at), ...tokens.slice(at + count)];
  const versions: Record<string, Version> = {
    "2.0": "2.0",
    "2": "2.0",
    "3.0": "3.0",
    "3": "3.0",
    "3.1": "3.1",
  };
  const version = versions[number?.text ?? ""];
  if (version === undefined) {
    const place = number === undefined || number.kind === "end" ? word : number;
    errors.push(
      new QasmError(place, "this version of OpenQASM is unknown", "write 2.0, 3.0 or 3.1"),
    );
    const isNumber = number?.kind === "real" || number?.kind === "integer";
    return { version: guessed(tokens), hasHeader: true, rest: rest(isNumber ? 2 : 1) };
  }
  if (end?.text === ";") return { version, hasHeader: true, rest: rest(3) };
  const behind = { ...number!, column: number!.column + number!.length, length: 1 };
  errors.push(new QasmError(behind, "; is expected behind the version"));
  return { version, hasHeader: true, rest: rest(2) };
}

function guessed(tokens: readonly Token[]): Version {
  const isThree = tokens.some(({ kind, text }, at) => {
    if (kind === "string") return text.slice(1, -1) === "stdgates.inc";
    if (kind === "physical" || kind === "annotation" || text === "@") return true;
    const before = tokens[at - 1]?.text ?? ";";
    return kind === "word" && onlyVersion3.has(text) && [";", "{", "}"].includes(before);
  });
  return isThree ? "3.0" : "2.0";
}
