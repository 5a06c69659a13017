import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { kernelsModules } from "./compile-kernels.ts";
import { compileKernelModule } from "./kernel-instance.ts";

/** The compiler runs three times, on whatever else the machine does. */
const compileMsMax = 120_000;

it(
  "the kernels' binaries are what their sources compile to (decision 12)",
  async () => {
    const message = "run `node workers/compute/compile-kernels.ts`";
    for (const { path, text } of await kernelsModules()) {
      expect(readFileSync(path, "utf8") === text, `${path}: ${message}`).toBe(true);
    }
  },
  compileMsMax,
);

it("both builds compile in this engine", () => {
  expect(compileKernelModule(["plain"])).not.toBeNull();
  expect(compileKernelModule(["relaxed"])).not.toBeNull();
});
