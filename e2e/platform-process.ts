/** The built platform without a window, as a process of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findPortBase } from "./ports.ts";

const entry = join(import.meta.dirname, "../out/main/headless.js");
const readyWithinMs = 15_000;
const stopWithinMs = 5_000;

export interface PlatformProcess {
  readonly portBase: number;
  readonly child: ChildProcess;
  /** All that it printed so far. */
  output(): string;
  /** An address on the port with this offset from the base. */
  url(path: string, portOffset?: number): string;
  /** Ends it as Ctrl-C does and resolves with its exit code. */
  stop(): Promise<number | null>;
  /** The same, and throws what it printed unless the exit code is 0. */
  stopCleanly(): Promise<void>;
}

export interface FinishedProcess {
  readonly exitCode: number | null;
  readonly output: string;
}

/**
 * Starts a platform on free ports and waits until all its threads are ready.
 * @param launched told as soon as the process has been started
 */
export async function startPlatformProcess(
  flags: readonly string[] = ["--ephemeral"],
  launched?: (portBase: number) => void,
): Promise<PlatformProcess> {
  const portBase = await findPortBase();
  const { child, output } = launch([...flags, `--port-base=${portBase}`]);
  launched?.(portBase);
  const deadline = Date.now() + readyWithinMs;
  while (!output().includes("Ready after")) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`The platform did not become ready. It printed:\n${output()}`);
    }
    await sleep(20);
  }
  return {
    portBase,
    child,
    output,
    url: (path, portOffset = 0) => `http://127.0.0.1:${portBase + portOffset}${path}`,
    stop: () => stop(child),
    async stopCleanly() {
      const exitCode = await stop(child);
      if (exitCode !== 0) throw new Error(`The platform ended with ${exitCode}:\n${output()}`);
    },
  };
}

/** Runs a platform that is expected to end by itself. */
export async function runToEnd(flags: readonly string[]): Promise<FinishedProcess> {
  const { child, output } = launch(flags);
  const timer = setTimeout(() => child.kill("SIGKILL"), readyWithinMs);
  await once(child, "close");
  clearTimeout(timer);
  return { exitCode: child.exitCode, output: output() };
}

function launch(flags: readonly string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [entry, "--headless", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  return { child, output: () => text };
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, "exit");
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
  await exited;
  clearTimeout(timer);
  return child.exitCode;
}
