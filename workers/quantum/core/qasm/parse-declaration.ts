/** What gives a name a meaning: registers, values, gates, subroutines, and the files of both. */
import { parseExpression, parseSize, parseType } from "./parse-expression.ts";
import { end, parseBlock } from "./parse-statement.ts";
import { QasmError } from "./qasm-error.ts";
import type { FunctionStatement, Name, Statement } from "./syntax.ts";
import { placeOf, type TokenStream } from "./token-stream.ts";

export function parseDeclaration(tokens: TokenStream, errors: QasmError[]): Statement | undefined {
  const token = tokens.peek();
  if (token.kind !== "word") return undefined;
  const place = placeOf(token);
  switch (token.text) {
    case "OPENQASM":
      throw new QasmError(token, "the version stands once, before everything else");
    case "include":
      return parseInclude(tokens);
    case "qreg":
    case "creg": {
      tokens.next();
      const name = tokens.name("the name of a register");
      const of = token.text === "qreg" ? "qubit" : "bit";
      const size = parseSize(tokens);
      if (size === undefined && tokens.version === "2.0") {
        throw tokens.unexpected(
          `the size of ${name.name} is expected`,
          `${token.text} ${name.name}[4];`,
        );
      }
      end(tokens, `${token.text} ${name.name}`);
      return { kind: "register", of, name, size, place };
    }
    case "gate":
      return parseGate(tokens, errors);
    case "opaque": {
      tokens.next();
      const name = tokens.name("the name of a gate");
      if (tokens.accept("(")) parameterNames(tokens);
      names(tokens, "a qubit");
      end(tokens, `opaque ${name.name}`);
      return { kind: "opaque", name, place };
    }
    default:
      return tokens.version === "2.0" ? undefined : parseDeclaration3(tokens, errors);
  }
}

function parseDeclaration3(tokens: TokenStream, errors: QasmError[]): Statement | undefined {
  const token = tokens.peek();
  const place = placeOf(token);
  switch (token.text) {
    case "qubit": {
      tokens.next();
      const size = parseSize(tokens);
      const name = tokens.name("the name of a qubit");
      end(tokens, `qubit ${name.name}`);
      return { kind: "register", of: "qubit", name, size, place };
    }
    case "let": {
      tokens.next();
      const name = tokens.name("the name of an alias");
      tokens.expect("=", `behind let ${name.name}`);
      const value = parseExpression(tokens);
      end(tokens, "let");
      return { kind: "alias", name, value, place };
    }
    case "def":
      return parseFunction(tokens, errors);
    case "const":
    case "input":
    case "output":
      tokens.next();
      return parseValue(tokens, token.text, place);
    case "stretch": {
      tokens.next();
      const name = tokens.name("the name of a stretch");
      end(tokens, "stretch");
      return {
        kind: "declare",
        role: "variable",
        type: { place, name: "duration" },
        name,
        initial: { kind: "duration", place },
        place,
      };
    }
    case "extern":
    case "cal":
    case "defcal":
    case "defcalgrammar":
      throw new QasmError(
        token,
        `${token.text} is not supported: this simulator has no outside functions and no pulses`,
      );
    case "bit":
    case "bool":
    case "int":
    case "uint":
    case "float":
    case "angle":
    case "duration":
    case "array":
    case "complex":
      return parseValue(tokens, "variable", place);
    default:
      return undefined;
  }
}

function parseInclude(tokens: TokenStream): Statement {
  const place = placeOf(tokens.next());
  const file = tokens.peek();
  if (file.kind !== "string") throw tokens.unexpected("the name of a file is expected, in quotes");
  tokens.next();
  end(tokens, "include");
  return {
    kind: "include",
    file: file.text.slice(1, -1),
    place: file.length > 0 ? placeOf(file) : place,
  };
}

function parseValue(
  tokens: TokenStream,
  role: "const" | "variable" | "input" | "output",
  place: Statement["place"],
): Statement {
  const type = parseType(tokens);
  if (type.name === "qubit") throw new QasmError(type.place, `a qubit cannot be ${role}`);
  const name = tokens.name("a name");
  const initial = tokens.accept("=") ? parseExpression(tokens) : undefined;
  end(tokens, `the declaration of ${name.name}`);
  if (role === "const" && initial === undefined) {
    throw new QasmError(
      name.place,
      `the constant ${name.name} has no value`,
      "write = and its value",
    );
  }
  const isRegister = type.name === "bit" && type.dimensions === undefined;
  if (isRegister && (role === "variable" || role === "output")) {
    return { kind: "register", of: "bit", name, size: type.size, initial, place };
  }
  return {
    kind: "declare",
    role: role === "output" ? "variable" : role,
    type,
    name,
    initial,
    place,
  };
}

function parseGate(tokens: TokenStream, errors: QasmError[]): Statement {
  const start = tokens.position;
  const place = placeOf(tokens.next());
  const name = tokens.name("the name of a gate");
  const parameters = tokens.accept("(") ? parameterNames(tokens) : [];
  const qubits = names(tokens, "a qubit of the gate");
  const body = parseBlock(tokens, errors);
  return { kind: "gate", name, parameters, qubits, body, text: tokens.textSince(start), place };
}

function parameterNames(tokens: TokenStream): readonly Name[] {
  const found = tokens.sees(")") ? [] : names(tokens, "a parameter");
  tokens.expect(")", "to close the parameters");
  return found;
}

function names(tokens: TokenStream, what: string): readonly Name[] {
  const found: Name[] = [];
  do found.push(tokens.name(what));
  while (tokens.accept(","));
  return found;
}

function parseFunction(tokens: TokenStream, errors: QasmError[]): Statement {
  const place = placeOf(tokens.next());
  const name = tokens.name("the name of a subroutine");
  tokens.expect("(", `behind def ${name.name}`);
  const parameters: FunctionStatement["parameters"][number][] = [];
  while (!tokens.sees(")")) {
    const type = parseType(tokens);
    parameters.push({ type, name: tokens.name("a parameter") });
    if (!tokens.accept(",")) break;
  }
  tokens.expect(")", "to close the parameters");
  if (tokens.accept("->")) parseType(tokens);
  return { kind: "def", name, parameters, body: parseBlock(tokens, errors), place };
}
