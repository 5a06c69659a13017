import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The script behind a command of an installed package, to be run by this very Node: the files in
 * node_modules/.bin are shell scripts on some platforms and would pick their own.
 * @param packageName also the command's name, unless `command` says otherwise.
 */
export function toolPath(root: string, packageName: string, command = packageName): string {
  const folder = join(root, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    bin: Readonly<Record<string, string>> | string;
  };
  const script = typeof bin === "string" ? bin : bin[command];
  if (script === undefined) throw new Error(`${packageName} has no command ${command}`);
  return join(folder, script);
}
