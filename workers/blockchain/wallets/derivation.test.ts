/** BIP-39, BIP-32 and BIP-44 against their published vectors, and against ethers. */
import fc from "fast-check";
import { HDNodeWallet, Mnemonic } from "ethers";
import { expect, it } from "vitest";
import { addressOf, isKey, isPath, keyAt, usualPath } from "./derivation.ts";
import { entropyOf, mnemonicOf, seedOf } from "./mnemonic.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
const junk = "test test test test test test test test test test test junk";

// https://github.com/trezor/python-mnemonic/blob/master/vectors.json, which BIP-39 names.
it.each([
  [
    "00000000000000000000000000000000",
    `${"abandon ".repeat(11)}about`,
    "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04",
  ],
  [
    "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
    "legal winner thank year wave sausage worth useful legal winner thank yellow",
    "2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6fa457fe1296106559a3c80937a1c1069be3a3a5bd381ee6260e8d9739fce1f607",
  ],
  [
    "ffffffffffffffffffffffffffffffff",
    `${"zoo ".repeat(11)}wrong`,
    "ac27495480225222079d7be181583751e86f571027b0497b5b5d11218e0a8a13332572917f0f8e5a589620c6f15b11c61dee327651a14c34e18231052e48c069",
  ],
])("BIP-39 test vector %s", async (entropy, mnemonic, seed) => {
  expect(mnemonicOf(bytes(entropy))).toBe(mnemonic);
  expect(hex(entropyOf(` ${mnemonic.toUpperCase()}\n`))).toBe(entropy);
  expect(hex(await seedOf(bytes(entropy), "TREZOR"))).toBe(seed);
});

it.each([
  ["m", "e8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35"],
  ["m/0'", "edb2e14f9ee77d26dd93b4ecede8d16ed408ce149b6cd80b0715a2d911a0afea"],
  ["m/0'/1", "3c6cb8d0f6a264c91ea8b5030fadaa8e538b020f0a387421a12de9319dc93368"],
  ["m/0'/1/2'", "cbce0d719ecf7431d88e6a89fa1483e02e35092af60c042b1df2ff59fa424dca"],
  ["m/0'/1/2'/2", "0f479245fb19a38a1954c5c7c0ebab2f9bdfd96a17563ef28a6a4b1a2a764ef4"],
  ["m/0'/1/2'/2/1000000000", "471b76e389e528d6de6d816857e012c5455051cad6660850e58372a6c3e6e7c8"],
])("BIP-32 test vector 1 at %s", (path, key) => {
  expect(hex(keyAt(bytes("000102030405060708090a0b0c0d0e0f"), path))).toBe(key);
});

it("derives the addresses that every developer knows", async () => {
  const seed = await seedOf(entropyOf(junk));
  expect([0, 1, 2, 3].map((index) => addressOf(keyAt(seed, `${usualPath}/${index}`)))).toEqual([
    "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
  ]);
});

it("agrees with ethers on any entropy, extra passphrase and path", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .constantFrom(16, 20, 24, 28, 32)
        .chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
      fc.string({ unit: "grapheme", maxLength: 12 }),
      fc.array(fc.tuple(fc.nat({ max: 2 ** 31 - 1 }), fc.boolean()), {
        minLength: 1,
        maxLength: 5,
      }),
      async (entropy, passphrase, steps) => {
        const path = `m/${steps.map(([index, hard]) => `${index}${hard ? "'" : ""}`).join("/")}`;
        const mnemonic = Mnemonic.fromEntropy(entropy, passphrase);
        expect(mnemonicOf(entropy)).toBe(mnemonic.phrase);
        const seed = await seedOf(entropyOf(mnemonic.phrase), passphrase);
        const key = keyAt(seed, path);
        const theirs = HDNodeWallet.fromMnemonic(mnemonic, path);
        expect([`0x${hex(key)}`, addressOf(key)]).toEqual([theirs.privateKey, theirs.address]);
      },
    ),
    { numRuns: 15 },
  );
}, 60_000);

it.each([
  ["too few", "There are 2 words; a mnemonic has 12, 15, 18, 21, 24.", "test junk"],
  [
    "a typing error",
    "Word 3 is not in the English",
    junk.replace("test test test", "test test tset"),
  ],
  ["two of them", "Words 1, 12 are not in the English", `tset ${"test ".repeat(10)}jnuk`],
  ["a wrong order", "the checksum does not hold", `junk ${"test ".repeat(11)}`],
])("says what is wrong with %s, and never a word", (_title, message, mnemonic) => {
  expect(() => entropyOf(mnemonic)).toThrow(message);
  expect(() => entropyOf(mnemonic)).not.toThrow(/tset|jnuk|junk/);
});

it("knows paths and keys that are none", () => {
  expect(["m", "m/44'/60'/0'/0/0", "m/2147483647'"].map(isPath)).toEqual([true, true, true]);
  const wrong = ["", "44'/60'", "m/", "m/2147483648", "m/-1", "m/1''", `m${"/1".repeat(11)}`];
  expect(wrong.map(isPath)).toEqual(wrong.map(() => false));
  const order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
  expect([bytes("00".repeat(32)), bytes(order), bytes("ff".repeat(32))].map(isKey)).toEqual([
    false,
    false,
    false,
  ]);
  expect([bytes(order.replace(/1$/, "0")), bytes(`${"00".repeat(31)}01`)].map(isKey)).toEqual([
    true,
    true,
  ]);
});
