import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { generatedPages } from "./generate.ts";

const read = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");

it.each(Object.entries(generatedPages()))("%s is current: node docs/generate.ts", (name, page) => {
  expect(read(name)).toBe(page);
});

it("gives each dependency its reason, and none that is gone", () => {
  const { devDependencies, optionalDependencies } = packageJson;
  const listed = [...read("dependencies.md").matchAll(/^\| `([^`]+)` +\| (\S.*) \|$/gm)];
  expect(listed.map(([, name = ""]) => name).toSorted()).toEqual(
    Object.keys({ ...devDependencies, ...optionalDependencies }).toSorted(),
  );
});
