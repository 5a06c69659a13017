/**
 * Keccak-256 (yellow paper, appendix A). WebAssembly takes 0.6 us for a short message where plain
 * JavaScript takes 4.6 us; the latter stays for places that refuse WebAssembly.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { createKeccak, type IHasher } from "hash-wasm";

/** Made once: the module is small, and its one state is reset before each message. */
const hasher: IHasher | null = await createKeccak(256).catch(() => null);

/** @returns 32 bytes */
export const keccak256: (message: Uint8Array) => Uint8Array =
  hasher === null ? keccak_256 : (message) => hasher.init().update(message).digest("binary");

const addressKeysMax = 65_536;
const hexKeys = new Map<string, string>();

/**
 * The key in a secure trie (yellow paper, appendix D): the hash of an address or slot, both in
 * hexadecimal digits without 0x. The most recent ones are remembered.
 */
export function secureKey(digits: string): string {
  const known = hexKeys.get(digits);
  if (known !== undefined) return known;
  const key = Buffer.from(keccak256(Buffer.from(digits, "hex"))).toString("hex");
  if (hexKeys.size >= addressKeysMax) hexKeys.clear();
  hexKeys.set(digits, key);
  return key;
}
