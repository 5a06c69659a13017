/**
 * Regular expressions that cannot hang: a subset (literals, `.`, classes, `\d \w \s`, groups, `|`,
 * `* + ?`) run as Thompson's automaton (CACM 1968), in time linear in the path whatever the pattern.
 */
import { routingLimits } from "../../limits.ts";

type Accepts = (code: number) => boolean;
type Instruction =
  | { readonly kind: "take"; readonly accepts: Accepts }
  | { readonly kind: "split"; a: number; b: number }
  | { readonly kind: "jump"; to: number }
  | { readonly kind: "match" };

export class PatternError extends Error {
  override name = "PatternError";
}

export interface PathPattern {
  /** Whether the whole text matches. */
  test(text: string): boolean;
}

/** @throws PatternError in words for whoever wrote the pattern. */
export function compilePattern(source: string): PathPattern {
  if (source.length > routingLimits.patternLengthMax) {
    throw new PatternError(`A pattern has at most ${routingLimits.patternLengthMax} characters.`);
  }
  const parser = new Parser(source.replace(/^\^/, "").replace(/(?<!\\)\$$/, ""));
  const program = [...parser.parse(), { kind: "match" } as const];
  if (program.length > routingLimits.patternStepsMax) {
    throw new PatternError(`The pattern needs more than ${routingLimits.patternStepsMax} steps.`);
  }
  return { test: (text) => run(program, text) };
}

function run(program: readonly Instruction[], text: string): boolean {
  let current = new Set<number>();
  follow(program, 0, current);
  for (let index = 0; index < text.length; index++) {
    const next = new Set<number>();
    const code = text.charCodeAt(index);
    for (const at of current) {
      const step = program[at]!;
      if (step.kind === "take" && step.accepts(code)) follow(program, at + 1, next);
    }
    if (next.size === 0) return false;
    current = next;
  }
  return current.has(program.length - 1);
}

/** Adds every instruction that is reached without taking a character. */
function follow(program: readonly Instruction[], from: number, into: Set<number>): void {
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (into.has(at)) continue;
    into.add(at);
    const step = program[at]!;
    if (step.kind === "jump") open.push(step.to);
    else if (step.kind === "split") open.push(step.a, step.b);
  }
}

const isDigit: Accepts = (code) => code >= 48 && code <= 57;
const isWord: Accepts = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const isSpace: Accepts = (code) => code === 32 || (code >= 9 && code <= 13);
const classes: Readonly<Record<string, Accepts>> = {
  d: isDigit,
  w: isWord,
  s: isSpace,
  D: (code) => !isDigit(code),
  W: (code) => !isWord(code),
  S: (code) => !isSpace(code),
};

/** Recursive descent; a group may hold groups to a bounded depth. */
class Parser {
  readonly #source: string;
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): Instruction[] {
    const program = this.#alternatives();
    if (this.#at < this.#source.length) throw this.#error("has no opening bracket");
    return program;
  }

  #error(what: string): PatternError {
    const sign = this.#source[this.#at];
    return new PatternError(
      sign === undefined
        ? `The pattern ends where more is needed: ${what}.`
        : `"${sign}" at ${this.#at + 1} ${what}.`,
    );
  }

  #alternatives(): Instruction[] {
    const first = this.#sequence();
    if (this.#source[this.#at] !== "|") return first;
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > routingLimits.patternLengthMax) throw this.#error("is one too many");
    const rest = this.#alternatives();
    return [
      { kind: "split", a: 1, b: first.length + 2 },
      ...moved(first, 1),
      { kind: "jump", to: first.length + 2 + rest.length },
      ...moved(rest, first.length + 2),
    ];
  }

  #sequence(): Instruction[] {
    const program: Instruction[] = [];
    while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at]!)) {
      program.push(...moved(this.#repeated(this.#atom()), program.length));
    }
    return program;
  }

  #repeated(atom: Instruction[]): Instruction[] {
    const sign = this.#source[this.#at];
    const size = atom.length;
    if (sign !== "*" && sign !== "+" && sign !== "?") return atom;
    this.#at += 1;
    if ("*+?".includes(this.#source[this.#at] ?? " ")) throw this.#error("repeats a repetition");
    if (sign === "?") return [{ kind: "split", a: 1, b: size + 1 }, ...moved(atom, 1)];
    if (sign === "+") return [...atom, { kind: "split", a: 0, b: size + 1 }];
    return [{ kind: "split", a: 1, b: size + 2 }, ...moved(atom, 1), { kind: "jump", to: 0 }];
  }

  #atom(): Instruction[] {
    const sign = this.#source[this.#at]!;
    if (sign === "(") return this.#group();
    if (sign === "[") return [{ kind: "take", accepts: this.#class() }];
    if ("*+?{}^$".includes(sign)) throw this.#error("is not understood here");
    this.#at += 1;
    if (sign === ".") return [{ kind: "take", accepts: () => true }];
    if (sign === "\\") return [{ kind: "take", accepts: this.#escaped() }];
    const code = sign.charCodeAt(0);
    return [{ kind: "take", accepts: (other) => other === code }];
  }

  #group(): Instruction[] {
    this.#at += 1;
    if (this.#source.startsWith("?:", this.#at)) this.#at += 2;
    const program = this.#alternatives();
    if (this.#source[this.#at] !== ")") throw this.#error("a closing bracket");
    this.#at += 1;
    return program;
  }

  #escaped(): Accepts {
    const sign = this.#source[this.#at];
    if (sign === undefined) throw this.#error("a sign after the backslash");
    this.#at += 1;
    const known = classes[sign];
    if (known !== undefined) return known;
    if (/[A-Za-z0-9]/.test(sign)) {
      this.#at -= 1;
      throw this.#error("is no known escape");
    }
    const code = sign.charCodeAt(0);
    return (other) => other === code;
  }

  #class(): Accepts {
    this.#at += 1;
    const negated = this.#source[this.#at] === "^";
    if (negated) this.#at += 1;
    const members: Accepts[] = [];
    while (this.#source[this.#at] !== "]") {
      const sign = this.#source[this.#at];
      if (sign === undefined) throw this.#error("a closing ]");
      this.#at += 1;
      if (sign === "\\") members.push(this.#escaped());
      else members.push(this.#range(sign));
    }
    this.#at += 1;
    if (members.length === 0) throw new PatternError("An empty class [] matches nothing.");
    return (code) => members.some((accepts) => accepts(code)) !== negated;
  }

  #range(sign: string): Accepts {
    const from = sign.charCodeAt(0);
    const end = this.#source[this.#at + 1];
    if (this.#source[this.#at] !== "-" || end === undefined || end === "]") {
      return (code) => code === from;
    }
    const to = end.charCodeAt(0);
    if (to < from) throw this.#error(`ends before "${sign}"`);
    this.#at += 2;
    return (code) => code >= from && code <= to;
  }
}

/** The same instructions `by` further on. */
function moved(program: readonly Instruction[], by: number): Instruction[] {
  return program.map((step): Instruction => {
    if (step.kind === "jump") return { kind: "jump", to: step.to + by };
    if (step.kind === "split") return { kind: "split", a: step.a + by, b: step.b + by };
    return step;
  });
}
