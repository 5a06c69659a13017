import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isBuildStale, markBuilt, sourceFingerprint, unmarkBuilt } from "./stale.ts";

describe("isBuildStale", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "stale-"));
    for (const folder of ["main/launch", "renderer/app", "workers/edge/testdata", "docs", "out"]) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    writeFileSync(join(root, "main/index.ts"), "one");
    writeFileSync(join(root, "package.json"), "{}");
    markBuilt(root, sourceFingerprint(root));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is not after a build of the same sources", () => {
    expect(isBuildStale(root)).toBe(false);
  });

  it.each(["main/index.ts", "renderer/app/new.css", "package.json", "electron.vite.config.ts"])(
    "is after a change of %s",
    (path) => {
      writeFileSync(join(root, path), "three");
      expect(isBuildStale(root)).toBe(true);
    },
  );

  it("is after a change that keeps the size", () => {
    const later = new Date(Date.now() + 5000);
    utimesSync(join(root, "main/index.ts"), later, later);
    expect(isBuildStale(root)).toBe(true);
  });

  it("is after a file has gone", () => {
    rmSync(join(root, "main/index.ts"));
    expect(isBuildStale(root)).toBe(true);
  });

  it("is after a build that failed", () => {
    unmarkBuilt(root);
    expect(isBuildStale(root)).toBe(true);
  });

  it.each([
    "main/index.test.ts",
    "main/launch/build.ts",
    "workers/edge/testdata/case.txt",
    "docs/a.md",
  ])("is not after a change of %s, which is not built", (path) => {
    writeFileSync(join(root, path), "new");
    expect(isBuildStale(root)).toBe(false);
  });
});
