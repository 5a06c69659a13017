/** Roots of lists: transactions, receipts and withdrawals (yellow paper, section 4.3). */
import { RLP } from "@ethereumjs/rlp";
import { hexDigits } from "../state-reader.ts";
import { Trie } from "./trie.ts";

/** @param items by their place, each in its own encoding */
export function listRoot(items: readonly Uint8Array[]): Uint8Array {
  return new Trie().update(
    items.map((value, index) => ({ key: hexDigits(RLP.encode(index)), value })),
  );
}
