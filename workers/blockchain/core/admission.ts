/** What a transaction must satisfy before it may wait for a block. */
import { TransactionType, type TypedTransaction } from "@ethereumjs/tx";
import type { Address } from "@ethereumjs/util";
import { TransactionRefused } from "./refusal.ts";

/**
 * @returns the sender
 * @throws TransactionRefused
 */
export function checkAdmission(
  tx: TypedTransaction,
  baseFee: bigint,
  blockGasLimit: bigint,
): Address {
  if (tx.type === TransactionType.Legacy && !isReplayProtected(tx)) {
    throw new TransactionRefused(
      "unsupported",
      "only replay-protected (EIP-155) transactions allowed over RPC",
    );
  }
  const errors = tx.getValidationErrors();
  if (errors.length > 0) throw new TransactionRefused("malformed", errors.join("; "));
  if (tx.gasLimit > blockGasLimit) {
    throw new TransactionRefused(
      "gas limit",
      `exceeds block gas limit: ${tx.gasLimit} of ${blockGasLimit}`,
    );
  }
  const offered = "maxFeePerGas" in tx ? tx.maxFeePerGas : tx.gasPrice;
  if (offered < baseFee) {
    throw new TransactionRefused(
      "fee too low",
      `max fee per gas less than block base fee: maxFeePerGas: ${offered}, baseFee: ${baseFee}`,
    );
  }
  try {
    return tx.getSenderAddress();
  } catch {
    throw new TransactionRefused("malformed", "invalid sender: the signature does not recover");
  }
}

/** EIP-155: v carries the chain id. */
function isReplayProtected(tx: TypedTransaction): boolean {
  return tx.v !== undefined && tx.v > 28n;
}
