import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";

/** Where a window can be opened, or the reason in words why it cannot. */
export type WindowHost =
  | { readonly electron: string; readonly reason?: undefined }
  | { readonly electron?: undefined; readonly reason: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** A repeated signal within this time is the same Ctrl-C, delivered by terminal and npm alike. */
const sameSignalMs = 500;
const forwardedSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function findWindowHost(
  root: string,
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  userId: number | undefined = process.getuid?.(),
): WindowHost {
  const electron = electronBinary(root, env);
  if (electron === undefined) {
    return { reason: "the Electron binary is not installed (npx install-electron fetches it)" };
  }
  if (!existsSync(electron)) return { reason: `there is no Electron at ${electron}` };
  if (platform === "linux" && !env["DISPLAY"] && !env["WAYLAND_DISPLAY"]) {
    return { reason: "there is no display (DISPLAY and WAYLAND_DISPLAY are empty)" };
  }
  if (platform === "linux" && userId === 0) {
    return { reason: "Electron does not run as root with its sandbox on" };
  }
  return { electron };
}

/**
 * Runs the desktop application until it ends; signals pass to it.
 * @returns its exit code, or 128 and the number of the signal that ended it, as shells have it.
 */
export async function runElectron(
  electron: string,
  root: string,
  argv: readonly string[],
): Promise<number> {
  const child = spawn(electron, [root, ...argv], {
    stdio: "inherit",
    // A group of its own: else Ctrl-C reaches Electron twice, and the second one kills it.
    detached: process.platform !== "win32",
  });
  let lastSignalAt = Number.NEGATIVE_INFINITY;
  const forward = (signal: NodeJS.Signals): void => {
    const isRepetition = performance.now() - lastSignalAt < sameSignalMs;
    lastSignalAt = performance.now();
    if (!isRepetition) child.kill(signal);
  };
  for (const signal of forwardedSignals) process.on(signal, forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
    });
  } finally {
    for (const signal of forwardedSignals) process.removeListener(signal, forward);
  }
}

function electronBinary(root: string, env: Environment): string | undefined {
  if (env["ELECTRON_EXEC_PATH"]) return env["ELECTRON_EXEC_PATH"];
  // Importing the package "electron" for its path would try to download the binary.
  const folder = join(root, "node_modules", "electron");
  const pathFile = join(folder, "path.txt");
  return existsSync(pathFile)
    ? join(folder, "dist", readFileSync(pathFile, "utf8").trim())
    : undefined;
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : (constants.signals[signal] ?? 0);
}
