/** What proves an account and its storage, in a trie of the present or of the past (EIP-1186). */
import type { AccountLeaf, StateTrie } from "./trie/state-trie.ts";

export interface AccountProof {
  /** null: there is no such account, which is what the proof shows then. */
  readonly account: AccountLeaf | null;
  /** The encoded nodes from the root on. */
  readonly accountProof: readonly Uint8Array[];
  /** The same in the account's storage trie, for each slot that was asked for. */
  readonly storageProofs: readonly (readonly Uint8Array[])[];
}

/** @param address and slots in hexadecimal digits without 0x */
export function proofOf(trie: StateTrie, address: string, slots: readonly string[]): AccountProof {
  return {
    account: trie.account(address),
    accountProof: trie.accountProof(address),
    storageProofs: slots.map((slot) => trie.storageProof(address, slot)),
  };
}
