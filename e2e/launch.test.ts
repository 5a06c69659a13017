/** `npm start` as a process: what it prints, what it exits with, how it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findPortBase, isPortFree, subsystemPorts } from "./ports.ts";

const launchScript = join(import.meta.dirname, "../main/launch.ts");
// No display and no Electron, whatever this machine has.
const bare = { DISPLAY: "", WAYLAND_DISPLAY: "", ELECTRON_EXEC_PATH: "/nowhere/electron" };

/** On a machine that may be busy, after a build that may be stale. */
const startWithinMs = 60_000;
const startTimeoutMs = 120_000;

describe("npm start", () => {
  let child: ChildProcess | undefined;
  let output = "";

  function launch(
    flags: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): ChildProcess {
    output = "";
    const started = spawn(process.execPath, [launchScript, ...flags], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...bare, ...env },
    });
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
    }
    child = started;
    return started;
  }
  afterEach(() => child?.kill("SIGKILL"));

  const exitCode = async (started: ChildProcess): Promise<unknown> =>
    (await once(started, "close"))[0];

  it("prints its flags and starts nothing", async () => {
    expect(await exitCode(launch(["--help"]))).toBe(0);
    expect(output).toMatch(/^Usage: npm start -- \[flags\]\n/);
    expect(output).toContain("--port-base N");
  });

  it("refuses what it does not know in one sentence", async () => {
    expect(await exitCode(launch(["--prot-base", "4000"]))).toBe(2);
    expect(output).toBe("--prot-base is not a flag; did you mean --port-base?\n");
    expect(await exitCode(launch([], { DEMO_AUTH: "maybe" }))).toBe(2);
    expect(output).toBe('DEMO_AUTH is "maybe"; accepted are open and required.\n');
  });

  it.each([
    ["says why there is no window", []],
    ["says nothing of windows when none was asked for", ["--headless"]],
  ])(
    "%s, and ends within two seconds of Ctrl-C",
    async (_title, flags) => {
      const portBase = await findPortBase();
      const started = launch([...flags, "--ephemeral", "--port-base", String(portBase)]);
      await expect
        .poll(() => output, { timeout: startWithinMs })
        .toContain(`http://localhost:${portBase}`);
      const lines = output
        .split("\n")
        .filter((line) => line.startsWith("Running without a window"));
      expect(lines).toEqual(
        flags.length > 0
          ? []
          : ["Running without a window: there is no Electron at /nowhere/electron."],
      );
      const stoppedAt = performance.now();
      const ended = exitCode(started);
      // The terminal and npm both deliver it.
      started.kill("SIGINT");
      started.kill("SIGINT");
      expect(await ended).toBe(0);
      expect(performance.now() - stoppedAt).toBeLessThan(2000);
      for (const port of subsystemPorts(portBase)) expect(await isPortFree(port)).toBe(true);
    },
    startTimeoutMs,
  );

  it(
    "names a busy port and how to choose another",
    async () => {
      const portBase = await findPortBase();
      const first = launch(["--headless", "--ephemeral", "--port-base", String(portBase)]);
      await expect
        .poll(() => output, { timeout: startWithinMs })
        .toContain(`http://localhost:${portBase}`);
      const second = launch(["--headless", "--ephemeral", "--port-base", String(portBase)]);
      try {
        expect(await exitCode(second)).toBe(1);
        expect(output.trim().split("\n")).toHaveLength(1);
        expect(output).toContain("--port-base");
      } finally {
        first.kill("SIGINT");
        await once(first, "exit");
      }
    },
    startTimeoutMs,
  );
});
