/** Signatures of messages by the developer accounts: EIP-191 and EIP-712. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { bytesToHex } from "@ethereumjs/util";
import { developerAccounts, developerKey } from "../core/developer-accounts.ts";
import { keccak256 } from "../engine/keccak.ts";

/** @param address with checksum. null where no key is held */
export function keyOf(address: string): Uint8Array | null {
  const account = developerAccounts.find((each) => each.address === address);
  return account === undefined ? null : developerKey(account.counter);
}

/** "\x19Ethereum Signed Message:\n", the length and the message (EIP-191, version 0x45). */
export function messageHash(message: Uint8Array): Uint8Array {
  const prefix = new TextEncoder().encode(`\x19Ethereum Signed Message:\n${message.length}`);
  return keccak256(Buffer.concat([prefix, message]));
}

/** @param hash 32 bytes. @returns r, s and v (27 or 28), 65 bytes */
export function signHash(hash: Uint8Array, key: Uint8Array): string {
  const signature = secp256k1.sign(hash, key, { prehash: false, format: "recovered" });
  const [recovery = 0] = signature;
  return bytesToHex(Buffer.concat([signature.subarray(1), Buffer.of(27 + recovery)]));
}
