import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const module = JSON.stringify(join(import.meta.dirname, "few-arenas.ts"));
const script = `
  import { useFewArenas } from ${module};
  useFewArenas();
  console.log(JSON.stringify([process.env.MALLOC_ARENA_MAX, process.execArgv, process.argv.slice(2)]));
`;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "arenas-"));
  await writeFile(join(folder, "script.mjs"), script);
});
afterAll(() => rm(folder, { recursive: true }));

async function run(settings: Record<string, string>): Promise<unknown> {
  const { MALLOC_ARENA_MAX: _own, ...env } = process.env;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--stack-size=900", join(folder, "script.mjs"), "--port-base", "4600"],
    { env: { ...env, ...settings } },
  );
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

it.runIf(process.platform === "linux")(
  "begins anew with few arenas and the same arguments, unless something is set",
  async () => {
    const same = [["--stack-size=900"], ["--port-base", "4600"]];
    expect(await run({})).toEqual(["2", ...same]);
    expect(await run({ MALLOC_ARENA_MAX: "7" })).toEqual(["7", ...same]);
  },
);
