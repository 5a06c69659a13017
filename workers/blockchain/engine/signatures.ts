/**
 * Who signed a message: recovery of secp256k1 public keys (SEC 1, section 4.1.6). Three
 * implementations of the same function, the fastest that loads is used: the native library
 * (22,000/s), WebAssembly (4,900/s), plain JavaScript (900/s).
 */
import { createRequire } from "node:module";
import { secp256k1 as noble } from "@noble/curves/secp256k1.js";

/**
 * @param hash 32 bytes that were signed
 * @param signature 64 bytes: r and s
 * @param recovery 0 or 1: the parity of the point's y coordinate
 * @returns the public key, 64 bytes: x and y
 * @throws Error when there is no such key
 */
export type Recover = (hash: Uint8Array, signature: Uint8Array, recovery: 0 | 1) => Uint8Array;

export type Recoverer = "native" | "wasm" | "javascript";

export function recoverInJavaScript(
  hash: Uint8Array,
  signature: Uint8Array,
  recovery: 0 | 1,
): Uint8Array {
  const point = noble.Signature.fromBytes(signature, "compact")
    .addRecoveryBit(recovery)
    .recoverPublicKey(hash);
  return point.toBytes(false).subarray(1);
}

interface NativeAddon {
  /** 0 when it went well. */
  ecdsaRecover(
    output: Uint8Array,
    signature: Uint8Array,
    recovery: number,
    hash: Uint8Array,
  ): number;
}

/** Loads the addon itself: the package's own entry would silently fall to slow JavaScript. */
export function loadNative(): Recover | null {
  try {
    const require = createRequire(import.meta.url);
    const folder = require.resolve("secp256k1/package.json").replace(/package\.json$/, "");
    const build = createRequire(`${folder}index.js`)("node-gyp-build") as (at: string) => {
      Secp256k1: new () => NativeAddon;
    };
    const addon = new (build(folder).Secp256k1)();
    return (hash, signature, recovery) => {
      const output = new Uint8Array(65);
      if (addon.ecdsaRecover(output, signature, recovery, hash) !== 0) throw noKey();
      return output.subarray(1);
    };
  } catch {
    // Not installed, or not for this system.
    return null;
  }
}

export async function loadWasm(): Promise<Recover | null> {
  try {
    const { recover } = await import("tiny-secp256k1");
    return (hash, signature, recovery) => {
      const key = recover(hash, signature, recovery, false);
      if (key === null) throw noKey();
      return key.subarray(1);
    };
  } catch {
    return null;
  }
}

function noKey(): Error {
  return new Error("The signature does not recover to a public key.");
}

const native = loadNative();
const wasm = native === null ? await loadWasm() : null;

/** The implementation in use. */
export const recoverer: Recoverer =
  native !== null ? "native" : wasm !== null ? "wasm" : "javascript";

export const recoverPublicKey: Recover = native ?? wasm ?? recoverInJavaScript;

/**
 * In the shape that the library calls it (its `customCrypto.ecrecover`), which numbers keys after
 * EIP-155 when there is a chain id.
 */
export function ecrecover(
  hash: Uint8Array,
  v: bigint,
  r: Uint8Array,
  s: Uint8Array,
  chainId?: bigint,
): Uint8Array {
  const recovery = recoveryOf(v, chainId);
  const signature = new Uint8Array(64);
  if (r.length > 32 || s.length > 32) throw new Error("Invalid signature v value");
  signature.set(r, 32 - r.length);
  signature.set(s, 64 - s.length);
  return recoverPublicKey(hash, signature, recovery);
}

function recoveryOf(v: bigint, chainId: bigint | undefined): 0 | 1 {
  if (v === 0n || v === 1n) return v === 0n ? 0 : 1;
  const recovery = chainId === undefined ? v - 27n : v - (chainId * 2n + 35n);
  if (recovery !== 0n && recovery !== 1n) throw new Error("Invalid signature v value");
  return recovery === 0n ? 0 : 1;
}
