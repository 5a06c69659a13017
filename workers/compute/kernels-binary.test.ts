import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { kernelsModule } from "./compile-kernels.ts";
import { compileKernelModule } from "./kernel-instance.ts";

it("the kernels' binary is what their sources compile to (decision 12)", async () => {
  const committed = readFileSync(join(import.meta.dirname, "kernels-binary.ts"), "utf8");
  const message = "run `node workers/compute/compile-kernels.ts`";
  expect(committed === (await kernelsModule()), message).toBe(true);
});

it("both builds compile in this engine", () => {
  expect(compileKernelModule(["plain"])).not.toBeNull();
  expect(compileKernelModule(["relaxed"])).not.toBeNull();
});
