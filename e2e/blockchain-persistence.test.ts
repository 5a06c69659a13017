/** The chain on disk: it outlives kill -9, and a damaged file is set aside and filled again. */
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, it } from "vitest";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

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

it("fills what is damaged again from what is not, and says so", { timeout: 60_000 }, async () => {
  const home = makeHome();
  const first = await startPlatformProcess(flags(home));
  for (let amount = 1; amount <= 5; amount += 1) await send(first, amount);
  const before = await Promise.all(pages.map((page) => read(first, page)));
  expect(await first.stop()).toBe(0);
  // The node's own archive is no database any more; one validator's has another value in its state.
  for (const suffix of ["-wal", "-shm"]) rmSync(join(home, `archive.db${suffix}`), { force: true });
  writeFileSync(join(home, "archive.db"), "This is not a database at all.".repeat(200));
  const validator = new DatabaseSync(join(home, "validator-2.db"));
  validator.exec(
    "UPDATE trie_nodes SET node = zeroblob(40) WHERE key = (SELECT min(key) FROM trie_nodes)",
  );
  validator.close();

  const second = await startPlatformProcess(flags(home));
  try {
    expect(await Promise.all(pages.map((page) => read(second, page)))).toEqual(before);
    const aside = readdirSync(home).filter((name) => name.includes(".damaged-"));
    expect(aside.some((name) => name.startsWith("archive.db.damaged-"))).toBe(true);
    expect(aside.some((name) => name.startsWith("validator-2.db.damaged-"))).toBe(true);
    await send(second, 6);
    await expect
      .poll(() => read(second, "validators"), { timeout: 10_000 })
      .toMatchObject({ health: "healthy", verdict: "3 of 3 validators agree, height 6" });
  } finally {
    expect(await second.stop()).toBe(0);
  }
});

it("begins another history when another algorithm orders it", { timeout: 60_000 }, async () => {
  const home = makeHome();
  const first = await startPlatformProcess(flags(home));
  for (let amount = 1; amount <= 3; amount += 1) await send(first, amount);
  expect(await first.stop()).toBe(0);
  const second = await startPlatformProcess([...flags(home), "--consensus=pbft", "--validators=4"]);
  try {
    await send(second, 4);
    await expect
      .poll(() => read(second, "validators"), { timeout: 10_000 })
      .toMatchObject({ consensus: "pbft", verdict: "4 of 4 validators agree, height 4" });
  } finally {
    expect(await second.stop()).toBe(0);
  }
});

it("loses nothing that it answered, killed again and again", { timeout: 120_000 }, async () => {
  const home = makeHome();
  const answered = new Set<string>();
  for (let life = 0; life < 5; life += 1) {
    const platform = await startPlatformProcess(flags(home));
    const ask = async <Result>(method: string, ...params: unknown[]): Promise<Result> => {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
      const headers = { "content-type": "application/json" };
      const answer = await fetch(platform.url("/", 6), { method: "POST", headers, body });
      return ((await answer.json()) as { result: Result }).result;
    };
    // What was answered in the lives before is in a block, or comes into one.
    for (const hash of answered) {
      await expect
        .poll(() => ask("eth_getTransactionReceipt", hash), { timeout: 10_000 })
        .toMatchObject({ status: "0x1" });
    }
    const accounts = await ask<string[]>("eth_accounts");
    let killed = false;
    const senders = accounts.slice(0, 4).map(async (from) => {
      for (;;) {
        if (killed) return;
        const payment = { from, to: accounts[5], value: "0x1", gas: "0x5208" };
        const hash = await ask<string>("eth_sendTransaction", payment).catch(() => undefined);
        if (typeof hash === "string") answered.add(hash);
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 150 + 130 * life));
    const gone = once(platform.child, "exit");
    platform.child.kill("SIGKILL");
    killed = true;
    await gone;
    await Promise.all(senders);
  }
  expect(answered.size).toBeGreaterThan(20);
  const last = await startPlatformProcess(flags(home));
  await expect
    .poll(() => read(last, "validators"), { timeout: 10_000 })
    .toMatchObject({ health: "healthy" });
  expect(await last.stop()).toBe(0);
});

it(
  "goes on elsewhere from exported blocks, or from the exported state",
  { timeout: 60_000 },
  async () => {
    const home = makeHome();
    const first = await startPlatformProcess(flags(home));
    for (let amount = 1; amount <= 4; amount += 1) await send(first, amount);
    const head = await read<{ hash: string }>(first, "blocks/latest");
    const accounts = await read<{ accounts: object[] }>(first, "accounts");
    for (const name of ["genesis.json", "chain.rlp", "state.json"]) {
      const answer = await fetch(first.url(`/api/blockchain/export/${name}`, 6));
      writeFileSync(join(home, name), new Uint8Array(await answer.arrayBuffer()));
    }
    expect(await first.stop()).toBe(0);

    const genesis = `--genesis=${join(home, "genesis.json")}`;
    const chain = `--import=${join(home, "chain.rlp")}`;
    const only = "--only=blockchain,integration";
    const second = await startPlatformProcess(["--ephemeral", only, genesis, chain]);
    expect(await read(second, "blocks/latest")).toMatchObject({ number: 4, hash: head.hash });
    await send(second, 5);
    expect(await second.stop()).toBe(0);

    const state = `--genesis=${join(home, "state.json")}`;
    const third = await startPlatformProcess(["--ephemeral", only, state]);
    const balances = ({ accounts: all }: { accounts: object[] }) =>
      all.map((account) => ({ ...account, transactions: 0 }));
    expect(balances(await read<{ accounts: object[] }>(third, "accounts"))).toEqual(
      expect.arrayContaining(balances(accounts)),
    );
    await send(third, 6);
    expect(await third.stop()).toBe(0);
  },
);
