/** Keys from a seed: BIP-32 along the paths of BIP-44, and the addresses of keys. */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { HDKey } from "@scure/bip32";
import { checksumAddress } from "../handlers/views.ts";
import { walletLimits } from "./limits.ts";

/** BIP-44 for Ethereum (coin 60 of SLIP-44), without the index of the address. */
export const usualPath = "m/44'/60'/0'/0";
const indexMax = 2 ** 31 - 1;

/** Whether it names keys in the notation of BIP-32. */
export function isPath(path: string): boolean {
  const [root, ...steps] = path.split("/");
  return (
    root === "m" &&
    steps.length <= walletLimits.pathDepthMax &&
    steps.every((step) => /^\d{1,10}'?$/.test(step) && Number.parseInt(step, 10) <= indexMax)
  );
}

/**
 * The private key at a path; whoever asks for it overwrites it after use.
 * @param seed 16 to 64 bytes
 * @returns 32 bytes
 */
export function keyAt(seed: Uint8Array, path: string): Uint8Array {
  const master = HDKey.fromMasterSeed(seed);
  const found = master.derive(path);
  try {
    if (found.privateKey === null) throw new Error("The path leads to no private key.");
    return Uint8Array.from(found.privateKey);
  } finally {
    master.wipePrivateData();
    found.wipePrivateData();
  }
}

/** Whether 32 bytes are a private key: between 1 and the order of the curve (SEC 1, 3.2.1). */
export function isKey(key: Uint8Array): boolean {
  return secp256k1.utils.isValidSecretKey(key);
}

/** With the checksum of EIP-55. */
export function addressOf(key: Uint8Array): string {
  const point = secp256k1.getPublicKey(key, false);
  return checksumAddress(keccak_256(point.subarray(1)).subarray(-20));
}
