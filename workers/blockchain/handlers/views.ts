/** Stored rows as the REST API shows them. */
import { createBlockFromRLP, type Block } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import { createTxFromRLP, TransactionType, type TypedTransaction } from "@ethereumjs/tx";
import { bytesToHex, toChecksumAddress } from "@ethereumjs/util";
import type { BlockSummary, TransactionDetail, TransactionSummary } from "../contract.ts";
import { formatCoins } from "../core/units.ts";
import type { BlockRow, LogRow, TransactionRow } from "../store/chain-rows.ts";

const envelopes = {
  [TransactionType.Legacy]: "legacy",
  [TransactionType.AccessListEIP2930]: "access list",
  [TransactionType.FeeMarketEIP1559]: "fee market",
  [TransactionType.EOACodeEIP7702]: "set code",
} as const;

export function checksumAddress(bytes: Uint8Array): string {
  return toChecksumAddress(bytesToHex(bytes));
}

export function decodeBlock({ rlp }: BlockRow, common: Common): Block {
  return createBlockFromRLP(rlp, { common: common.copy(), setHardfork: true });
}

export function decodeTransaction({ raw }: TransactionRow, common: Common): TypedTransaction {
  return createTxFromRLP(raw, { common });
}

export function blockView(row: BlockRow, common: Common): BlockSummary {
  const { header } = decodeBlock(row, common);
  return {
    number: row.number,
    hash: bytesToHex(row.hash),
    parentHash: bytesToHex(header.parentHash),
    timestamp: Number(header.timestamp),
    transactions: row.transactions,
    gasUsed: String(header.gasUsed),
    gasLimit: String(header.gasLimit),
    baseFeePerGas: String(header.baseFeePerGas ?? 0n),
    feeRecipient: checksumAddress(header.coinbase.bytes),
    stateRoot: bytesToHex(header.stateRoot),
    transactionsRoot: bytesToHex(header.transactionsTrie),
    receiptsRoot: bytesToHex(header.receiptTrie),
    sizeBytes: row.bytes,
  };
}

export function transactionView(row: TransactionRow): TransactionSummary {
  return {
    hash: bytesToHex(row.hash),
    blockNumber: row.block,
    blockHash: bytesToHex(row.block_hash),
    index: row.position,
    timestamp: row.block_timestamp,
    from: checksumAddress(row.sender),
    to: row.recipient === null ? null : checksumAddress(row.recipient),
    contractAddress: row.contract === null ? null : checksumAddress(row.contract),
    amount: formatCoins(BigInt(row.value)),
    kind: row.recipient === null ? "deployment" : row.data_bytes > 0 ? "call" : "transfer",
    status: row.success === 1 ? "success" : "reverted",
    gasUsed: String(row.gas_used),
    fee: formatCoins(BigInt(row.gas_used) * BigInt(row.gas_price)),
    nonce: row.nonce,
  };
}

export function transactionDetail(
  row: TransactionRow,
  logs: readonly LogRow[],
  common: Common,
  height: number,
): TransactionDetail {
  const tx = decodeTransaction(row, common);
  return {
    ...transactionView(row),
    envelope: envelopes[tx.type as keyof typeof envelopes],
    gasLimit: String(tx.gasLimit),
    maxFeePerGas: "maxFeePerGas" in tx ? String(tx.maxFeePerGas) : null,
    maxPriorityFeePerGas: "maxPriorityFeePerGas" in tx ? String(tx.maxPriorityFeePerGas) : null,
    effectiveGasPrice: row.gas_price,
    cumulativeGasUsed: String(row.gas_cumulative),
    input: bytesToHex(tx.data),
    confirmations: height - row.block + 1,
    logs: logs.map((log) => ({
      address: checksumAddress(log.address),
      topics: topicsOf(log).map((topic) => bytesToHex(topic)),
      data: bytesToHex(log.data),
      logIndex: log.log_index,
    })),
  };
}

export function topicsOf({ topic0, topic1, topic2, topic3 }: LogRow): Uint8Array[] {
  return [topic0, topic1, topic2, topic3].filter((topic) => topic !== null);
}
