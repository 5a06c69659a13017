/** Blocks, transactions, receipts and logs as the execution API specification shows them. */
import type { Block } from "@ethereumjs/block";
import { isBlob4844Tx, isEOACode7702Tx, type TypedTransaction } from "@ethereumjs/tx";
import { bytesToBigInt, bytesToHex } from "@ethereumjs/util";
import { topicsOf } from "../../handlers/views.ts";
import type { LogRow, TransactionRow } from "../../store/chain-rows.ts";

export function quantityHex(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}

function nullableHex(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : bytesToHex(bytes);
}

/** A number that came as bytes, without leading zeros. */
function quantityOf(bytes: Uint8Array): string {
  return quantityHex(bytesToBigInt(bytes));
}

/** What only blocks from some fork on have is left out before. */
export function formatHeader({ header }: Block): Record<string, unknown> {
  const { baseFeePerGas, withdrawalsRoot, blobGasUsed, excessBlobGas } = header;
  const { parentBeaconBlockRoot, requestsHash } = header;
  return {
    number: quantityHex(header.number),
    hash: bytesToHex(header.hash()),
    parentHash: bytesToHex(header.parentHash),
    nonce: bytesToHex(header.nonce),
    sha3Uncles: bytesToHex(header.uncleHash),
    logsBloom: bytesToHex(header.logsBloom),
    transactionsRoot: bytesToHex(header.transactionsTrie),
    stateRoot: bytesToHex(header.stateRoot),
    receiptsRoot: bytesToHex(header.receiptTrie),
    miner: header.coinbase.toString(),
    difficulty: quantityHex(header.difficulty),
    extraData: bytesToHex(header.extraData),
    gasLimit: quantityHex(header.gasLimit),
    gasUsed: quantityHex(header.gasUsed),
    timestamp: quantityHex(header.timestamp),
    mixHash: bytesToHex(header.mixHash),
    ...(baseFeePerGas !== undefined && { baseFeePerGas: quantityHex(baseFeePerGas) }),
    ...(withdrawalsRoot !== undefined && { withdrawalsRoot: bytesToHex(withdrawalsRoot) }),
    ...(blobGasUsed !== undefined && { blobGasUsed: quantityHex(blobGasUsed) }),
    ...(excessBlobGas !== undefined && { excessBlobGas: quantityHex(excessBlobGas) }),
    ...(parentBeaconBlockRoot !== undefined && {
      parentBeaconBlockRoot: bytesToHex(parentBeaconBlockRoot),
    }),
    ...(requestsHash !== undefined && { requestsHash: bytesToHex(requestsHash) }),
  };
}

/**
 * @param bytes its length in RLP
 * @param transactions hashes or full objects, as was asked for
 */
export function formatBlock(
  block: Block,
  bytes: number,
  transactions: readonly unknown[],
): Record<string, unknown> {
  const { withdrawals, uncleHeaders } = block;
  return {
    ...formatHeader(block),
    size: quantityHex(bytes),
    ...(withdrawals !== undefined && {
      withdrawals: withdrawals.map(({ index, validatorIndex, address, amount }) => ({
        index: quantityHex(index),
        validatorIndex: quantityHex(validatorIndex),
        address: address.toString(),
        amount: quantityHex(amount),
      })),
    }),
    uncles: uncleHeaders.map((uncle) => bytesToHex(uncle.hash())),
    transactions,
  };
}

export interface TransactionPlace {
  readonly hash: Uint8Array;
  readonly sender: Uint8Array;
  /** null while it waits for its block. */
  readonly mined: {
    readonly block: number;
    readonly blockHash: Uint8Array;
    readonly timestamp: number;
    readonly position: number;
    readonly gasPrice: bigint;
  } | null;
}

export function placeOf(row: TransactionRow): TransactionPlace {
  return {
    hash: row.hash,
    sender: row.sender,
    mined: {
      block: row.block,
      blockHash: row.block_hash,
      timestamp: row.block_timestamp,
      position: row.position,
      gasPrice: BigInt(row.gas_price),
    },
  };
}

export function formatTransaction(
  tx: TypedTransaction,
  { hash, sender, mined }: TransactionPlace,
): Record<string, unknown> {
  const offered = "maxFeePerGas" in tx ? tx.maxFeePerGas : tx.gasPrice;
  const { v = 0n, r = 0n, s = 0n } = tx;
  // Before EIP-155 a signature held for every chain.
  const hasChain = tx.type > 0 || v >= 35n;
  return {
    blockHash: mined === null ? null : bytesToHex(mined.blockHash),
    blockNumber: mined === null ? null : quantityHex(mined.block),
    ...(mined !== null && { blockTimestamp: quantityHex(mined.timestamp) }),
    transactionIndex: mined === null ? null : quantityHex(mined.position),
    hash: bytesToHex(hash),
    from: bytesToHex(sender),
    to: tx.to?.toString() ?? null,
    value: quantityHex(tx.value),
    nonce: quantityHex(tx.nonce),
    gas: quantityHex(tx.gasLimit),
    gasPrice: quantityHex(mined?.gasPrice ?? offered),
    input: bytesToHex(tx.data),
    type: quantityHex(tx.type),
    ...("maxFeePerGas" in tx && {
      maxFeePerGas: quantityHex(tx.maxFeePerGas),
      maxPriorityFeePerGas: quantityHex(tx.maxPriorityFeePerGas),
    }),
    ...(hasChain && { chainId: quantityHex(tx.common.chainId()) }),
    v: quantityHex(v),
    r: quantityHex(r),
    s: quantityHex(s),
    ...("accessList" in tx && {
      yParity: quantityHex(v),
      accessList: tx.accessList.map(([address, keys]) => ({
        address: bytesToHex(address),
        storageKeys: keys.map((key) => bytesToHex(key)),
      })),
    }),
    ...(isBlob4844Tx(tx) && {
      maxFeePerBlobGas: quantityHex(tx.maxFeePerBlobGas),
      blobVersionedHashes: tx.blobVersionedHashes,
    }),
    ...(isEOACode7702Tx(tx) && {
      authorizationList: tx.authorizationList.map(
        ([chainId, address, nonce, yParity, authorityR, authorityS]) => ({
          chainId: quantityOf(chainId),
          address: bytesToHex(address),
          nonce: quantityOf(nonce),
          yParity: quantityOf(yParity),
          r: quantityOf(authorityR),
          s: quantityOf(authorityS),
        }),
      ),
    }),
  };
}

/** @param blobs of a blob transaction: what it used, and wei for each unit */
export function formatReceipt(
  row: TransactionRow,
  type: number,
  logs: readonly LogRow[],
  blobs: { readonly gasUsed: bigint; readonly gasPrice: bigint } | null,
): Record<string, unknown> {
  return {
    transactionHash: bytesToHex(row.hash),
    transactionIndex: quantityHex(row.position),
    blockHash: bytesToHex(row.block_hash),
    blockNumber: quantityHex(row.block),
    from: bytesToHex(row.sender),
    to: nullableHex(row.recipient),
    contractAddress: nullableHex(row.contract),
    cumulativeGasUsed: quantityHex(row.gas_cumulative),
    gasUsed: quantityHex(row.gas_used),
    effectiveGasPrice: quantityHex(BigInt(row.gas_price)),
    logsBloom: bytesToHex(row.bloom),
    logs: logs.map((log) => formatLog(log)),
    // EIP-658 put the status in the place of the state's root.
    ...(row.state_root === null
      ? { status: quantityHex(row.success) }
      : { root: bytesToHex(row.state_root) }),
    type: quantityHex(type),
    ...(blobs !== null && {
      blobGasUsed: quantityHex(blobs.gasUsed),
      blobGasPrice: quantityHex(blobs.gasPrice),
    }),
  };
}

/** @param removed whether its block was reverted */
export function formatLog(row: LogRow, removed = false): Record<string, unknown> {
  return {
    address: bytesToHex(row.address),
    topics: topicsOf(row).map((topic) => bytesToHex(topic)),
    data: bytesToHex(row.data),
    blockNumber: quantityHex(row.block),
    blockHash: bytesToHex(row.block_hash),
    blockTimestamp: quantityHex(row.block_timestamp),
    transactionHash: bytesToHex(row.transaction_hash),
    transactionIndex: quantityHex(row.position),
    logIndex: quantityHex(row.log_index),
    removed,
  };
}
