/**
 * Which texts are kernels. GPU.js turns a kernel into JavaScript, WebAssembly or WGSL, and its JavaScript
 * is evaluated: what is let through must be harmless even if it were evaluated as it stands. So only
 * loops, branches, numbers, local variables, Math, and reading of arguments and constants are. There are
 * no texts, no objects, no calls but of Math, and nothing but local variables is written to, so that no
 * name of a property can be made.
 */

/** The text of a kernel and what it names. */
export interface KernelSource {
  /** Without comments. */
  readonly text: string;
  readonly parameters: readonly string[];
  readonly constants: readonly string[];
}

export const kernelCharactersMax = 8_000;
const tokensMax = 3_000;

/** Where the text stops being a kernel, and why. */
export class KernelProblem extends Error {
  /** From 1. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(`Line ${line}: ${message}`);
    this.line = line;
  }
}

interface Token {
  readonly kind: "name" | "number" | "sign" | "end";
  readonly text: string;
  readonly line: number;
}

const mathFunctions = new Set(
  "abs acos asin atan atan2 ceil cos exp floor log log2 max min pow round sign sin sqrt tan tanh".split(
    " ",
  ),
);
const mathConstants = new Set(["PI", "E"]);
const keywords = new Set(
  "function return let const var for if else while break continue".split(" "),
);
const assignments = new Set(["=", "+=", "-=", "*=", "/=", "%=", "++", "--"]);
const signs = /^(?:===|!==|=>|>>|<<|\*\*|&&|\|\||[<>=!+\-*/%]=|\+\+|--|[-+*/%<>=!?:;,(){}[\].])/;
/** Signs of JavaScript that kernels have no use for. */
const foreign = new Set(["=>", ">>", "<<", "**"]);
const generated = /^(?:user_|constants_|thread|gl_|_)/;

/** @throws KernelProblem */
export function readKernel(source: string): KernelSource {
  if (source.length > kernelCharactersMax) {
    throw new KernelProblem(`more than ${kernelCharactersMax} characters.`, 1);
  }
  const text = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) =>
    comment.replaceAll(/[^\n]/g, " "),
  );
  // Old browsers' comments would hide what is checked here from those that evaluate it.
  if (/<!--|-->/.test(text)) throw new KernelProblem("<!-- and --> are no part of a kernel.", 1);
  const tokens = tokensOf(text);
  const parameters = headOf(tokens);
  const constants = new Set<string>();
  const locals = localsOf(tokens, parameters);
  let depth = 0;
  const first = tokens.findIndex((token) => token.text === "{");
  for (let at = first; at < tokens.length - 1; at++) {
    const token = tokens[at]!;
    if (token.text === "{") depth += 1;
    if (token.text === "}") depth -= 1;
    if (depth === 0 && at < tokens.length - 2) {
      throw new KernelProblem("nothing may follow the function.", tokens[at + 1]!.line);
    }
    at += checkAt(tokens, at, { parameters, locals, constants });
  }
  if (depth !== 0) throw new KernelProblem("a { is not closed.", tokens.at(-1)!.line);
  return { text: text.trim(), parameters, constants: [...constants] };
}

interface Names {
  readonly parameters: readonly string[];
  readonly locals: ReadonlySet<string>;
  /** Filled. */
  readonly constants: Set<string>;
}

/** @returns how many further tokens belong to this one */
function checkAt(tokens: readonly Token[], at: number, names: Names): number {
  const { kind, text, line } = tokens[at]!;
  if (foreign.has(text)) throw new KernelProblem(`${text} is no part of a kernel.`, line);
  const before = tokens[at - 1]!.text;
  const after = tokens[at + 1]!.text;
  if (kind === "name") return checkName(tokens, at, names);
  if (text === ".")
    throw new KernelProblem(
      "properties are this.thread, this.constants, this.output and Math alone.",
      line,
    );
  if (text === "{" && ![")", "else", ";", "{", "}"].includes(before)) {
    throw new KernelProblem("objects are no part of a kernel.", line);
  }
  if (text === "(" && (before === ")" || before === "]")) {
    throw new KernelProblem("only functions of Math are called.", line);
  }
  if (text === "[" && !isReadable(tokens, at, names)) {
    throw new KernelProblem("only arguments and constants are indexed.", line);
  }
  if (assignments.has(text)) {
    const isStep = text === "++" || text === "--";
    const isLocal =
      (names.locals.has(before) && tokens[at - 2]?.text !== ".") ||
      (isStep && names.locals.has(after));
    if (!isLocal) throw new KernelProblem("only local variables are written to.", line);
  }
  return 0;
}

function checkName(tokens: readonly Token[], at: number, names: Names): number {
  const { text, line } = tokens[at]!;
  const [dot, first, second, third] = [1, 2, 3, 4].map((step) => tokens[at + step]?.text ?? "");
  if (text === "function") throw new KernelProblem("one function alone.", line);
  if (text === "Math") {
    const isFunction = dot === "." && mathFunctions.has(first!) && second === "(";
    const isConstant = dot === "." && mathConstants.has(first!) && second !== "(";
    if (isFunction || isConstant) return 2;
    throw new KernelProblem(`Math.${first} is not there in kernels.`, line);
  }
  if (text === "this") {
    if (dot === "." && second === "." && (first === "thread" || first === "output")) {
      if (["x", "y", "z"].includes(third!)) return 4;
    }
    if (dot === "." && second === "." && first === "constants" && /^[A-Za-z]/.test(third!)) {
      names.constants.add(third!);
      return 4;
    }
    throw new KernelProblem("this has thread, output (x, y, z) and constants alone.", line);
  }
  if (dot === "(" && text !== "if" && text !== "for" && text !== "while" && text !== "return") {
    throw new KernelProblem(`${text} is no function of Math.`, line);
  }
  const isKnown = keywords.has(text) || names.locals.has(text) || names.parameters.includes(text);
  if (!isKnown) {
    throw new KernelProblem(
      `${text} is not known: kernels see arguments, constants and local variables alone.`,
      line,
    );
  }
  return 0;
}

/** Whether the [ there indexes an argument, or a row of one. */
function isReadable(tokens: readonly Token[], at: number, { parameters }: Names): boolean {
  const before = tokens[at - 1]!;
  if (before.text === "]") return true;
  return parameters.includes(before.text);
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let rest = text;
  while (rest !== "") {
    const space = /^\s+/.exec(rest)?.[0];
    if (space !== undefined) {
      line += space.split("\n").length - 1;
      rest = rest.slice(space.length);
      continue;
    }
    const found = tokenAt(rest, line);
    tokens.push(found);
    rest = rest.slice(found.text.length);
    if (tokens.length > tokensMax) throw new KernelProblem("the kernel is too long.", line);
  }
  return [...tokens, { kind: "end", text: "", line }];
}

function tokenAt(rest: string, line: number): Token {
  const name = /^[A-Za-z][A-Za-z0-9_]*/.exec(rest)?.[0];
  if (name !== undefined) return { kind: "name", text: name, line };
  const number = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![A-Za-z0-9_.])/.exec(rest)?.[0];
  if (number !== undefined) return { kind: "number", text: number, line };
  const sign = signs.exec(rest)?.[0];
  if (sign === undefined) {
    throw new KernelProblem(`${JSON.stringify(rest[0])} is no part of a kernel.`, line);
  }
  return { kind: "sign", text: sign, line };
}

/** function name(a, b) { */
function headOf(tokens: readonly Token[]): readonly string[] {
  const head = "a kernel begins with function name(a, b) {";
  if (tokens[0]!.text !== "function" || tokens[1]!.kind !== "name" || tokens[2]?.text !== "(") {
    throw new KernelProblem(head, tokens[0]!.line);
  }
  const parameters: string[] = [];
  for (let at = 3; at < tokens.length; at++) {
    const { kind, text, line } = tokens[at]!;
    if (text === ")" && tokens[at + 1]!.text === "{") return parameters;
    if (kind === "name") declare(text, parameters, line);
    else if (text !== "," || tokens[at - 1]!.kind !== "name") throw new KernelProblem(head, line);
    if (kind === "name") parameters.push(text);
  }
  throw new KernelProblem(head, 1);
}

/** What let, const and var declare. */
function localsOf(tokens: readonly Token[], parameters: readonly string[]): ReadonlySet<string> {
  const locals = new Set<string>();
  tokens.forEach(({ text }, at) => {
    if (text !== "let" && text !== "const" && text !== "var") return;
    const { kind, text: name, line } = tokens[at + 1]!;
    if (kind !== "name" || tokens[at + 2]!.text !== "=") {
      throw new KernelProblem(`${text} declares one variable with its value.`, line);
    }
    declare(name, parameters, line);
    locals.add(name);
  });
  return locals;
}

function declare(name: string, taken: readonly string[], line: number): void {
  const isReserved =
    keywords.has(name) || name === "Math" || name === "this" || generated.test(name);
  if (isReserved || name in Object.prototype)
    throw new KernelProblem(`${name} is no name for a variable.`, line);
  if (taken.includes(name)) throw new KernelProblem(`${name} is an argument already.`, line);
}
