/** The chain on disk: it outlives kill -9, and a damaged file is neither used nor lost. */
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { runToEnd, startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

const homes: string[] = [];
afterEach(() => {
  homes.splice(0).forEach((home) => rmSync(home, { recursive: true, force: true }));
});

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), "demo-chain-"));
  homes.push(home);
  return home;
}

const flags = (home: string) => [`--home=${home}`, "--only=blockchain,integration"];

async function read<Answer>(platform: PlatformProcess, path: string): Promise<Answer> {
  const answer = await fetch(platform.url(`/api/blockchain/${path}`, 6));
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
}

async function send(platform: PlatformProcess, amount: number): Promise<{ hash: string }> {
  const answer = await fetch(platform.url("/api/blockchain/transactions", 6), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ from: "0x123...", to: "0x456...", amount, type: "transfer" }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { hash: string };
}

const pages = ["blocks/latest", "blocks", "transactions", "accounts"];

it("has the same blocks, receipts and balances after kill -9", { timeout: 60_000 }, async () => {
  const home = makeHome();
  const first = await startPlatformProcess(flags(home));
  const sent = await send(first, 1);
  for (let amount = 2; amount <= 6; amount += 1) await send(first, amount);
  const before = await Promise.all(pages.map((page) => read(first, page)));
  // Killed with a transfer under way: it is on the chain wholly or not at all.
  const cut = send(first, 7).catch(() => undefined);
  const gone = once(first.child, "exit");
  first.child.kill("SIGKILL");
  await gone;
  await cut;

  const second = await startPlatformProcess(flags(home));
  try {
    const { height } = await read<{ height: number }>(second, "status");
    expect([6, 7]).toContain(height);
    if (height === 6) {
      expect(await Promise.all(pages.map((page) => read(second, page)))).toEqual(before);
    }
    expect(await read(second, `transactions/${sent.hash}`)).toMatchObject({
      blockNumber: 1,
      status: "success",
    });
    await send(second, 8);
    expect(await read(second, "blocks/latest")).toMatchObject({ number: height + 1 });
  } finally {
    expect(await second.stop()).toBe(0);
  }
});

it("moves a damaged chain aside and says so", { timeout: 60_000 }, async () => {
  const home = makeHome();
  const first = await startPlatformProcess(flags(home));
  await send(first, 1);
  expect(await first.stop()).toBe(0);
  truncateSync(join(home, "chain.db"), 5_000);
  writeFileSync(join(home, "chain.db"), "This is not a database at all.".repeat(200));

  const refused = await runToEnd(flags(home));
  expect(refused.exitCode).not.toBe(0);
  expect(refused.output).toContain("chain.db is damaged");
  expect(readdirSync(home).some((name) => name.startsWith("chain.db.damaged-"))).toBe(true);

  const fresh = await startPlatformProcess(flags(home));
  expect(await read(fresh, "status")).toMatchObject({ height: 0 });
  expect(await fresh.stop()).toBe(0);
});
