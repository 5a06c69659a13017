/** Runs what the parser read. Each command is a function of this process; nothing is started. */
import { posix } from "node:path";
import { shellLimits } from "../pod-limits.ts";
import { type CommandContext, commandOf } from "./commands.ts";
import { FileError } from "./memory-files.ts";
import { BrokenPipe, emptyInput, type Output, Pipe, readAll } from "./pipe.ts";
import { parseShell } from "./parser.ts";
import { pause, SessionEnded, type ShellHost, type Streams } from "./shell-host.ts";
import type { Redirect, ShellNode, Word } from "./syntax.ts";
import { ShellSyntaxError } from "./syntax.ts";

/** The exit built-in. */
class ShellExit extends Error {
  readonly code: number;

  constructor(code: number) {
    super("exit");
    this.code = code;
  }
}

class LoopJump extends Error {
  readonly goesOn: boolean;

  constructor(goesOn: boolean) {
    super("jump");
    this.goesOn = goesOn;
  }
}

const brokenPipeCode = 141;

export class Shell {
  readonly host: ShellHost;
  readonly variables: Map<string, string>;
  #signal: AbortSignal;
  readonly #parameters: readonly string[];
  cwd = "/";
  #lastCode = 0;
  #commands = 0;
  #depth = 0;

  constructor(
    host: ShellHost,
    variables: Iterable<readonly [string, string]>,
    signal: AbortSignal,
    parameters: readonly string[] = ["sh"],
  ) {
    this.host = host;
    this.variables = new Map(variables);
    this.#signal = signal;
    this.#parameters = parameters;
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Ends what runs from now on. */
  set signal(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Runs a text to its end. Resolves with its code. @throws SessionEnded */
  async run(source: string, streams: Streams): Promise<{ code: number; exited: boolean }> {
    try {
      return { code: await this.#node(parseShell(source), streams), exited: false };
    } catch (error) {
      if (error instanceof ShellExit) return { code: error.code, exited: true };
      if (error instanceof LoopJump) return { code: 0, exited: false };
      if (error instanceof BrokenPipe) return { code: brokenPipeCode, exited: true };
      if (!(error instanceof ShellSyntaxError)) {
        return { code: await this.#failed("sh", error, streams), exited: false };
      }
      this.#lastCode = 2;
      await streams.stderr.write(`sh: syntax error: ${error.message}\n`);
      return { code: 2, exited: false };
    }
  }

  /** Runs one command by its words; null when there is none of this name. @throws SessionEnded */
  async command(words: readonly string[], streams: Streams): Promise<number | null> {
    const [name = "", ...args] = words;
    const command = commandOf(name);
    if (command === undefined) return null;
    try {
      return await command(this.#context(name, args, streams));
    } catch (error) {
      return this.#failed(name, error, streams);
    }
  }

  resolve(path: string): string {
    return posix.resolve("/", this.cwd, path);
  }

  async #node(node: ShellNode, streams: Streams): Promise<number> {
    this.#depth += 1;
    try {
      if (this.#depth > shellLimits.depthMax * 4) throw new ShellSyntaxError("nested too deeply");
      return await this.#step(node, streams);
    } finally {
      this.#depth -= 1;
    }
  }

  async #step(node: ShellNode, streams: Streams): Promise<number> {
    if (node.kind === "command") return this.#command(node, streams);
    if (node.kind === "pipeline") return this.#pipeline(node, streams);
    if (node.kind === "subshell") return this.#subshell(node.body, streams);
    if (node.kind === "list") {
      let code = 0;
      for (const item of node.items) code = await this.#node(item, streams);
      return code;
    }
    if (node.kind === "and-or") {
      let code = await this.#node(node.first, streams);
      for (const { operator, node: next } of node.rest) {
        if ((code === 0) === (operator === "&&")) code = await this.#node(next, streams);
      }
      return code;
    }
    if (node.kind === "if") {
      for (const { condition, body } of node.branches) {
        if ((await this.#node(condition, streams)) === 0) return this.#node(body, streams);
      }
      return node.otherwise === null ? 0 : this.#node(node.otherwise, streams);
    }
    return this.#loop(node, streams);
  }

  async #loop(
    node: Extract<ShellNode, { kind: "while" | "for" }>,
    streams: Streams,
  ): Promise<number> {
    const values = node.kind === "for" ? await this.#expandAll(node.words) : [];
    let code = 0;
    for (let round = 0; ; round += 1) {
      await this.#breathe();
      if (node.kind === "for") {
        const value = values[round];
        if (value === undefined) return code;
        this.variables.set(node.name, value);
      } else if (((await this.#node(node.condition, streams)) === 0) === node.until) return code;
      try {
        code = await this.#node(node.body, streams);
      } catch (error) {
        if (!(error instanceof LoopJump)) throw error;
        if (!error.goesOn) return 0;
      }
    }
  }

  async #pipeline(
    { parts, negated }: Extract<ShellNode, { kind: "pipeline" }>,
    streams: Streams,
  ): Promise<number> {
    const pipes = parts.slice(1).map(() => new Pipe());
    const codes = await Promise.all(
      parts.map(async (part, index) => {
        const before = pipes[index - 1];
        const after = pipes[index];
        const stdin = before ?? streams.stdin;
        const stdout = after ?? streams.stdout;
        // Each part is a process of its own: what it sets does not last.
        const shell = pipes.length === 0 ? this : this.#fork();
        try {
          return await shell.#node(part, { stdin, stdout, stderr: streams.stderr });
        } catch (error) {
          if (pipes.length === 0 || !isOrdinary(error)) throw error;
          if (error instanceof ShellExit) return error.code;
          return error instanceof BrokenPipe ? brokenPipeCode : 0;
        } finally {
          after?.end();
          before?.break();
        }
      }),
    );
    const code = codes.at(-1) ?? 0;
    const result = negated ? Number(code === 0) : code;
    this.#lastCode = result;
    return result;
  }

  async #subshell(body: ShellNode, streams: Streams): Promise<number> {
    try {
      this.#lastCode = await this.#fork().#node(body, streams);
    } catch (error) {
      if (!(error instanceof ShellExit)) throw error;
      this.#lastCode = error.code;
    }
    return this.#lastCode;
  }

  #fork(): Shell {
    const shell = new Shell(this.host, this.variables, this.#signal, this.#parameters);
    shell.cwd = this.cwd;
    shell.#lastCode = this.#lastCode;
    shell.#depth = this.#depth;
    return shell;
  }

  async #command(node: Extract<ShellNode, { kind: "command" }>, streams: Streams): Promise<number> {
    await this.#breathe();
    const words = await this.#expandAll(node.words);
    const assigned: [string, string][] = [];
    for (const [name, word] of node.assignments) {
      assigned.push([name, (await this.#expand(word)).join(" ")]);
    }
    const [name, ...args] = words;
    if (name === undefined) for (const [key, value] of assigned) this.variables.set(key, value);
    let code: number;
    try {
      const redirected = await this.#redirect(node.redirects, streams);
      code = name === undefined ? 0 : await this.#invoke(name, args, assigned, redirected);
    } catch (error) {
      code = await this.#failed(name ?? "sh", error, streams);
    }
    this.#lastCode = code;
    return code;
  }

  async #invoke(
    name: string,
    args: readonly string[],
    assigned: readonly [string, string][],
    streams: Streams,
  ): Promise<number> {
    if (name === "exit") throw new ShellExit(Number(args[0] ?? this.#lastCode) & 255);
    if (name === "break" || name === "continue") throw new LoopJump(name === "continue");
    const before = assigned.map(([key]) => [key, this.variables.get(key)] as const);
    for (const [key, value] of assigned) this.variables.set(key, value);
    try {
      const code = await this.command([name, ...args], streams);
      if (code !== null) return code;
      await streams.stderr.write(`sh: ${name}: not found\n`);
      return 127;
    } finally {
      for (const [key, value] of before) {
        if (value === undefined) this.variables.delete(key);
        else this.variables.set(key, value);
      }
    }
  }

  /** What a command says when it fails; what is not its own failure goes on upwards. */
  async #failed(name: string, error: unknown, streams: Streams): Promise<number> {
    if (!(error instanceof FileError || error instanceof RangeError)) throw error;
    await streams.stderr.write(`${name}: ${error.message}\n`);
    return 1;
  }

  #context(name: string, args: readonly string[], streams: Streams): CommandContext {
    this.host.counted();
    return { name, args, shell: this, host: this.host, ...streams };
  }

  async #redirect(redirects: readonly Redirect[], streams: Streams): Promise<Streams> {
    let { stdin, stdout, stderr } = streams;
    for (const { from, target } of redirects) {
      if (from === "2>&1") stderr = stdout;
      else if (from === ">&2") stdout = stderr;
      else {
        const path = this.resolve((await this.#expand(target)).join(" "));
        if (from === "<") {
          const text = this.host.files.read(path);
          const pipe = new Pipe(Number.POSITIVE_INFINITY);
          pipe.offer(text);
          pipe.end();
          stdin = pipe;
          continue;
        }
        const output = this.#fileOutput(path, from.endsWith(">>"));
        if (from.startsWith("2")) stderr = output;
        else stdout = output;
      }
    }
    return { stdin, stdout, stderr };
  }

  #fileOutput(path: string, appends: boolean): Output {
    if (!appends) this.host.files.write(path, "");
    return {
      write: (text) => {
        if (path !== "/dev/null") this.host.files.append(path, text);
        return Promise.resolve();
      },
    };
  }

  /** Leaves the thread to others for a moment, now and then. */
  async #breathe(): Promise<void> {
    if (this.#signal.aborted) throw new SessionEnded();
    this.#commands += 1;
    if (this.#commands % shellLimits.commandsPerPause === 0) {
      await pause(shellLimits.pauseMs, this.#signal);
    }
  }

  async #expandAll(words: readonly Word[]): Promise<string[]> {
    const all: string[] = [];
    for (const word of words) all.push(...(await this.#expand(word)));
    return all;
  }

  /** Expands variables and substitutions; what was not quoted is split at blanks. */
  async #expand(word: Word): Promise<string[]> {
    const fields: string[] = [];
    let field: string | null = null;
    for (const part of word) {
      const text = await this.#valueOf(part);
      if (text.length > shellLimits.expansionLengthMax)
        throw new RangeError("Argument list too long");
      if (part.quoted || part.kind === "text") {
        field = (field ?? "") + text;
        continue;
      }
      const pieces = text.split(/[ \t\n]+/);
      for (const [index, piece] of pieces.entries()) {
        if (index > 0 && field !== null) {
          fields.push(field);
          field = null;
        }
        if (piece !== "") field = (field ?? "") + piece;
      }
    }
    if (field !== null) fields.push(field);
    return fields;
  }

  async #valueOf(part: Word[number]): Promise<string> {
    if (part.kind === "text") return part.text;
    if (part.kind === "variable") {
      const value = this.#variable(part.name);
      return part.fallback !== null && value === "" ? part.fallback : value;
    }
    const pipe = new Pipe();
    const shell = this.#fork();
    if (shell.#depth > shellLimits.depthMax) throw new RangeError("nested too deeply");
    shell.#depth += 1;
    const discard: Output = { write: () => Promise.resolve() };
    const running = shell
      .run(part.source, { stdin: emptyInput, stdout: pipe, stderr: discard })
      .finally(() => pipe.end());
    try {
      const text = await readAll(pipe, shellLimits.expansionLengthMax);
      this.#lastCode = (await running).code;
      return text.replace(/\n+$/, "");
    } catch (error) {
      pipe.break();
      await running;
      throw error;
    }
  }

  #variable(name: string): string {
    if (name === "?") return String(this.#lastCode);
    if (name === "$") return String(this.host.processes().at(-1)?.pid ?? 1);
    if (name === "#") return String(this.#parameters.length - 1);
    if (name === "@" || name === "*") return this.#parameters.slice(1).join(" ");
    if (/^\d$/.test(name)) return this.#parameters[Number(name)] ?? "";
    return this.variables.get(name) ?? "";
  }
}

function isOrdinary(error: unknown): boolean {
  return error instanceof ShellExit || error instanceof LoopJump || error instanceof BrokenPipe;
}
