/** Blob transactions (EIP-4844) as wallets send them: with their blobs, which no block carries. */
import type { Common } from "@ethereumjs/common";
import {
  createBlob4844TxFromSerializedNetworkWrapper,
  createMinimal4844TxFromNetworkWrapper,
  type Blob4844Tx,
} from "@ethereumjs/tx";
import { bytesToHex } from "@ethereumjs/util";
import type { Hex } from "./entry.ts";
import { loadKzg } from "./kzg.ts";
import { bytesOf } from "./state-reader.ts";

export interface BlobTransaction {
  /** As it belongs in a block. */
  readonly raw: Hex;
  /** With blobs, commitments and proofs. */
  readonly wrapped: Blob4844Tx;
}

/**
 * Checks that the blobs are those that the transaction names. Takes 0.3 s for each blob after
 * Osaka, so it is not for a thread that serves others.
 * @param raw in its network form: 0x03 and the transaction with blobs, commitments and proofs
 * @param common with the fork of the next block set
 * @throws Error when they are not, or when it is none
 */
export async function unwrapBlobTransaction(raw: Hex, common: Common): Promise<BlobTransaction> {
  await loadKzg();
  const wrapped = createBlob4844TxFromSerializedNetworkWrapper(bytesOf(raw.slice(2)), { common });
  const bare = createMinimal4844TxFromNetworkWrapper(wrapped, { common });
  return { raw: bytesToHex(bare.serialize()), wrapped };
}
