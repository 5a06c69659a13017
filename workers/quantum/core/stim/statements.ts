/**
 * What .stim and .dem texts have in common (Stim, doc/file_format_stim_circuit.md and
 * doc/file_format_dem_detector_error_model.md): a line is a name, a tag, arguments in brackets and
 * targets; a block is repeated.
 */
import {
  stimCharactersMax,
  stimInstructionsMax,
  stimNestingMax,
  stimRepeatMax,
  stimTargetsMax,
} from "./limits.ts";
import { StimError } from "./stim-error.ts";

export interface Word {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export interface Statement {
  /** As written. */
  readonly name: Word;
  /** As written between its brackets, escapes included; null without brackets. */
  readonly tag: string | null;
  readonly numbers: readonly number[];
  readonly words: readonly Word[];
}

export interface Block<Instruction> {
  readonly kind: "repeat";
  readonly count: number;
  readonly tag: string | null;
  readonly body: readonly (Instruction | Block<Instruction>)[];
}

type Body<Instruction> = (Instruction | Block<Instruction>)[];

/**
 * Reads a whole text.
 * @throws StimError at the first mistake
 */
export function readBlocks<Instruction>(
  text: string,
  read: (statement: Statement) => Instruction,
): readonly (Instruction | Block<Instruction>)[] {
  const start = { line: 1, column: 1 };
  if (text.length > stimCharactersMax) {
    throw new StimError(start, `the text has more than ${stimCharactersMax} characters`);
  }
  const whole: Body<Instruction> = [];
  const open: { body: Body<Instruction>; count: number; tag: string | null; name: Word }[] = [];
  let body = whole;
  let [instructions, targets] = [0, 0];
  for (const [at, line] of text.split("\n").entries()) {
    const reader = new LineReader(line, at + 1);
    if (reader.isBlank) continue;
    if (reader.closesBlock()) {
      const block = open.pop();
      if (block === undefined) throw reader.error("there is no block to close");
      const { count, tag } = block;
      const outer = open.at(-1)?.body ?? whole;
      outer.push({ kind: "repeat", count, tag, body });
      body = outer;
      continue;
    }
    const statement = reader.statement();
    if (++instructions > stimInstructionsMax) {
      throw new StimError(
        statement.name,
        `there are more than ${stimInstructionsMax} instructions`,
      );
    }
    if (statement.name.text.toUpperCase() === "REPEAT") {
      if (open.length >= stimNestingMax) {
        throw new StimError(
          statement.name,
          `more than ${stimNestingMax} blocks inside one another`,
        );
      }
      body = [];
      open.push({ body, ...repetition(statement), name: statement.name });
      continue;
    }
    targets += statement.words.length;
    if (targets > stimTargetsMax) {
      throw new StimError(statement.name, `there are more than ${stimTargetsMax} targets`);
    }
    body.push(read(statement));
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) {
    throw new StimError(unclosed.name, "the block is never closed", "Add a line with }.");
  }
  return whole;
}

function repetition({ name, tag, numbers, words }: Statement) {
  const [count, brace, more] = words;
  if (numbers.length > 0 || count === undefined || brace?.text !== "{" || more !== undefined) {
    throw new StimError(name, "a block begins with its name, a count and {", "REPEAT 10 {");
  }
  const turns = /^\d{1,15}$/.test(count.text) ? Number(count.text) : 0;
  if (turns < 1 || turns > stimRepeatMax) {
    throw new StimError(count, `the count must be an integer from 1 to ${stimRepeatMax}`);
  }
  return { count: turns, tag };
}

class LineReader {
  readonly #text: string;
  readonly #line: number;
  #at = 0;

  constructor(text: string, line: number) {
    // A comment may hold anything; a tag may hold #, so that the tag is looked at first.
    this.#text = text;
    this.#line = line;
    this.#skip();
  }

  get isBlank(): boolean {
    return this.#at >= this.#text.length || this.#text[this.#at] === "#";
  }

  error(message: string, hint?: string): StimError {
    return new StimError({ line: this.#line, column: this.#at + 1 }, message, hint);
  }

  closesBlock(): boolean {
    if (this.#text[this.#at] !== "}") return false;
    this.#at++;
    this.#skip();
    if (!this.isBlank) throw this.error("nothing may follow } on its line");
    return true;
  }

  statement(): Statement {
    const name = this.#take(/[A-Za-z][A-Za-z0-9_]*/y);
    if (name === null) throw this.error("an instruction begins with its name");
    const tag = this.#tag();
    const numbers = this.#numbers();
    const words: Word[] = [];
    for (;;) {
      const before = this.#at;
      this.#skip();
      if (this.isBlank) return { name, tag, numbers, words };
      const word = this.#take(/[*^{]|[^\s*^{#]+/y);
      if (word === null) throw this.error("there is no target like this");
      const previous = words.at(-1)?.text ?? "";
      const sticks = word.text === "*" || previous === "*";
      if (before === this.#at - word.text.length && !sticks) {
        throw new StimError(word, "a space is missing before this");
      }
      words.push(word);
    }
  }

  #tag(): string | null {
    if (this.#text[this.#at] !== "[") return null;
    const end = this.#text.indexOf("]", this.#at);
    if (end < 0) throw this.error("the tag is never closed", "Add ].");
    const tag = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return tag;
  }

  #numbers(): readonly number[] {
    if (this.#text[this.#at] !== "(") return [];
    this.#at++;
    const numbers: number[] = [];
    for (;;) {
      this.#skip();
      if (numbers.length === 0 && this.#text[this.#at] === ")") break;
      const word = this.#take(/[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y);
      if (word === null) throw this.error("a number is expected here");
      const value = Number(word.text);
      if (!Number.isFinite(value)) throw new StimError(word, "the number is too large");
      numbers.push(value);
      this.#skip();
      if (this.#text[this.#at] === ")") break;
      if (this.#text[this.#at] !== ",") throw this.error("a comma or ) is expected here");
      this.#at++;
    }
    this.#at++;
    return numbers;
  }

  #take(pattern: RegExp): Word | null {
    pattern.lastIndex = this.#at;
    const [text] = pattern.exec(this.#text) ?? [];
    if (text === undefined) return null;
    const word = { text, line: this.#line, column: this.#at + 1 };
    this.#at += text.length;
    return word;
  }

  #skip(): void {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at]!)) this.#at++;
  }
}

/** One line or block as text; the exact inverse of reading. */
export function printBlocks<Instruction>(
  body: readonly (Instruction | Block<Instruction>)[],
  repeatName: string,
  isBlock: (item: Instruction | Block<Instruction>) => item is Block<Instruction>,
  print: (instruction: Instruction) => string,
  indent = "",
): string {
  return body
    .map((item) => {
      if (!isBlock(item)) return `${indent}${print(item)}\n`;
      const inner = printBlocks(item.body, repeatName, isBlock, print, `${indent}    `);
      return `${indent}${repeatName}${tagText(item.tag)} ${item.count} {\n${inner}${indent}}\n`;
    })
    .join("");
}

export function tagText(tag: string | null): string {
  return tag === null ? "" : `[${tag}]`;
}

export function numbersText(numbers: readonly number[]): string {
  return numbers.length === 0 ? "" : `(${numbers.join(", ")})`;
}
