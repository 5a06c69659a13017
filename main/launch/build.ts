/** Builds what is stale; as a program of its own (`npm run build`) it builds always and says so. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isBuildStale, markBuilt, sourceFingerprint, unmarkBuilt } from "./stale.ts";
import { toolPath } from "./tool-path.ts";

const lockWaitMaxMs = 180_000;
const lockPollMs = 100;

/** The build failed; the message carries everything that the builder printed. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/** @returns whether there was anything to build. */
export async function buildIfStale(root: string, announce: () => void): Promise<boolean> {
  if (!isBuildStale(root)) return false;
  announce();
  await withBuildLock(root, async () => {
    // Whoever held the lock before may have built the same sources.
    if (isBuildStale(root)) await build(root);
  });
  return true;
}

async function build(root: string): Promise<void> {
  const fingerprint = sourceFingerprint(root);
  unmarkBuilt(root);
  const builder = spawn(process.execPath, [toolPath(root, "electron-vite"), "build"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [builder.stdout, builder.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => output.push(chunk));
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    builder.once("error", reject).once("close", resolve);
  });
  if (code !== 0) {
    throw new BuildError(`The build failed (exit code ${code}).\n\n${output.join("").trim()}`);
  }
  markBuilt(root, fingerprint);
}

/** Two scripts started together must not empty out/ under each other. */
async function withBuildLock(root: string, work: () => Promise<void>): Promise<void> {
  const lockFile = join(root, "out", ".building");
  mkdirSync(join(root, "out"), { recursive: true });
  const deadline = Date.now() + lockWaitMaxMs;
  while (!tryLock(lockFile)) {
    if (Date.now() > deadline) {
      throw new BuildError(`Another build has held ${lockFile} too long; remove the file.`);
    }
    await sleep(lockPollMs);
  }
  const unlock = (): void => rmSync(lockFile, { force: true });
  process.once("exit", unlock);
  try {
    await work();
  } finally {
    process.removeListener("exit", unlock);
    unlock();
  }
}

function tryLock(lockFile: string): boolean {
  try {
    const file = openSync(lockFile, "wx");
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (!isHolderAlive(lockFile)) rmSync(lockFile, { force: true });
    return false;
  }
}

function isHolderAlive(lockFile: string): boolean {
  try {
    const pid = Number(readFileSync(lockFile, "utf8"));
    // Empty for the instant between creating and writing: taken for alive.
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    // EPERM: alive under another user. ESRCH: dead. ENOENT: released meanwhile.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "../..");
  try {
    const startedAt = performance.now();
    await withBuildLock(root, () => build(root));
    console.log(`Built out/ in ${Math.round(performance.now() - startedAt)} ms.`);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
