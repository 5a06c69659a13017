/** Blocks, transactions, receipts and logs as the execution API specification shows them. */
import type { Block } from "@ethereumjs/block";
import type { TypedTransaction } from "@ethereumjs/tx";
import { bytesToHex } from "@ethereumjs/util";
import { topicsOf } from "../../handlers/views.ts";
import type { BlockRow, LogRow, TransactionRow } from "../../store/chain-rows.ts";

export function quantityHex(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}

function nullableHex(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : bytesToHex(bytes);
}

/** @param transactions hashes or full objects, as was asked for */
export function formatBlock(
  row: BlockRow,
  { header, withdrawals }: Block,
  transactions: readonly unknown[],
): Record<string, unknown> {
  return {
    number: quantityHex(row.number),
    hash: bytesToHex(row.hash),
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
    size: quantityHex(row.bytes),
    gasLimit: quantityHex(header.gasLimit),
    gasUsed: quantityHex(header.gasUsed),
    timestamp: quantityHex(header.timestamp),
    mixHash: bytesToHex(header.mixHash),
    baseFeePerGas: quantityHex(header.baseFeePerGas ?? 0n),
    withdrawalsRoot: bytesToHex(header.withdrawalsRoot ?? new Uint8Array(32)),
    withdrawals: withdrawals ?? [],
    blobGasUsed: quantityHex(header.blobGasUsed ?? 0n),
    excessBlobGas: quantityHex(header.excessBlobGas ?? 0n),
    parentBeaconBlockRoot: bytesToHex(header.parentBeaconBlockRoot ?? new Uint8Array(32)),
    requestsHash: bytesToHex(header.requestsHash ?? new Uint8Array(32)),
    uncles: [],
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
  const { v, r, s, yParity, accessList, authorizationList } = tx.toJSON();
  const offered = "maxFeePerGas" in tx ? tx.maxFeePerGas : tx.gasPrice;
  return {
    blockHash: mined === null ? null : bytesToHex(mined.blockHash),
    blockNumber: mined === null ? null : quantityHex(mined.block),
    blockTimestamp: mined === null ? null : quantityHex(mined.timestamp),
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
    chainId: quantityHex(tx.common.chainId()),
    v: v ?? yParity,
    r,
    s,
    ...(tx.type > 0 && { yParity: yParity ?? v, accessList: accessList ?? [] }),
    ...(authorizationList !== undefined && { authorizationList }),
  };
}

export function formatReceipt(
  row: TransactionRow,
  type: number,
  logs: readonly LogRow[],
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
    logs: logs.map(formatLog),
    status: quantityHex(row.success),
    type: quantityHex(type),
  };
}

export function formatLog(row: LogRow): Record<string, unknown> {
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
    removed: false,
  };
}
