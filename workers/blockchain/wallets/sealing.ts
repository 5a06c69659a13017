/** Encryption at rest: a key from a passphrase by scrypt, and AES-256-GCM under a key. */
import { createCipheriv, createDecipheriv, scrypt } from "node:crypto";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { kdfLimits } from "./limits.ts";

export interface ScryptWork {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

export class WorkRefused extends Error {
  override readonly name = "WorkRefused";
}

/**
 * In a thread of Node's pool, for half a second at the usual work.
 * @returns 32 bytes
 * @throws WorkRefused for parameters out of bounds
 */
export function scryptKey(
  passphrase: Uint8Array,
  salt: Uint8Array,
  { n, r, p }: ScryptWork,
): Promise<Uint8Array> {
  const isPower = Number.isSafeInteger(n) && n > 1 && Number.isInteger(Math.log2(n));
  const positive = Number.isSafeInteger(r) && Number.isSafeInteger(p) && r > 0 && p > 0;
  if (!isPower || !positive) throw new WorkRefused("The scrypt parameters are not valid.");
  const memory = 128 * n * r + 128 * r * p;
  if (memory > kdfLimits.scryptMemoryBytesMax || n * r * p > kdfLimits.scryptWorkMax) {
    throw new WorkRefused(
      `The scrypt parameters N ${n}, r ${r}, p ${p} take more than ${kdfLimits.scryptMemoryBytesMax / 2 ** 20} MiB or too long.`,
    );
  }
  // RFC 7914 section 6 wants N below 2^(16 r), and OpenSSL insists; files that exceed it exist.
  if (Math.log2(n) >= 16 * r) return slowScryptKey(passphrase, salt, { n, r, p });
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const options = { N: n, r, p, maxmem: memory + 2 ** 20 };
  scrypt(passphrase, salt, 32, options, (error, key) => {
    if (error === null) resolve(key);
    else reject(error);
  });
  return promise;
}

/** In JavaScript, in pieces of 10 ms. */
function slowScryptKey(
  passphrase: Uint8Array,
  salt: Uint8Array,
  { n, r, p }: ScryptWork,
): Promise<Uint8Array> {
  if (n * r * p > kdfLimits.slowScryptWorkMax) {
    throw new WorkRefused(`The scrypt parameters N ${n}, r ${r} are not those of RFC 7914.`);
  }
  const maxmem = kdfLimits.scryptMemoryBytesMax;
  return scryptAsync(passphrase, salt, { N: n, r, p, dkLen: 32, asyncTick: 10, maxmem });
}

const nonceBytes = 12;
const tagBytes = 16;

/**
 * @param nonce 12 bytes that this key never met before (NIST SP 800-38D, 8.2)
 * @param context what the sealed bytes belong to; they open with the same alone
 * @returns nonce, encrypted bytes and tag
 */
export function seal(
  key: Uint8Array,
  nonce: Uint8Array,
  plain: Uint8Array,
  context: string,
): Uint8Array {
  if (nonce.length !== nonceBytes) throw new RangeError("A nonce has 12 bytes.");
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @returns null where the key, the context or the bytes are not those that were sealed */
export function unseal(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array | null {
  if (sealed.length < nonceBytes + tagBytes) return null;
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes))
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(-tagBytes));
  const plain = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return null;
  }
}
