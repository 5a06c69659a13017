/** Why a transaction is not taken, in the words that wallets know from other nodes. */
export type RefusalReason =
  | "malformed"
  | "unsupported"
  | "nonce too low"
  | "nonce too high"
  | "nonce gap"
  | "intrinsic gas"
  | "already known"
  | "insufficient funds"
  | "fee too low"
  | "gas limit"
  | "pool full"
  | "stopped";

export class TransactionRefused extends Error {
  override readonly name = "TransactionRefused";
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
