/** The vault: what opens it, what does not, and what is left of its secrets. */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { entropyOf, seedOf } from "./mnemonic.ts";
import { addressOf } from "./derivation.ts";
import { attemptLimits, lockLimits } from "./limits.ts";
import { seal, unseal } from "./sealing.ts";
import { Vault } from "./vault.ts";
import { openWalletDatabase, VaultStore } from "./vault-store.ts";

const passphrase = "correct horse battery staple";
const work = { n: 1_024, r: 8, p: 1 };
const words = "test test test test test test test test test test test junk";
const first = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const keyText = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
const key = () => Uint8Array.from(Buffer.from(keyText, "hex"));

let home: string;
let nowMs: number;
let alarms: { at: number; act: () => void }[];
let store: VaultStore;
let vault: Vault;
let notes: string[];

function open(): void {
  store = new VaultStore(openWalletDatabase(home, nowMs));
  vault = new Vault(
    store,
    {
      now: () => nowMs,
      randomBytes: (length) => randomBytes(length),
      newId: () => randomUUID(),
      after(ms, act) {
        const alarm = { at: nowMs + ms, act };
        alarms.push(alarm);
        return () => {
          alarms = alarms.filter((each) => each !== alarm);
        };
      },
      note: (text) => notes.push(text),
    },
    work,
  );
}

function pass(ms: number): void {
  nowMs += ms;
  for (const { act } of alarms.filter(({ at }) => at <= nowMs)) act();
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "vault-"));
  nowMs = 1_700_000_000_000;
  alarms = [];
  notes = [];
  open();
});
afterEach(() => {
  store.close();
  rmSync(home, { recursive: true });
});

async function phrase() {
  const entropy = entropyOf(words);
  return { entropy, seed: await seedOf(entropy), extraPassphrase: false };
}

it("keeps its keys over a restart, for whoever knows the passphrase", async () => {
  await vault.create(passphrase);
  const hd = vault.addPhrase("Words", await phrase(), "m/44'/60'/0'/0/0");
  vault.addKey("Key", key());
  const address = addressOf(key());
  store.close();
  open();
  expect(vault.status().state).toBe("locked");
  expect(
    store
      .accounts()
      .map((account) => account.address)
      .toSorted(),
  ).toEqual([first, address].toSorted());
  expect(() => vault.withKey(first, () => {})).toThrow("The wallets are locked.");
  await vault.unlock(passphrase);
  expect(vault.withKey(address, (lent) => Buffer.from(lent).toString("hex"))).toBe(keyText);
  expect(await vault.exportMnemonic(hd.id, passphrase)).toEqual({
    mnemonic: words,
    extraPassphrase: false,
  });
  const next = vault.addAccount(hd.id, () => "m/44'/60'/0'/0/1");
  expect(next.address).toBe("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
});

it("overwrites the keys that it lent", async () => {
  await vault.create(passphrase);
  vault.addKey("Key", key());
  const lent: Uint8Array[] = [];
  vault.withKey(addressOf(key()), (each) => lent.push(each));
  await vault.exportKey(addressOf(key()), passphrase, (each) => lent.push(each));
  expect(lent).toEqual([new Uint8Array(32), new Uint8Array(32)]);
});

it("locks after its idle time, which each use puts off, and says so", async () => {
  await vault.create(passphrase);
  vault.addKey("Key", key());
  pass(lockLimits.idleMsDefault - 1);
  vault.withKey(addressOf(key()), () => {});
  pass(lockLimits.idleMsDefault - 1);
  expect(vault.isUnlocked).toBe(true);
  pass(1);
  expect(vault.status()).toMatchObject({ state: "locked", locksAt: null });
  expect(notes.at(-1)).toBe("The vault was locked.");
  await vault.unlock(passphrase);
  vault.setIdleMs(10_000);
  pass(10_000);
  expect(vault.isUnlocked).toBe(false);
});

it("exports by the passphrase alone, also while it is unlocked", async () => {
  await vault.create(passphrase);
  vault.addKey("Key", key());
  const wrong = vault.exportKey(addressOf(key()), "wrong", () => {});
  await expect(wrong).rejects.toMatchObject({ code: "PASSPHRASE_WRONG" });
  vault.lock();
  await vault.exportKey(addressOf(key()), passphrase, () => {});
  expect(vault.isUnlocked).toBe(false);
});

describe("wrong passphrases", () => {
  it("are counted, cost a growing wait, and survive a restart", async () => {
    await vault.create(passphrase);
    vault.lock();
    for (let attempt = 1; attempt <= attemptLimits.freeMax; attempt += 1) {
      await expect(vault.unlock("wrong")).rejects.toMatchObject({ code: "PASSPHRASE_WRONG" });
    }
    store.close();
    open();
    expect(vault.status()).toMatchObject({
      failures: attemptLimits.freeMax,
      waitMs: attemptLimits.waitMsFirst,
    });
    // Also the right one is not tried before.
    await expect(vault.unlock(passphrase)).rejects.toMatchObject({ code: "PASSPHRASE_LIMITED" });
    nowMs += attemptLimits.waitMsFirst;
    await expect(vault.unlock("wrong")).rejects.toMatchObject({ code: "PASSPHRASE_WRONG" });
    expect(vault.status().waitMs).toBe(2 * attemptLimits.waitMsFirst);
    nowMs += 2 * attemptLimits.waitMsFirst;
    await vault.unlock(passphrase);
    expect(vault.status()).toMatchObject({ state: "unlocked", failures: 0, waitMs: 0 });
  });

  it("cannot be tried at once to get around the wait", async () => {
    await vault.create(passphrase);
    const tries = Array.from({ length: attemptLimits.queuedMax }, () => vault.unlock("wrong"));
    await expect(vault.unlock("wrong")).rejects.toMatchObject({ code: "PASSPHRASE_LIMITED" });
    const outcomes = await Promise.allSettled(tries);
    const codes = outcomes.map(
      (each) => ((each as PromiseRejectedResult).reason as { code: string }).code,
    );
    expect(codes.filter((code) => code === "PASSPHRASE_WRONG")).toHaveLength(attemptLimits.freeMax);
  });

  it("never wait longer than the longest", async () => {
    await vault.create(passphrase);
    store.setAttempts({ failures: 60, notBefore: nowMs + 1e12 });
    expect(vault.status().waitMs).toBe(attemptLimits.waitMsMax);
  });
});

it("changes its passphrase, and leaves the old one nothing", async () => {
  await vault.create(passphrase);
  vault.addKey("Key", key());
  await vault.changePassphrase(passphrase, "another passphrase");
  await expect(vault.unlock(passphrase)).rejects.toMatchObject({ code: "PASSPHRASE_WRONG" });
  await vault.unlock("another passphrase");
  expect(vault.withKey(addressOf(key()), (lent) => lent.length)).toBe(32);
});

it("forgets everything", async () => {
  await vault.create(passphrase);
  vault.addKey("Key", key());
  expect(await vault.forget()).toEqual(["Key"]);
  expect(vault.status().state).toBe("missing");
  await expect(vault.unlock(passphrase)).rejects.toMatchObject({ code: "VAULT_MISSING" });
  await vault.create("a second vault");
});

it("refuses an address twice, and a key under another's address", async () => {
  await vault.create(passphrase);
  const wallet = vault.addKey("Key", key());
  expect(() => vault.addKey("Again", key())).toThrow("is in the wallet Key already");
  store.removeWallet(wallet.id);
  const other = vault.addKey("Other", new Uint8Array(32).fill(1));
  store.addAccount({ address: first, wallet: other.id, path: null, position: 1 });
  expect(() => vault.withKey(first, () => {})).toThrow("leads to another address");
});

it("writes no secret to its files in the clear, not even of what was removed", async () => {
  await vault.create(passphrase);
  const entropy = entropyOf(
    "legal winner thank year wave sausage worth useful legal winner thank yellow",
  );
  const seed = await seedOf(entropy);
  vault.addPhrase("Words", { entropy, seed, extraPassphrase: false }, "m/0");
  const wallet = vault.addKey("Key", key());
  const { sealed } = store.wallet(wallet.id) ?? {};
  store.removeWallet(wallet.id);
  const { wrappedKey } = store.vault() ?? {};
  await vault.changePassphrase(passphrase, "another passphrase");
  const files = readdirSync(home).map((name) => readFileSync(join(home, name)));
  expect(files.length).toBeGreaterThan(0);
  const secrets = [entropy, seed, key(), Buffer.from(keyText), Buffer.from(passphrase)];
  for (const secret of [...secrets, sealed!, wrappedKey!]) {
    expect(files.some((content) => content.includes(Buffer.from(secret)))).toBe(false);
  }
  // The oracle can find: names are in the clear.
  expect(files.some((content) => content.includes("Words"))).toBe(true);
});

it("seals for one place and under one key alone", () => {
  const [one, two] = [randomBytes(32), randomBytes(32)];
  const sealed = seal(one, randomBytes(12), Buffer.from("secret"), "here");
  expect(unseal(one, sealed, "here")).toEqual(Buffer.from("secret"));
  expect(unseal(two, sealed, "here")).toBeNull();
  expect(unseal(one, sealed, "there")).toBeNull();
  for (let index = 0; index < sealed.length; index += 1) {
    const flipped = Uint8Array.from(sealed);
    flipped[index]! ^= 1;
    expect(unseal(one, flipped, "here")).toBeNull();
  }
  expect(unseal(one, sealed.subarray(0, 10), "here")).toBeNull();
});
