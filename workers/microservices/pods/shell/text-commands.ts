/** Commands that read and write text. */
import { shellLimits } from "../pod-limits.ts";
import type { CommandContext, ShellCommand } from "./commands.ts";
import { type Input, LineReader, Pipe } from "./pipe.ts";

export const textCommands: Readonly<Record<string, ShellCommand>> = {
  async echo({ args, stdout }) {
    const [first = ""] = args;
    const isFlag = /^-[neE]+$/.test(first);
    const text = (isFlag ? args.slice(1) : args).join(" ");
    const escaped = isFlag && first.includes("e") ? unescape(text) : text;
    await stdout.write(isFlag && first.includes("n") ? escaped : `${escaped}\n`);
    return 0;
  },
  async printf({ args, stdout }) {
    const [format = "", ...values] = args;
    let next = 0;
    const text = unescape(format).replace(/%([sd%])/g, (_whole, kind: string) => {
      if (kind === "%") return "%";
      const value = values[next] ?? (kind === "d" ? "0" : "");
      next += 1;
      return value;
    });
    await stdout.write(text);
    return 0;
  },
  async cat(context) {
    for (const input of inputsOf(context, context.args)) {
      for (let text = await input.read(); text !== null; text = await input.read()) {
        await context.stdout.write(text);
      }
    }
    return 0;
  },
  async head(context) {
    const { count, paths } = countAndPaths(context.args);
    for (const input of inputsOf(context, paths)) {
      const lines = new LineReader(input, shellLimits.lineLengthMax);
      for (let left = count; left > 0; left -= 1) {
        const line = await lines.next();
        if (line === null) break;
        await context.stdout.write(`${line}\n`);
      }
    }
    return 0;
  },
  async tail(context) {
    const { count, paths } = countAndPaths(context.args);
    for (const input of inputsOf(context, paths)) {
      const last: string[] = [];
      for await (const line of new LineReader(input, shellLimits.lineLengthMax)) {
        last.push(line);
        if (last.length > Math.min(count, shellLimits.wordsMax)) last.shift();
      }
      for (const line of last) await context.stdout.write(`${line}\n`);
    }
    return 0;
  },
  async wc(context) {
    const flags = context.args.filter((argument) => argument.startsWith("-")).join("");
    const paths = context.args.filter((argument) => !argument.startsWith("-"));
    let [lines, words, bytes] = [0, 0, 0];
    let inWord = false;
    for (const input of inputsOf(context, paths)) {
      for (let text = await input.read(); text !== null; text = await input.read()) {
        bytes += Buffer.byteLength(text);
        for (const character of text) {
          if (character === "\n") lines += 1;
          const isBlank = /\s/.test(character);
          if (!isBlank && !inWord) words += 1;
          inWord = !isBlank;
        }
      }
    }
    const shown = [
      ...(flags === "" || flags.includes("l") ? [lines] : []),
      ...(flags === "" || flags.includes("w") ? [words] : []),
      ...(flags === "" || flags.includes("c") ? [bytes] : []),
    ];
    await context.stdout.write(`${[...shown, ...paths].join(" ")}\n`);
    return 0;
  },
  async grep(context) {
    const flags = context.args.filter((argument) => /^-[A-Za-z]+$/.test(argument)).join("");
    const [pattern, ...paths] = context.args.filter((argument) => !/^-[A-Za-z]+$/.test(argument));
    if (pattern === undefined) {
      await context.stderr.write("BusyBox grep: missing pattern\n");
      return 2;
    }
    const matches = matcherOf(pattern, flags.includes("i"));
    let found = 0;
    for (const input of inputsOf(context, paths)) {
      for await (const line of new LineReader(input, shellLimits.lineLengthMax)) {
        if (matches(line) === flags.includes("v")) continue;
        found += 1;
        if (!/[qc]/.test(flags)) await context.stdout.write(`${line}\n`);
      }
    }
    if (flags.includes("c")) await context.stdout.write(`${found}\n`);
    return found > 0 ? 0 : 1;
  },
  async sort(context) {
    const lines: string[] = [];
    for (const input of inputsOf(context, pathsOf(context.args))) {
      for await (const line of new LineReader(input, shellLimits.lineLengthMax)) {
        lines.push(line);
        if (lines.length > 10 * shellLimits.wordsMax) throw new RangeError("File too large");
      }
    }
    for (const line of lines.toSorted()) await context.stdout.write(`${line}\n`);
    return 0;
  },
  async seq({ args, stdout }) {
    const [first = 1, last = first] = args.map(Number);
    const from = args.length > 1 ? first : 1;
    if (!Number.isInteger(from) || !Number.isInteger(last)) return 1;
    for (let value = from; value <= last; value += 1) await stdout.write(`${value}\n`);
    return 0;
  },
  async yes({ args, stdout }) {
    // Ends when nobody reads any more.
    for (;;) await stdout.write(`${args[0] ?? "y"}\n`.repeat(512));
  },
  test: evaluateTest,
  "[": (context) => evaluateTest({ ...context, args: context.args.slice(0, -1) }),
};

/**
 * Plain text, which ^ and $ bind to the line's ends: any expression that somebody else wrote could keep
 * the thread busy for ever.
 */
function matcherOf(pattern: string, folds: boolean): (line: string) => boolean {
  const fold = (text: string) => (folds ? text.toLowerCase() : text);
  const [fromStart, toEnd] = [pattern.startsWith("^"), pattern.endsWith("$")];
  const text = fold(pattern.slice(Number(fromStart), toEnd ? -1 : undefined));
  return (line) => {
    const folded = fold(line);
    if (fromStart && toEnd) return folded === text;
    if (fromStart) return folded.startsWith(text);
    return toEnd ? folded.endsWith(text) : folded.includes(text);
  };
}

const pathsOf = (args: readonly string[]) => args.filter((argument) => !argument.startsWith("-"));

/** The files, or the standard input without any; a file that is not there fails at once. */
function inputsOf({ shell, host, stdin }: CommandContext, paths: readonly string[]): Input[] {
  if (paths.length === 0) return [stdin];
  return paths.map((path) => {
    if (path === "-") return stdin;
    const pipe = new Pipe(Number.POSITIVE_INFINITY);
    pipe.offer(host.files.read(shell.resolve(path)));
    pipe.end();
    return pipe;
  });
}

function countAndPaths(args: readonly string[]): { count: number; paths: string[] } {
  let count = 10;
  const paths: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? "";
    const match = /^-(?:n)?(\d+)$/.exec(argument);
    if (match !== null) count = Number(match[1]);
    else if (argument === "-n") {
      at += 1;
      count = Number(args[at] ?? 10) || 0;
    } else if (argument !== "-f") paths.push(argument);
  }
  return { count, paths };
}

function unescape(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\" };
  return text.replace(/\\(.)/g, (whole, letter: string) => escapes[letter] ?? whole);
}

function evaluateTest({ args, shell, host }: CommandContext): number {
  const negated = args[0] === "!";
  const [first = "", operator, second = ""] = negated ? args.slice(1) : args;
  const file = (path: string | undefined) => shell.resolve(path ?? "");
  const truth = (): boolean => {
    if (operator === undefined) return first !== "";
    if (first === "-z") return operator === "";
    if (first === "-n") return operator !== "";
    if (first === "-e") return host.files.has(file(operator));
    if (first === "-d") return host.files.isFolder(file(operator));
    if (first === "-f")
      return host.files.has(file(operator)) && !host.files.isFolder(file(operator));
    if (operator === "=" || operator === "==") return first === second;
    if (operator === "!=") return first !== second;
    const [left, right] = [Number(first), Number(second)];
    if (operator === "-eq") return left === right;
    if (operator === "-ne") return left !== right;
    if (operator === "-lt") return left < right;
    if (operator === "-le") return left <= right;
    if (operator === "-gt") return left > right;
    return operator === "-ge" && left >= right;
  };
  return truth() === negated ? 1 : 0;
}
