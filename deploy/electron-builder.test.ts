import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FuseV1Options } from "@electron/fuses";
import { describe, expect, it } from "vitest";
import configuration from "./electron-builder.ts";

const root = join(import.meta.dirname, "..");

describe("the packager configuration", () => {
  it("sets the fuses of the security checklist (item 19)", () => {
    expect(configuration.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it("decides every fuse there is but one", () => {
    const names = Object.values(FuseV1Options).filter((name) => typeof name === "string");
    const decided = new Set(
      Object.keys(configuration.electronFuses ?? {}).map((name) => name.toLowerCase()),
    );
    const open = names.filter((name) => !decided.has(name.toLowerCase()));
    // A trap handler only makes WebAssembly faster, and the packager has no setting for it.
    expect(open).toEqual(["WasmTrapHandlers"]);
  });

  it("packs one archive with what was built and nothing installed", () => {
    expect(configuration.asar).toBe(true);
    expect(configuration.files).toContain("out/**");
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      dependencies?: object;
    };
    expect(dependencies).toEqual({});
    expect(existsSync(join(root, String(configuration.icon)))).toBe(true);
  });

  it("claims the scheme of the deep links", () => {
    expect(configuration.protocols).toMatchObject([{ schemes: ["demo"] }]);
  });
});
