/** The kubectl programs of this machine, run as users run them. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

export interface Kubectl {
  readonly name: string;
  readonly path: string;
}

/** Each version that lies beside the kubectl on the path; else that one. */
export function kubectls(): Kubectl[] {
  const found = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "kubectl"))
    .find((path) => existsSync(path));
  if (found === undefined) return [];
  const folder = dirname(realpathSync(found));
  const versions = readdirSync(folder)
    .filter((name) => /^kubectl\.\d+\.\d+$/.test(name))
    .map((name) => ({ name, path: join(folder, name) }));
  return versions.length > 0 ? versions : [{ name: "kubectl", path: found }];
}

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** @param home a folder of its own, for caches, with an empty file `config` */
export function runKubectl(
  { path }: Kubectl,
  args: readonly string[],
  { server, home, input = "" }: { server: string; home: string; input?: string },
): Promise<Outcome> {
  const env = { ...process.env, HOME: home, KUBECONFIG: join(home, "config") };
  const options = { env, timeout: 30_000, maxBuffer: 16 * 1024 * 1024 };
  return new Promise((resolve) => {
    const child = execFile(
      path,
      ["--server", server, ...args],
      options,
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 255;
        resolve({ code, output: stdout + stderr });
      },
    );
    child.stdin!.end(input);
  });
}
