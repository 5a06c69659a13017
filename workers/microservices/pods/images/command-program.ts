/** A command of the shell as a container's own program: sleep, echo, sh -c and the like. */
import { hostShell } from "../host/container-shell.ts";
import { hostedLimits } from "../pod-limits.ts";
import { BrokenPipe, type Output, Pipe } from "../shell/pipe.ts";
import { Shell } from "../shell/interpreter.ts";
import { SessionEnded, type Streams } from "../shell/shell-host.ts";
import { Terminal, terminalVariables } from "../shell/terminal.ts";
import type { Program, ProgramContext } from "./image.ts";

export function startCommand(context: ProgramContext): Program {
  void run(context);
  return {};
}

async function run(context: ProgramContext): Promise<void> {
  const { environment, signal, args, stdin, write, exit } = context;
  const output = (stream: "stdout" | "stderr"): Output => ({
    write(text) {
      write(stream, text);
      return Promise.resolve();
    },
  });
  const host = hostShell(context);
  const interrupted = new AbortController();
  const ends = AbortSignal.any([signal, interrupted.signal]);
  const terminal = context.spec.tty ? openTerminal(context, () => interrupted.abort()) : null;
  const variables = { ...environment, ...(terminal !== null && terminalVariables) };
  const shell = new Shell(host, Object.entries(variables), ends);
  // The program begins when the container has been made.
  await Promise.resolve();
  try {
    const streams = { stdin, stdout: output("stdout"), stderr: output("stderr") };
    exit((await shell.command(args, terminal ?? streams)) ?? 127);
  } catch (error) {
    if (interrupted.signal.aborted) return exit(interruptedCode);
    if (error instanceof SessionEnded || error instanceof BrokenPipe) return;
    write("stderr", `${error instanceof Error ? error.message : String(error)}\n`);
    exit(1);
  }
}

const interruptedCode = 130;

/** A terminal between the program and whoever is attached. */
function openTerminal({ stdin, write }: ProgramContext, end: () => void): Streams {
  const foreground: { interrupt: (() => void) | null } = { interrupt: null };
  const typed = new Pipe(hostedLimits.stdinQueueBytesMax);
  const screen: Output = {
    write(text) {
      write("stdout", text);
      return Promise.resolve();
    },
  };
  const terminal = new Terminal(screen, typed, () => (foreground.interrupt ?? end)());
  const listen = async () => {
    for (let keys = await stdin.read(); keys !== null; keys = await stdin.read()) {
      await terminal.type(keys);
    }
    typed.end();
  };
  void listen();
  return { stdin: typed, stdout: terminal, stderr: terminal, foreground };
}
