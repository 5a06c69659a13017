import { createHash } from "node:crypto";
import { globSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Everything that a change of can change what is built. */
const inputs = [
  "{main,preload,renderer,workers,resources}/**/*",
  "electron.vite.config.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];
/** Read by no build, and changed all day while working on the tests. */
const notBuilt = /\.test\.tsx?$|[\\/]testdata[\\/]|^main[\\/]launch/;
const stampFile = "out/.stamp";

/**
 * Names the present state of the sources by path, size and modification time, which costs a few
 * milliseconds where reading the resources would cost much more.
 */
export function sourceFingerprint(root: string): string {
  const hash = createHash("sha256");
  for (const path of globSync(inputs, { cwd: root }).toSorted()) {
    if (notBuilt.test(path)) continue;
    const file = statSync(join(root, path));
    if (!file.isFile()) continue;
    hash.update(`${path}\0${file.size}\0${file.mtimeMs}\n`);
  }
  return hash.digest("hex");
}

export function isBuildStale(root: string): boolean {
  return readStamp(root) !== sourceFingerprint(root);
}

/** To be called after a good build with the fingerprint taken before it began. */
export function markBuilt(root: string, fingerprint: string): void {
  writeFileSync(join(root, stampFile), `${fingerprint}\n`);
}

export function unmarkBuilt(root: string): void {
  rmSync(join(root, stampFile), { force: true });
}

function readStamp(root: string): string | undefined {
  try {
    return readFileSync(join(root, stampFile), "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
