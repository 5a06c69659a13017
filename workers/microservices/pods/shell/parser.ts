/** Reads the shell's grammar (POSIX 2.10) from its tokens: lists, pipes, if, while, until, for. */
import { shellLimits } from "../pod-limits.ts";
import { type Redirect, type ShellNode, ShellSyntaxError, type Word } from "./syntax.ts";
import { type Token, tokensOf } from "./tokens.ts";

const closers = new Set(["then", "else", "elif", "fi", "do", "done", "}"]);
const redirections = new Set(["<", ">", ">>", "2>", "2>>", "2>&1", ">&2"]);

/** @throws ShellSyntaxError */
export function parseShell(source: string): ShellNode {
  const parser = new Parser(tokensOf(source));
  const node = parser.list();
  parser.expectEnd();
  return node;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  expectEnd(): void {
    if (this.#at < this.#tokens.length) this.#unexpected();
  }

  list(): ShellNode {
    this.#depth += 1;
    if (this.#depth > shellLimits.depthMax) throw new ShellSyntaxError("nested too deeply");
    const items: ShellNode[] = [];
    for (;;) {
      while (this.#isOperator(";") || this.#isOperator("\n")) this.#at += 1;
      if (this.#isOperator("&")) throw new ShellSyntaxError("background jobs are not supported");
      const plain = this.#plain();
      if (this.#token === undefined || this.#isOperator(")")) break;
      if (plain !== null && closers.has(plain)) break;
      items.push(this.#andOr());
      if (this.#isOperator("&")) throw new ShellSyntaxError("background jobs are not supported");
      if (!this.#isOperator(";") && !this.#isOperator("\n")) break;
    }
    this.#depth -= 1;
    return { kind: "list", items };
  }

  get #token(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #plain(): string | null {
    return this.#token?.kind === "word" ? this.#token.plain : null;
  }

  #isOperator(text: string): boolean {
    return this.#token?.kind === "operator" && this.#token.text === text;
  }

  #unexpected(): never {
    const token = this.#token;
    if (token === undefined) throw new ShellSyntaxError("unexpected end of file");
    const text = token.kind === "operator" ? token.text : (token.plain ?? "word");
    throw new ShellSyntaxError(`unexpected "${text === "\n" ? "newline" : text}"`);
  }

  #keyword(word: string): void {
    if (this.#plain() !== word) this.#unexpected();
    this.#at += 1;
  }

  #andOr(): ShellNode {
    const first = this.#pipeline();
    const rest: { operator: "&&" | "||"; node: ShellNode }[] = [];
    while (this.#isOperator("&&") || this.#isOperator("||")) {
      const operator = this.#isOperator("&&") ? "&&" : "||";
      this.#at += 1;
      while (this.#isOperator("\n")) this.#at += 1;
      rest.push({ operator, node: this.#pipeline() });
    }
    return rest.length === 0 ? first : { kind: "and-or", first, rest };
  }

  #pipeline(): ShellNode {
    const negated = this.#plain() === "!";
    if (negated) this.#at += 1;
    const parts = [this.#unit()];
    while (this.#isOperator("|")) {
      this.#at += 1;
      while (this.#isOperator("\n")) this.#at += 1;
      parts.push(this.#unit());
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined && !negated
      ? only
      : { kind: "pipeline", parts, negated };
  }

  #unit(): ShellNode {
    const plain = this.#plain();
    if (plain === "if") return this.#if();
    if (plain === "while" || plain === "until") return this.#while(plain === "until");
    if (plain === "for") return this.#for();
    if (plain === "{") {
      this.#at += 1;
      const body = this.list();
      this.#keyword("}");
      return body;
    }
    if (this.#isOperator("(")) {
      this.#at += 1;
      const body = this.list();
      if (!this.#isOperator(")")) this.#unexpected();
      this.#at += 1;
      return { kind: "subshell", body };
    }
    if (plain !== null && closers.has(plain)) this.#unexpected();
    return this.#command();
  }

  #if(): ShellNode {
    const branches: { condition: ShellNode; body: ShellNode }[] = [];
    while (this.#plain() === "if" || this.#plain() === "elif") {
      if (this.#plain() === "if" && branches.length > 0) break;
      this.#at += 1;
      const condition = this.list();
      this.#keyword("then");
      branches.push({ condition, body: this.list() });
    }
    let otherwise: ShellNode | null = null;
    if (this.#plain() === "else") {
      this.#at += 1;
      otherwise = this.list();
    }
    this.#keyword("fi");
    return { kind: "if", branches, otherwise };
  }

  #while(until: boolean): ShellNode {
    this.#at += 1;
    const condition = this.list();
    return { kind: "while", until, condition, body: this.#doBody() };
  }

  #for(): ShellNode {
    this.#at += 1;
    const name = this.#plain() ?? "";
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new ShellSyntaxError("bad for loop variable");
    this.#at += 1;
    this.#keyword("in");
    const words: Word[] = [];
    for (let token = this.#token; token?.kind === "word"; token = this.#token) {
      words.push(token.word);
      this.#at += 1;
    }
    while (this.#isOperator(";") || this.#isOperator("\n")) this.#at += 1;
    return { kind: "for", name, words, body: this.#doBody() };
  }

  #doBody(): ShellNode {
    this.#keyword("do");
    const body = this.list();
    this.#keyword("done");
    return body;
  }

  #command(): ShellNode {
    const assignments: [string, Word][] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (let token = this.#token; token !== undefined; token = this.#token) {
      if (token.kind === "word") {
        const assignment = words.length === 0 ? assignmentOf(token.word) : null;
        if (assignment === null) words.push(token.word);
        else assignments.push(assignment);
        this.#at += 1;
      } else if (redirections.has(token.text)) {
        this.#at += 1;
        redirects.push({ from: token.text as Redirect["from"], target: this.#target(token.text) });
      } else break;
    }
    if (words.length + assignments.length + redirects.length === 0) this.#unexpected();
    return { kind: "command", assignments, words, redirects };
  }

  #target(operator: string): Word {
    if (operator === "2>&1" || operator === ">&2") return [];
    const token = this.#token;
    if (token?.kind !== "word") return this.#unexpected();
    this.#at += 1;
    return token.word;
  }
}

/** NAME=value before a command. */
function assignmentOf(word: Word): [string, Word] | null {
  const [first, ...rest] = word;
  if (first?.kind !== "text" || first.quoted) return null;
  const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(first.text);
  if (match === null) return null;
  return [match[1] ?? "", [{ kind: "text", text: match[2] ?? "", quoted: false }, ...rest]];
}
