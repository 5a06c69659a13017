import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findWindowHost, runElectron } from "./electron.ts";

describe("findWindowHost", () => {
  let root: string;
  let binary: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "window-host-"));
    const folder = join(root, "node_modules/electron");
    mkdirSync(join(folder, "dist"), { recursive: true });
    binary = join(folder, "dist", "electron");
    writeFileSync(join(folder, "path.txt"), "electron");
    writeFileSync(binary, "");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const display = { DISPLAY: ":0" };

  it("finds the binary of the package, and prefers the one that is named", () => {
    expect(findWindowHost(root, display, "linux", 1000)).toEqual({ electron: binary });
    expect(findWindowHost(root, { WAYLAND_DISPLAY: "wayland-0" }, "linux", 1000)).toEqual({
      electron: binary,
    });
    expect(findWindowHost(root, {}, "darwin", 501)).toEqual({ electron: binary });
    const named = { ...display, ELECTRON_EXEC_PATH: process.execPath };
    expect(findWindowHost(root, named, "linux", 1000)).toEqual({ electron: process.execPath });
  });

  it("says why there is no window", () => {
    const reason = (...input: Parameters<typeof findWindowHost>) => findWindowHost(...input).reason;
    expect(reason(root, {}, "linux", 1000)).toMatch(/^there is no display/);
    expect(reason(root, display, "linux", 0)).toMatch(/as root/);
    expect(reason(root, { ELECTRON_EXEC_PATH: "/nowhere" }, "linux", 1000)).toBe(
      "there is no Electron at /nowhere",
    );
    rmSync(binary);
    expect(reason(root, display, "linux", 1000)).toBe(`there is no Electron at ${binary}`);
    rmSync(join(root, "node_modules/electron/path.txt"));
    expect(reason(root, display, "linux", 1000)).toMatch(/^the Electron binary is not installed/);
  });

  it.skipIf(process.platform === "win32")(
    "passes flags and exit code, and a doubled signal once",
    async () => {
      const log = join(root, "log");
      writeFileSync(
        binary,
        `#!/bin/sh\necho "$*" > ${log}\ntrap 'echo TERM >> ${log}; sleep 0.2; exit 7' TERM\necho ready >> ${log}\nwhile :; do sleep 0.05; done\n`,
      );
      chmodSync(binary, 0o755);
      const before = process.listeners("SIGTERM");
      const code = runElectron(binary, root, ["--only", "quantum"]);
      const forward = process.listeners("SIGTERM").find((listener) => !before.includes(listener));
      await expect.poll(() => readLog(log)).toContain("ready");
      forward?.("SIGTERM");
      forward?.("SIGTERM");
      expect(await code).toBe(7);
      expect(readLog(log)).toBe(`${root} --only quantum\nready\nTERM\n`);
      expect(process.listeners("SIGTERM")).toEqual(before);
    },
  );
});

function readLog(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
