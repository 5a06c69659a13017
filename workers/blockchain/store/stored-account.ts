/** An account in the database: nonce and balance in RLP, and the hash of its code if it has any. */
import { RLP } from "@ethereumjs/rlp";
import { bigIntToUnpaddedBytes, bytesToBigInt } from "@ethereumjs/util";
import type { AccountState } from "../engine/entry.ts";
import { emptyCodeHash, equalBytes } from "../engine/state-reader.ts";

export function encodeStoredAccount({ nonce, balance, codeHash }: AccountState): Uint8Array {
  const fields = [bigIntToUnpaddedBytes(nonce), bigIntToUnpaddedBytes(balance)];
  return RLP.encode(equalBytes(codeHash, emptyCodeHash) ? fields : [...fields, codeHash]);
}

export function decodeStoredAccount(bytes: Uint8Array): AccountState {
  const [nonce, balance, codeHash = emptyCodeHash] = RLP.decode(bytes) as Uint8Array[];
  if (nonce === undefined || balance === undefined) throw new Error("A stored account is damaged.");
  return { nonce: bytesToBigInt(nonce), balance: bytesToBigInt(balance), codeHash };
}
