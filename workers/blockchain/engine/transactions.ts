/** Transactions as they come over the wire, and those that a developer sends as somebody else. */
import type { Common } from "@ethereumjs/common";
import { createTx, createTxFromRLP, type TypedTransaction, type TypedTxData } from "@ethereumjs/tx";
import { Address, bytesToHex } from "@ethereumjs/util";
import type { EntryTransaction, Hex } from "./entry.ts";
import { keccak256 } from "./keccak.ts";
import { bytesOf } from "./state-reader.ts";

/**
 * @param raw as EIP-2718 has it, without blobs
 * @param sender whose it is without his signature; null: the signature tells
 * @throws Error when it is no transaction, or none under the rules of the fork that is set
 */
export function decodeTransaction(raw: Hex, sender: Hex | null, common: Common): TypedTransaction {
  const bytes = bytesOf(raw.slice(2));
  const tx = createTxFromRLP(bytes, { common, freeze: false });
  // The library makes these anew each time that it is asked.
  let address = sender === null ? null : new Address(bytesOf(sender.slice(2)));
  const recover = () => new Address(keccak256(tx.getSenderPublicKey()).slice(12));
  let hash: Uint8Array | null = null;
  tx.getSenderAddress = () => (address ??= recover());
  tx.hash = () => (hash ??= keccak256(bytes));
  tx.serialize = () => bytes;
  Object.freeze(tx);
  return tx;
}

const beyondAddresses = 2n ** 160n;

/**
 * An entry for a transaction that nobody signed. In place of a signature it carries its sender:
 * r = s = 2^160 + address, with an odd y. So equal transactions of two senders have two hashes, no
 * sender gives an r that is zero, and s is low, as EIP-2 wants. It follows EDR, the engine of
 * Hardhat; whoever recovers a sender from it gets another one.
 */
export function impersonated(fields: TypedTxData, sender: Hex, common: Common): EntryTransaction {
  const mark = beyondAddresses + BigInt(sender);
  const isLegacy = fields.type === undefined || Number(fields.type) === 0;
  const v = isLegacy ? common.chainId() * 2n + 36n : 1n;
  const tx = createTx({ ...fields, v, r: mark, s: mark }, { common });
  return { raw: bytesToHex(tx.serialize()), sender };
}

/** Whose transaction it is when nobody signed it; null where somebody did. */
export function impersonatedSender({ r, s }: TypedTransaction): Hex | null {
  if (r === undefined || r !== s || r >> 160n !== 1n) return null;
  return `0x${(r - beyondAddresses).toString(16).padStart(40, "0")}`;
}
