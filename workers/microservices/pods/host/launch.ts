/** Which program a container runs: the image's own, or a command of the shell. */
import { posix } from "node:path";
import type { ContainerSpec } from "../container-spec.ts";
import type { Program, ProgramContext } from "../images/image.ts";
import { resolveImage } from "../images/catalogue.ts";
import { startCommand } from "../images/command-program.ts";
import { commandOf } from "../shell/commands.ts";

export interface Launch {
  readonly tag: string;
  readonly args: readonly string[];
  readonly commandLine: string;
  readonly start: (context: ProgramContext) => Program;
}

/** Null: there is no such executable in the image. */
export function launchOf({ image: reference, command, args }: ContainerSpec): Launch | null {
  const resolved = resolveImage(reference);
  if (resolved === null) return null;
  const { image, tag } = resolved;
  const isShell = image.executable === "sh";
  // An image without an entry point takes its command from the arguments.
  const given = command ?? (isShell && args !== null && args.length > 0 ? [] : [image.executable]);
  const [executable = "", ...rest] = [...given, ...(args ?? [])];
  const commandLine = [executable, ...rest].join(" ");
  if (!isShell && posix.basename(executable) === image.executable) {
    return { tag, args: rest, commandLine, start: image.start };
  }
  if (commandOf(executable) === undefined) return null;
  return { tag, args: [executable, ...rest], commandLine, start: startCommand };
}
