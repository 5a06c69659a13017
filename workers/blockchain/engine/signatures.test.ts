/** Three implementations of recovery against each other, and keccak against published values. */
import { createLegacyTx } from "@ethereumjs/tx";
import { ecrecover as libraryRecover } from "@ethereumjs/util";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { keccak256 } from "./keccak.ts";
import {
  ecrecover,
  loadNative,
  loadWasm,
  recoverer,
  recoverInJavaScript,
  recoverPublicKey,
  type Recover,
} from "./signatures.ts";
import { bytesOf, hexDigits } from "./state-reader.ts";

const wasm = await loadWasm();
const native = loadNative();

function attempt(recover: Recover, ...input: Parameters<Recover>): string {
  try {
    return hexDigits(recover(...input));
  } catch {
    return "no key";
  }
}

it("uses the fastest implementation that loads", () => {
  expect(recoverer).toBe(native !== null ? "native" : wasm !== null ? "wasm" : "javascript");
  expect(wasm).not.toBeNull();
});

it("recovers the signer, in each implementation", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      (secret, hash) => {
        fc.pre(secp256k1.utils.isValidSecretKey(secret));
        const signature = secp256k1.sign(hash, secret, { prehash: false, format: "recovered" });
        const recovery = signature[0] === 0 ? 0 : 1;
        const key = hexDigits(secp256k1.getPublicKey(secret, false).subarray(1));
        for (const recover of [recoverInJavaScript, recoverPublicKey, wasm, native]) {
          if (recover === null) continue;
          expect(attempt(recover, hash, signature.subarray(1), recovery)).toBe(key);
        }
      },
    ),
    { numRuns: 40 },
  );
});

const order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const hard = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  fc.constantFrom("00".repeat(32), `${"00".repeat(31)}01`, order, "ff".repeat(32)).map(bytesOf),
);

it("agrees on what does not recover", () => {
  expect.hasAssertions();
  fc.assert(
    fc.property(hard, hard, hard, fc.constantFrom(0 as const, 1 as const), (hash, r, s, parity) => {
      const input = [hash, Uint8Array.of(...r, ...s), parity] as const;
      const expected = attempt(recoverInJavaScript, ...input);
      for (const recover of [wasm, native]) {
        if (recover !== null) expect(attempt(recover, ...input)).toBe(expected);
      }
    }),
    { numRuns: 150 },
  );
});

it("numbers keys as EIP-155 does", () => {
  const [hash, r, s] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  for (const [v, chainId] of [
    [27n, undefined],
    [28n, undefined],
    [0n, undefined],
    [1n, 1337n],
    [1337n * 2n + 35n, 1337n],
    [1337n * 2n + 36n, 1337n],
  ] as const) {
    expect(ecrecover(hash, v, r, s, chainId)).toEqual(libraryRecover(hash, v, r, s, chainId));
  }
  for (const v of [2n, 26n, 29n]) expect(() => ecrecover(hash, v, r, s)).toThrow(/v value/);
});

it("signs the example of EIP-155", () => {
  const tx = createLegacyTx({
    nonce: 9n,
    gasPrice: 20n * 10n ** 9n,
    gasLimit: 21_000n,
    to: `0x${"35".repeat(20)}`,
    value: 10n ** 18n,
  }).sign(new Uint8Array(32).fill(0x46));
  const key = ecrecover(
    tx.getMessageToVerifySignature(),
    37n,
    bytesOf("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"),
    bytesOf("67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"),
    1n,
  );
  expect(hexDigits(keccak256(key).subarray(12))).toBe("9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
});

it("hashes as Keccak-256 does, whatever the length", () => {
  expect(hexDigits(keccak256(new Uint8Array(0)))).toBe(
    "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
  );
  for (let length = 0; length < 700; length += 17) {
    const message = new Uint8Array(length).fill(length % 251);
    expect(keccak256(message)).toEqual(keccak_256(message));
  }
});
