/** The commands of every container, in BusyBox' words. */
import { posix } from "node:path";
import type { Shell } from "./interpreter.ts";
import { runShell } from "./shell-command.ts";
import { textCommands } from "./text-commands.ts";
import { webCommands } from "./web-commands.ts";
import { pause, type ShellHost, type Streams } from "./shell-host.ts";

export interface CommandContext extends Streams {
  readonly name: string;
  readonly args: readonly string[];
  readonly shell: Shell;
  readonly host: ShellHost;
}

export type ShellCommand = (context: CommandContext) => Promise<number> | number;

/** Finds a command by its name or its path in a folder of programs. */
export function commandOf(name: string): ShellCommand | undefined {
  const short = name.replace(/^(?:\/usr\/local)?(?:\/usr)?\/s?bin\//, "");
  return Object.hasOwn(commands, short) ? commands[short] : undefined;
}

const commands: Readonly<Record<string, ShellCommand>> = {
  ...textCommands,
  ...webCommands,
  sh: runShell,
  ash: runShell,
  bash: runShell,
  ":": () => 0,
  true: () => 0,
  false: () => 1,
  sleep,
  env: printEnvironment,
  printenv: printEnvironment,
  export: setVariables,
  unset({ args, shell }) {
    for (const name of args) shell.variables.delete(name);
    return 0;
  },
  async pwd({ shell, stdout }) {
    await stdout.write(`${shell.cwd}\n`);
    return 0;
  },
  async cd({ args, shell, host, stderr }) {
    const path = shell.resolve(args[0] ?? "/root");
    if (host.files.isFolder(path)) shell.cwd = path;
    else {
      await stderr.write(`sh: cd: can't cd to ${args[0]}: No such file or directory\n`);
      return 1;
    }
    return 0;
  },
  async hostname({ host, stdout }) {
    await stdout.write(`${host.hostname}\n`);
    return 0;
  },
  async whoami({ stdout }) {
    await stdout.write("root\n");
    return 0;
  },
  async date({ args, host, stdout }) {
    const now = new Date(host.now());
    const format = args.find((argument) => argument.startsWith("+"));
    await stdout.write(`${format === undefined ? dateText(now) : formatDate(now, format)}\n`);
    return 0;
  },
  async ps({ host, stdout }) {
    const lines = host
      .processes()
      .map(({ pid, command }) => `${String(pid).padStart(5)} root      0:00 ${command}\n`);
    await stdout.write(`PID   USER     TIME  COMMAND\n${lines.join("")}`);
    return 0;
  },
  async kill({ args, host, stderr }) {
    const [first = "", second] = args;
    const signal = second === undefined ? 15 : signalOf(first.replace(/^-/, ""));
    if ((second ?? first) !== "1" || signal === null) {
      await stderr.write(`kill: can't kill pid ${second ?? first}: No such process\n`);
      return 1;
    }
    if (signal > 0) host.signalMain(signal);
    return 0;
  },
  async ls({ args, shell, host, stdout }) {
    const paths = args.filter((argument) => !argument.startsWith("-"));
    for (const path of paths.length === 0 ? [shell.cwd] : paths) {
      for (const name of host.files.list(shell.resolve(path))) await stdout.write(`${name}\n`);
    }
    return 0;
  },
  mkdir({ args, shell, host }) {
    for (const path of args) {
      if (!path.startsWith("-")) host.files.makeFolder(shell.resolve(path));
    }
    return 0;
  },
  touch({ args, shell, host }) {
    for (const path of args) host.files.append(shell.resolve(path), "");
    return 0;
  },
  async rm({ args, shell, host, stderr }) {
    const forced = args.some((argument) => /^-\w*f/.test(argument));
    for (const path of args.filter((argument) => !argument.startsWith("-"))) {
      const resolved = shell.resolve(path);
      if (host.files.has(resolved)) host.files.remove(resolved);
      else if (!forced) {
        await stderr.write(`rm: can't remove '${path}': No such file or directory\n`);
        return 1;
      }
    }
    return 0;
  },
  async basename({ args, stdout }) {
    await stdout.write(`${posix.basename(args[0] ?? "", args[1])}\n`);
    return 0;
  },
};

const signals: Readonly<Record<string, number>> = { "0": 0, HUP: 1, INT: 2, KILL: 9, TERM: 15 };

function signalOf(text: string): number | null {
  const name = text.replace(/^SIG/, "");
  const number = signals[name] ?? Number(name);
  return Number.isInteger(number) && number >= 0 && number < 32 ? number : null;
}

async function sleep({ args, shell, stderr }: Parameters<ShellCommand>[0]): Promise<number> {
  let totalMs = 0;
  for (const argument of args) {
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(argument);
    if (argument !== "infinity" && match === null) {
      await stderr.write(`sleep: invalid number '${argument}'\n`);
      return 1;
    }
    const unitMs = { "": 1e3, s: 1e3, m: 6e4, h: 36e5, d: 864e5 }[match?.[2] ?? ""] ?? 1e3;
    totalMs += match === null ? Number.POSITIVE_INFINITY : Number(match[1]) * unitMs;
  }
  if (args.length === 0) {
    await stderr.write("BusyBox sleep: missing operand\n");
    return 1;
  }
  await pause(totalMs, shell.signal);
  return 0;
}

async function printEnvironment({
  args,
  shell,
  stdout,
}: Parameters<ShellCommand>[0]): Promise<number> {
  const [name] = args;
  if (name !== undefined) {
    const value = shell.variables.get(name);
    if (value !== undefined) await stdout.write(`${value}\n`);
    return value === undefined ? 1 : 0;
  }
  for (const [key, value] of shell.variables) await stdout.write(`${key}=${value}\n`);
  return 0;
}

async function setVariables({ args, shell, stderr }: Parameters<ShellCommand>[0]): Promise<number> {
  for (const argument of args) {
    const match = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(argument);
    if (match === null) {
      await stderr.write(`sh: export: ${argument}: bad variable name\n`);
      return 1;
    }
    const [, name = "", value] = match;
    if (value !== undefined) shell.variables.set(name, value);
  }
  return 0;
}

const two = (value: number) => String(value).padStart(2, "0");

/** As date prints it: Sat Nov 28 04:41:22 UTC 2026. */
function dateText(now: Date): string {
  const [weekday = "", day, month] = now.toUTCString().replace(",", "").split(" ");
  const time = now.toISOString().slice(11, 19);
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} UTC ${now.getUTCFullYear()}`;
}

function formatDate(now: Date, format: string): string {
  const fields: Readonly<Record<string, string>> = {
    Y: String(now.getUTCFullYear()),
    m: two(now.getUTCMonth() + 1),
    d: two(now.getUTCDate()),
    H: two(now.getUTCHours()),
    M: two(now.getUTCMinutes()),
    S: two(now.getUTCSeconds()),
    s: String(Math.floor(now.getTime() / 1_000)),
    F: now.toISOString().slice(0, 10),
    T: now.toISOString().slice(11, 19),
    Z: "UTC",
    "%": "%",
  };
  return format.slice(1).replace(/%(.)/g, (whole, letter: string) => fields[letter] ?? whole);
}
