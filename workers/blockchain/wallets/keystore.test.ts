/** Web3 Secret Storage, version 3: the published tests, and ethers as writer and reader. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decryptKeystoreJson, encryptKeystoreJson } from "ethers";
import { expect, it } from "vitest";
import { addressOf } from "./derivation.ts";
import { readKeystore, writeKeystore } from "./keystore.ts";

const file = join(
  import.meta.dirname,
  "../../../../shared/data/ethereum-tests/KeyStoreTests/basic_tests.json",
);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const key = Uint8Array.from(
  Buffer.from("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d", "hex"),
);
const address = addressOf(key);
const small = { n: 1_024, r: 8, p: 1 };
const chance = { salt: new Uint8Array(32).fill(7), iv: new Uint8Array(16).fill(9), id: "a" };

interface Published {
  readonly json: object;
  readonly password: string;
  readonly priv: string;
}

it.skipIf(!existsSync(file))(
  "KeyStoreTests/basic_tests.json of ethereum/tests",
  async () => {
    const tests = JSON.parse(readFileSync(file, "utf8")) as Record<string, Published>;
    expect(Object.keys(tests).length).toBeGreaterThan(1);
    for (const [name, { json, password, priv }] of Object.entries(tests)) {
      expect([name, hex(await readKeystore(json, password))]).toEqual([name, priv]);
    }
  },
  60_000,
);

it("writes what ethers reads", async () => {
  const written = await writeKeystore(key, address, "pässword", chance, small);
  const read = await decryptKeystoreJson(JSON.stringify(written), "pässword");
  expect(read).toMatchObject({ address, privateKey: `0x${hex(key)}` });
});

it("reads what ethers writes", async () => {
  const written = await encryptKeystoreJson({ address, privateKey: `0x${hex(key)}` }, "pässword", {
    scrypt: { N: 1_024, r: 8, p: 2 },
  });
  expect(hex(await readKeystore(JSON.parse(written), "pässword"))).toBe(hex(key));
});

it("refuses a wrong password and a damaged file", async () => {
  const written = await writeKeystore(key, address, "right", chance, small);
  const refusal = { message: "The password is wrong, or the file is damaged.", isPassword: true };
  await expect(readKeystore(written, "wrong")).rejects.toMatchObject(refusal);
  const { ciphertext } = written.crypto;
  const flipped = ciphertext.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
  const damaged = { ...written, crypto: { ...written.crypto, ciphertext: flipped } };
  await expect(readKeystore(damaged, "right")).rejects.toMatchObject(refusal);
});

it.each([
  ["another version", { version: 1 }, {}, "version is missing or not supported"],
  ["another cipher", {}, { cipher: "aes-128-cbc" }, "crypto.cipher"],
  ["a gigabyte of memory", {}, { kdfparams: { n: 2 ** 20, r: 8, p: 1 } }, "512 MiB"],
  ["an endless derivation", {}, { kdfparams: { n: 2 ** 18, r: 8, p: 64 } }, "too long"],
  ["no power of two", {}, { kdfparams: { n: 1_000, r: 8, p: 1 } }, "not valid"],
  [
    "endless rounds",
    {},
    { kdf: "pbkdf2", kdfparams: { c: 1e9, prf: "hmac-sha256" } },
    "1000000000 rounds",
  ],
])("refuses %s", async (_title, outer, inner, message) => {
  const written = await writeKeystore(key, address, "x", chance, small);
  const { crypto } = written;
  const kdfparams = { ...crypto.kdfparams, ...("kdfparams" in inner ? inner.kdfparams : {}) };
  const changed = { ...written, ...outer, crypto: { ...crypto, ...inner, kdfparams } };
  await expect(readKeystore(changed, "x")).rejects.toThrow(message);
});

it.each([null, 1, "{}", [], {}, { version: 3 }, { version: 3, crypto: null }])(
  "refuses %j",
  async (content) => {
    await expect(readKeystore(content, "x")).rejects.toThrow("no keystore file of version 3");
  },
);
