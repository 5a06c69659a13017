/** wget and curl, through the cluster's way of calling services. */
import type { FetchAnswer } from "../container-spec.ts";
import type { CommandContext, ShellCommand } from "./commands.ts";

interface WebArguments {
  readonly url: string;
  readonly method: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly file: string | null;
  readonly flags: string;
}

/** Options with a value, of both programs. */
const valued = new Set([
  "-O",
  "-o",
  "-X",
  "-d",
  "-H",
  "-T",
  "-m",
  "--data",
  "--header",
  "--post-data",
]);

export const webCommands: Readonly<Record<string, ShellCommand>> = {
  async wget(context) {
    const parsed = argumentsOf(context.args);
    const answer = await call(context, parsed, `wget: can't connect to remote host`);
    if (answer === null) return 1;
    if (answer.status >= 400) {
      await context.stderr.write(`wget: server returned error: HTTP/1.1 ${answer.status}\n`);
      return 1;
    }
    const fileOfUrl = new URL(absolute(parsed.url)).pathname.split("/").at(-1) || "index.html";
    // -qO- comes as one word, too.
    const file = /O-/.test(parsed.flags) ? "-" : (parsed.file ?? fileOfUrl);
    if (file === "-") await context.stdout.write(answer.body);
    else if (!parsed.flags.includes("--spider")) {
      context.host.files.write(context.shell.resolve(file), answer.body);
    }
    return 0;
  },
  async curl(context) {
    const parsed = argumentsOf(context.args);
    const answer = await call(context, parsed, "curl: (7) Failed to connect");
    if (answer === null) return 7;
    if (/f/.test(parsed.flags.replaceAll("--", "")) && answer.status >= 400) {
      const text = `curl: (22) The requested URL returned error: ${answer.status}\n`;
      await context.stderr.write(text);
      return 22;
    }
    const head = `HTTP/1.1 ${answer.status}\n${Object.entries(answer.headers)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join("")}\n`;
    const text = /I/.test(parsed.flags)
      ? head
      : /i/.test(parsed.flags)
        ? head + answer.body
        : answer.body;
    if (parsed.file === null) await context.stdout.write(text);
    else if (parsed.file !== "/dev/null") {
      context.host.files.write(context.shell.resolve(parsed.file), text);
    }
    return 0;
  },
};

function argumentsOf(args: readonly string[]): WebArguments {
  let [url, method, body, flags] = ["", "", "", ""];
  let file: string | null = null;
  const headers: Record<string, string> = {};
  for (let at = 0; at < args.length; at += 1) {
    let option = args[at] ?? "";
    let value = args[at + 1] ?? "";
    const joined = /^(--[a-z-]+)=(.*)$/s.exec(option);
    if (joined !== null) [, option = "", value = ""] = joined;
    else if (valued.has(option)) at += 1;
    if (option === "-O" || option === "-o") file = value;
    else if (option === "-X") method = value;
    else if (option === "-d" || option === "--data" || option === "--post-data") body = value;
    else if (option === "-H" || option === "--header") {
      const [name = "", ...rest] = value.split(":");
      headers[name.trim().toLowerCase()] = rest.join(":").trim();
    } else if (option.startsWith("-")) flags += option;
    else url = option;
  }
  const isHead = /^(?:.*-)?[a-zA-Z]*I/.test(flags) && !flags.includes("O");
  method ||= body === "" ? (isHead ? "HEAD" : "GET") : "POST";
  return { url, method, body, headers, file, flags };
}

const absolute = (url: string) => (/^https?:\/\//.test(url) ? url : `http://${url}`);

async function call(
  { name, host, stderr }: CommandContext,
  { url, method, body, headers }: WebArguments,
  failed: string,
): Promise<FetchAnswer | null> {
  const target = absolute(url);
  if (url === "" || !URL.canParse(target)) {
    await stderr.write(`${name}: bad address '${url}'\n`);
    return null;
  }
  try {
    return await host.fetch({ method, url: target, headers, body });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await stderr.write(`${failed} (${new URL(target).host}): ${message}\n`);
    return null;
  }
}
