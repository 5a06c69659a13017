/** Wallets, anchors and the audit log over the built platform, and no secret in what it leaves. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { verifyMessage } from "ethers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

const base = "/api/blockchain/wallets";
const passphrase = "correct horse battery staple";
const privateKey = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
const alice = "0x123c12f1c201836818aB99575aA9CEb15b7BCf53";
const answers: string[] = [];

let home: string;
let platform: PlatformProcess;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "wallets-e2e-"));
  platform = await startPlatformProcess([`--home=${home}`]);
});
afterAll(async () => {
  await platform.stopCleanly();
  rmSync(home, { recursive: true });
});

/** Through the gateway, so that the calls between threads are part of it. */
async function ask(path: string, body?: object) {
  const answer = await fetch(platform.url(path), {
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  expect(answer.headers.get("cache-control")).toBe("no-store");
  return { status: answer.status, text, json: JSON.parse(text) as Record<string, unknown> };
}

async function told(path: string, body?: object) {
  const { status, text, json } = await ask(path, body);
  answers.push(text);
  return { status, ...json } as Record<string, unknown>;
}

it("signs, sends and exports, and leaves no secret in answers, telemetry, output or files", async () => {
  expect(await told(`${base}/vault`, { passphrase })).toMatchObject({ state: "unlocked" });
  const { json: draft } = await ask(`${base}/mnemonics`, { words: 12 });
  const words = String(draft["mnemonic"]).split(" ");
  const confirmed = (draft["confirm"] as number[]).map((place) => words[place - 1]);
  const confirmation = { name: "New", words: confirmed };
  const made = await told(`${base}/mnemonics/${String(draft["draft"])}/confirm`, confirmation);
  const imported = await told(`${base}/import/key`, { name: "Key", privateKey });
  const address = String(imported["address"]);
  await told(`${base}/accounts/${alice}/send`, { to: address, amount: "2" });
  const sent = await told(`${base}/accounts/${address}/send`, { to: alice, amount: "0.5" });
  expect(sent).toMatchObject({ status: "success" });
  const signed = await told(`${base}/accounts/${address}/sign-message`, { message: "hello" });
  expect(verifyMessage("hello", String(signed["signature"]))).toBe(address);
  const exported = await ask(`${base}/accounts/${address}/export/key`, { passphrase });
  expect(exported.json).toEqual({ address, privateKey: `0x${privateKey}` });
  const wrong = await told(`${base}/accounts/${address}/export/key`, { passphrase: "a wrong one" });
  expect(wrong).toMatchObject({ status: 403, code: "PASSPHRASE_WRONG" });
  await told(`${base}/import/mnemonic`, { name: "x", mnemonic: `${words.join(" ")} zoo` });
  await told(`${base}/import/key`, { name: 1, privateKey });
  await told(`${base}/vault/lock`, {});
  await told(base);

  await sleep(1_500);
  await told("/api/logs?limit=500");
  const traces = await told("/api/traces?limit=200");
  for (const { traceId } of traces["traces"] as { traceId: string }[]) {
    await told(`/api/traces/${traceId}`);
  }
  await told("/api/audit?limit=500");
  const files = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  const places = {
    answers: answers.join("\n"),
    output: platform.output(),
    files: files.join("\n"),
  };
  const entropyWords = words.slice(0, 3).join(" ");
  const secrets = [passphrase, privateKey, "a wrong one", words.join(" "), entropyWords];
  const raw = Buffer.from(privateKey, "hex").toString("latin1");
  for (const [place, text] of Object.entries(places)) {
    const found = [...secrets, raw].filter((secret) => text.includes(secret));
    expect({ place, found }).toEqual({ place, found: [] });
  }
  expect(places.answers).toContain(String(made["address"]));
  expect(places.files).toContain(address);
});

it("keeps an audit log whose root is on the ledger", async () => {
  const { entries } = (await ask("/api/audit")).json as { entries: Record<string, unknown>[] };
  const operations = entries.map(
    ({ operation, outcome }) => `${String(operation)} ${String(outcome)}`,
  );
  expect(operations).toContain("blockchain.wallets.exportKey ok");
  expect(operations).toContain("blockchain.wallets.exportKey failed");
  expect(operations.some((each) => each.startsWith("blockchain.wallets.list"))).toBe(false);
  const { json } = await ask("/api/audit/anchor", {});
  const { root, transactionHash } = json["anchor"] as { root: string; transactionHash: string };
  const found = await ask("/api/blockchain/anchors/verify", { hash: root });
  expect(found.json).toMatchObject({
    anchored: true,
    anchors: [{ subsystem: "audit", transactionHash }],
  });
  const { json: transaction } = await ask(`/api/blockchain/transactions/${transactionHash}`);
  expect(String(transaction["input"])).toContain(root.slice(2));
  expect((await ask("/api/audit/verification")).json).toMatchObject({ verdict: "intact" });
  expect((await ask("/api/audit/1/proof")).json).toMatchObject({ anchor: { root } });
});
