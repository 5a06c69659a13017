/** sh itself: with a text (-c), a file, or line by line from its input. */
import { shellLimits } from "../pod-limits.ts";
import type { CommandContext } from "./commands.ts";
import { Shell } from "./interpreter.ts";
import { emptyInput, LineReader } from "./pipe.ts";
import { SessionEnded } from "./shell-host.ts";

export async function runShell(context: CommandContext): Promise<number> {
  const { args, shell: outer, host } = context;
  const isText = /^-[a-z]*c$/.test(args[0] ?? "");
  const words = isText ? args.slice(1) : args.filter((argument) => !argument.startsWith("-"));
  const parameters = isText ? ["sh", ...words.slice(2)] : words.length > 0 ? words : ["sh"];
  const shell = new Shell(host, outer.variables, outer.signal, parameters);
  shell.cwd = outer.cwd;
  if (isText || words.length > 0) {
    const [first = ""] = words;
    const source = isText ? first : host.files.read(shell.resolve(first));
    return (await shell.run(source, context)).code;
  }
  const prompt = outer.variables.get("PS1") ?? "";
  const lines = new LineReader(context.stdin, shellLimits.lineLengthMax);
  let code = 0;
  for (;;) {
    await context.stdout.write(prompt.replaceAll(String.raw`\w`, shell.cwd));
    const line = await lines.next();
    if (line === null) return code;
    const done = await runLine(shell, line, context);
    if (done.exited) return done.code;
    code = done.code;
  }
}

const interruptedCode = 130;

async function runLine(
  shell: Shell,
  line: string,
  context: CommandContext,
): Promise<{ code: number; exited: boolean }> {
  const { foreground, shell: outer } = context;
  const abort = new AbortController();
  shell.signal = AbortSignal.any([outer.signal, abort.signal]);
  if (foreground !== undefined) foreground.interrupt = () => abort.abort();
  try {
    // Commands do not read the lines that the shell is still to read.
    return await shell.run(line, { ...context, stdin: emptyInput });
  } catch (error) {
    if (!(error instanceof SessionEnded) || outer.signal.aborted) throw error;
    return { code: interruptedCode, exited: false };
  } finally {
    if (foreground !== undefined) foreground.interrupt = () => {};
  }
}
