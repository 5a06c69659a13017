import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PlatformState } from "../workers/service/contract.ts";
import { findPortBase } from "./ports.ts";

const root = join(import.meta.dirname, "..");
const readyWithinMs = 15_000;
const stopWithinMs = 5000;

/** Where the fixtures find the platform that all specs of the project "chromium" look at. */
export const portBaseVariable = "DEMO_E2E_PORT_BASE";

/** Starts the built platform headless on free ports; the function that it returns ends it. */
export default async function startHeadlessPlatform(): Promise<() => Promise<void>> {
  const portBase = await findPortBase();
  const flags = ["--headless", "--ephemeral", `--port-base=${portBase}`];
  const platform = spawn(process.execPath, [join(root, "out/main/headless.js"), ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  mkdirSync(join(root, "test-results"), { recursive: true });
  const log = createWriteStream(join(root, "test-results/platform.log"));
  let output = "";
  for (const stream of [platform.stdout, platform.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      log.write(chunk);
    });
  }
  try {
    await waitUntilReady(platform, portBase);
  } catch (error) {
    platform.kill("SIGKILL");
    throw new Error(`${(error as Error).message} It printed:\n${output}`, { cause: error });
  }
  process.env[portBaseVariable] = String(portBase);
  return async () => {
    await stop(platform);
    log.end();
  };
}

async function waitUntilReady(platform: ChildProcess, portBase: number): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  while (Date.now() < deadline) {
    if (platform.exitCode !== null) {
      throw new Error(`The headless platform ended with code ${platform.exitCode}.`);
    }
    if (await isReady(portBase)) return;
    await sleep(50);
  }
  throw new Error(`The headless platform was not ready within ${readyWithinMs} ms.`);
}

async function isReady(portBase: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${portBase}/api/platform`);
    if (!answer.ok) return false;
    const { threads } = (await answer.json()) as PlatformState;
    return threads.every(({ state }) => state === "ready");
  } catch {
    // Refused until the port is bound.
    return false;
  }
}

/** Ends it as Ctrl-C does; anything but a clean end is a failure of the run. */
async function stop(platform: ChildProcess): Promise<void> {
  if (platform.exitCode === null && platform.signalCode === null) {
    const exited = once(platform, "exit");
    platform.kill("SIGINT");
    const timer = setTimeout(() => platform.kill("SIGKILL"), stopWithinMs);
    await exited;
    clearTimeout(timer);
  }
  if (platform.exitCode !== 0) {
    throw new Error(
      `The headless platform did not end cleanly: code ${platform.exitCode}, signal ${platform.signalCode}.`,
    );
  }
}
