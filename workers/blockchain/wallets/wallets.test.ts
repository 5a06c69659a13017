/** Wallets over a chain in memory, through the routes that everybody calls. */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import {
  decryptKeystoreJson,
  getCreateAddress,
  Transaction,
  verifyMessage,
  verifyTypedData,
} from "ethers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Wallet } from "../handlers/wallet.ts";
import { CallRunner } from "../calls/call-runner.ts";
import { account, Laboratory, notebookCode, refusingCode } from "../testing/laboratory.ts";
import { walletsRouter } from "./router.ts";
import { openWalletDatabase, VaultStore } from "./vault-store.ts";
import { publicKeysWarning, Wallets } from "./wallets.ts";

const passphrase = "correct horse battery staple";
const junk = "test test test test test test test test test test test junk";
const first = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const [alice, bob] = [account(0), account(1)];

let home: string;
let lab: Laboratory;
let wallets: Wallets;
let emitted: string[];

async function start() {
  const chain = await lab.open();
  const parts = {
    chain,
    store: chain.index,
    wallet: new Wallet(chain),
    simulator: new CallRunner(chain, null, (ms, act) => lab.host.after(ms, act)),
  };
  wallets = new Wallets({
    parts,
    store: new VaultStore(openWalletDatabase(home, 0)),
    persistent: true,
    host: {
      now: () => lab.nowSeconds * 1_000,
      randomBytes: (length) => randomBytes(length),
      newId: () => randomUUID(),
      after: (ms, act) => lab.host.after(ms, act),
      note: (text) => emitted.push(text),
    },
    work: { n: 1_024, r: 8, p: 1 },
  });
  return createRouterClient(walletsRouter(async () => wallets));
}
let api: Awaited<ReturnType<typeof start>>;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "wallets-"));
  emitted = [];
  lab = new Laboratory();
  api = await start();
});
afterEach(async () => {
  wallets.close();
  await lab.close();
  rmSync(home, { recursive: true });
});

async function funded(): Promise<string> {
  await api.create({ passphrase });
  const { address } = await api.importMnemonic({ name: "Words", mnemonic: junk });
  await api.send({ address: alice.address, to: address, amount: "5" });
  return address;
}

it("marks the developer accounts as public, and signs with them at once", async () => {
  const { vault, wallets: all } = await api.list({});
  expect(vault).toMatchObject({ state: "missing", persistent: true });
  expect(all).toMatchObject([
    { id: "developer", kind: "developer", canSign: true, warning: publicKeysWarning },
  ]);
  expect(all[0]?.accounts[0]).toMatchObject({ label: "Alice", balance: "10000" });
  const { signature } = await api.signMessage({ address: alice.address, message: "hello" });
  expect(verifyMessage("hello", signature)).toBe(alice.address);
});

it("stores a generated mnemonic once two of its words are confirmed", async () => {
  await expect(api.generate({})).rejects.toMatchObject({ code: "VAULT_MISSING" });
  await api.create({ passphrase });
  for (const count of [12, 24] as const) {
    const { draft, mnemonic, confirm } = await api.generate({ words: count });
    const words = mnemonic.split(" ");
    expect(words).toHaveLength(count);
    const wrong = api.confirm({ draft, name: "New", words: ["zoo", "zoo"] });
    await expect(wrong).rejects.toMatchObject({ code: "MNEMONIC_UNCONFIRMED" });
    const right = confirm.map((place) => words[place - 1] ?? "");
    const { id } = await api.confirm({ draft, name: "New", words: right });
    expect(await api.exportMnemonic({ id, passphrase })).toEqual({
      mnemonic,
      extraPassphrase: false,
    });
    const again = api.confirm({ draft, name: "New", words: right });
    await expect(again).rejects.toMatchObject({ code: "MNEMONIC_UNCONFIRMED" });
  }
  const { draft } = await api.generate({});
  await api.lock({});
  await api.unlock({ passphrase });
  const gone = api.confirm({ draft, name: "New", words: ["a", "b"] });
  await expect(gone).rejects.toThrow("too old, or not known");
});

it("imports, derives, renames, watches and removes", async () => {
  await api.create({ passphrase });
  const { id, address } = await api.importMnemonic({ name: "Words", mnemonic: junk });
  expect(address).toBe(first);
  expect(await api.derive({ id })).toEqual({
    address: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    path: "m/44'/60'/0'/0/1",
  });
  const custom = await api.derive({ id, path: "m/44'/60'/7'/0/0" });
  expect(custom.path).toBe("m/44'/60'/7'/0/0");
  const extra = await api.importMnemonic({
    name: "Extra",
    mnemonic: junk,
    extraPassphrase: "more",
  });
  expect(await api.exportMnemonic({ id: extra.id, passphrase })).toMatchObject({
    extraPassphrase: true,
  });
  const watched = await api.watch({ name: "Cold", address: bob.address.toLowerCase() });
  expect(watched.address).toBe(bob.address);
  await api.rename({ id, name: "Renamed" });
  const { wallets: all } = await api.list({});
  expect(all.map(({ name, kind, canSign }) => [name, kind, canSign].join()).toSorted()).toEqual([
    "Cold,watch,false",
    "Developer accounts,developer,true",
    "Extra,hd,true",
    "Renamed,hd,true",
  ]);
  await expect(api.remove({ id })).rejects.toMatchObject({ code: "PASSPHRASE_WRONG" });
  await expect(api.remove({ id, passphrase: "wrong" })).rejects.toMatchObject({
    code: "PASSPHRASE_WRONG",
  });
  const removed = await api.remove({ id, passphrase });
  expect(removed).toMatchObject({ name: "Renamed" });
  expect(removed.addresses).toHaveLength(3);
  await api.remove({ id: watched.id });
});

it("exports a keystore file that others read, and imports it again", async () => {
  await api.create({ passphrase });
  const { id } = await api.importMnemonic({ name: "Words", mnemonic: junk });
  const { keystore, fileName } = await api.exportKeystore({
    address: first,
    passphrase,
    password: "for the file",
  });
  expect(fileName).toMatch(/^UTC--.*--f39fd6e51aad88f6f4ce6ab8827279cfffb92266$/);
  expect((await decryptKeystoreJson(keystore, "for the file")).address).toBe(first);
  await api.remove({ id, passphrase });
  const wrong = api.importKeystore({ name: "File", keystore, password: "wrong" });
  await expect(wrong).rejects.toMatchObject({ code: "KEYSTORE_REFUSED" });
  await api.importKeystore({ name: "File", keystore, password: "for the file" });
  expect(await api.exportKey({ address: first, passphrase })).toEqual({
    address: first,
    privateKey: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  });
});

describe("signing", () => {
  it("makes what ethers verifies", async () => {
    const address = await funded();
    const text = await api.signMessage({ address, message: "grüß dich" });
    expect(verifyMessage("grüß dich", text.signature)).toBe(address);
    const bytes = await api.signMessage({ address, message: "0x00ff", encoding: "hex" });
    expect(verifyMessage(Uint8Array.of(0, 255), bytes.signature)).toBe(address);
    const types = { Note: [{ name: "text", type: "string" }] };
    const domain = { name: "Test", chainId: 1_337 };
    const message = { text: "hello" };
    const data = { types, domain, message, primaryType: "Note" };
    const typed = await api.signTypedData({ address, data });
    expect(verifyTypedData(domain, types, message, typed.signature)).toBe(address);
    const { raw, hash } = await api.signTransaction({ address, to: bob.address, amount: "1.5" });
    expect(Transaction.from(raw)).toMatchObject({
      from: address,
      hash,
      value: 1_500_000_000_000_000_000n,
      chainId: 1_337n,
    });
  });

  it("sends coins, calls and deployments in order", async () => {
    const address = await funded();
    const transfer = { address, to: bob.address, amount: "0.25" };
    const sent = await Promise.all([api.send(transfer), api.send(transfer), api.send(transfer)]);
    expect(sent.map(({ status }) => status)).toEqual(["success", "success", "success"]);
    const deployed = await api.send({ address, to: null, data: notebookCode });
    expect(deployed).toMatchObject({ status: "success" });
    const { wallets: all } = await api.list({});
    const held = all.flatMap((wallet) => wallet.accounts).find((each) => each.address === address);
    expect(held).toMatchObject({ nonce: 4 });
    expect(Number(held?.balance)).toBeLessThan(4.25);
    await api.send({ address, to: null, data: refusingCode });
    const call = { address, to: getCreateAddress({ from: address, nonce: 4 }), data: "0x01" };
    await expect(api.send(call)).rejects.toMatchObject({ code: "TRANSACTION_REFUSED" });
    expect(await api.send({ ...call, gasLimit: "90000" })).toMatchObject({ status: "reverted" });
  });

  it("says what stands against it", async () => {
    const address = await funded();
    const tooMuch = api.send({ address, to: bob.address, amount: "6" });
    await expect(tooMuch).rejects.toMatchObject({ code: "BALANCE_TOO_SMALL" });
    await api.watch({ name: "Cold", address: "0x000000000000000000000000000000000000dEaD" });
    const watched = api.signMessage({
      address: "0x000000000000000000000000000000000000dead",
      message: "x",
    });
    await expect(watched).rejects.toMatchObject({ code: "WALLET_WITHOUT_KEY" });
    await api.lock({});
    const locked = api.send({ address, to: bob.address, amount: "1" });
    await expect(locked).rejects.toMatchObject({ code: "VAULT_LOCKED" });
    expect(wallets.signers.addresses()).toContain(address);
    const asked = wallets.signers.signMessage(address, new Uint8Array(1));
    await expect(asked).rejects.toMatchObject({ name: "SignerLocked" });
    const data = { types: {}, primaryType: "Nothing", domain: {}, message: {} };
    const none = api.signTypedData({ address: alice.address, data });
    await expect(none).rejects.toMatchObject({ code: "TYPED_DATA_INVALID" });
  });
});

it.each([
  ["MNEMONIC_INVALID", () => api.importMnemonic({ name: "x", mnemonic: `${junk} test` })],
  ["KEY_INVALID", () => api.importKey({ name: "x", privateKey: "0".repeat(64) })],
  ["KEYSTORE_REFUSED", () => api.importKeystore({ name: "x", keystore: "{", password: "x" })],
  ["WALLET_UNKNOWN", () => api.derive({ id: "none" })],
  ["WALLET_UNKNOWN", () => api.exportKey({ address: first, passphrase })],
  ["VAULT_EXISTS", () => api.create({ passphrase })],
])("answers %s", async (code, call) => {
  await api.create({ passphrase });
  await expect(call()).rejects.toMatchObject({ code });
});

it("tells nobody a secret: notes, answers, problems and files of a full session", async () => {
  const key = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
  const told: unknown[] = [];
  const ask = async (call: Promise<unknown>) =>
    told.push(
      await call.catch((error: unknown) => ({ ...(error as object), text: String(error) })),
    );
  await ask(api.create({ passphrase }));
  await ask(api.importMnemonic({ name: "Words", mnemonic: junk.replace("test", "tset") }));
  await ask(api.importMnemonic({ name: "Words", mnemonic: junk }));
  await ask(api.importKey({ name: "Key", privateKey: key }));
  await ask(api.send({ address: alice.address, to: first, amount: "1" }));
  await ask(api.send({ address: first, to: bob.address, amount: "0.5" }));
  await ask(api.signMessage({ address: first, message: "x" }));
  await ask(api.exportKey({ address: first, passphrase: "a wrong passphrase" }));
  await ask(api.changePassphrase({ passphrase, next: "the next passphrase" }));
  await ask(api.lock({}));
  await ask(api.unlock({ passphrase }));
  await ask(api.list({}));
  const text = JSON.stringify([told, emitted], (_key, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  const files = readdirSync(home).map((name) => readFileSync(join(home, name), "latin1"));
  const secrets = [passphrase, "the next passphrase", "a wrong passphrase", "tset", "junk", key];
  for (const secret of secrets) {
    expect([secret, text.includes(secret)]).toEqual([secret, false]);
    expect([secret, files.some((file) => file.includes(secret))]).toEqual([secret, false]);
  }
  expect(text).toContain(first);
});
