import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { missingOptional } from "./complete-lock.ts";

const root = join(import.meta.dirname, "..");
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Parameters<
  typeof missingOptional
>[0];

it("names every optional package in the lock file, else `npm ci` fails: npm run lock", () => {
  expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
  expect(missingOptional(lock)).toEqual([]);
});

it("tells the address of no registry", () => {
  expect(JSON.stringify(lock)).not.toContain('"resolved"');
});

it("finds an optional package that is not there", () => {
  const packages = {
    "node_modules/a": { optionalDependencies: { b: "1.0.0", c: "2.0.0", d: "3.0.0" } },
    "node_modules/a/node_modules/b": { version: "1.0.0" },
    "node_modules/c": { version: "2.0.0" },
  };
  expect(missingOptional({ packages })).toEqual([{ name: "d", version: "3.0.0" }]);
});
