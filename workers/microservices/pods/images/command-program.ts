/** A command of the shell as a container's own program: sleep, echo, sh -c and the like. */
import { hostShell } from "../host/container-shell.ts";
import { BrokenPipe, type Output } from "../shell/pipe.ts";
import { Shell } from "../shell/interpreter.ts";
import { SessionEnded } from "../shell/shell-host.ts";
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
  const shell = new Shell(host, Object.entries(environment), signal);
  // The program begins when the container has been made.
  await Promise.resolve();
  try {
    const streams = { stdin, stdout: output("stdout"), stderr: output("stderr") };
    exit((await shell.command(args, streams)) ?? 127);
  } catch (error) {
    if (error instanceof SessionEnded || error instanceof BrokenPipe) return;
    write("stderr", `${error instanceof Error ? error.message : String(error)}\n`);
    exit(1);
  }
}
