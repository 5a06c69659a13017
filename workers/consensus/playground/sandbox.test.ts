import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const sandbox = JSON.stringify(join(import.meta.dirname, "sandbox.ts"));

/** In a process of its own, because there is no way back. */
function after(lines: readonly string[]): unknown {
  const program = `
    import { lockDown } from ${sandbox};
    const write = process.stdout.write.bind(process.stdout);
    lockDown(globalThis);
    const seen = [];
    const tries = [${lines.map((line) => `() => ${line}`).join(",")}];
    for (const one of tries) {
      try { seen.push(String(one())); } catch (error) { seen.push(error.message); }
    }
    write(JSON.stringify(seen));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module-typescript", "--eval", program],
    { encoding: "utf8" },
  );
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

describe("the sandbox", () => {
  it("says what to use in place of what is not there", () => {
    const clock = "is not part of a deterministic run: use context.now()";
    const timer = "is not part of a deterministic run: use context.setTimer(name, delayMs)";
    const send = "is not part of a deterministic run: use context.send(to, message)";
    expect(
      after([
        "Date.now()",
        "new Date()",
        "new Date(0).constructor",
        "performance.now()",
        "Math.random()",
        "setTimeout(() => {}, 1)",
        "setInterval(() => {}, 1)",
        "fetch('http://localhost')",
        "new WebSocket('ws://localhost')",
        "new BroadcastChannel('x')",
        "indexedDB.open('x')",
        "crypto.randomUUID()",
        "Object.getPrototypeOf(globalThis).fetch?.('x') ?? 'none'",
        "(globalThis.fetch = 1, globalThis.fetch('x'))",
      ]),
    ).toEqual([
      `Date.now ${clock}`,
      `Date ${clock}`,
      "undefined",
      `performance ${clock}`,
      "Math.random is not part of a deterministic run: use context.random.float()",
      `setTimeout ${timer}`,
      `setInterval ${timer}`,
      `fetch ${send}`,
      `WebSocket ${send}`,
      `BroadcastChannel ${send}`,
      "indexedDB is not part of a deterministic run: use context.storage",
      "crypto is not part of a deterministic run: use context.random",
      "none",
      expect.stringMatching(/read only|deterministic/),
    ]);
  });

  it("leaves what is the same everywhere", () => {
    expect(after(["new Date(0).getTime()", "Math.max(1, 2)", "JSON.stringify([1])"])).toEqual([
      "0",
      "2",
      "[1]",
    ]);
  });
});
