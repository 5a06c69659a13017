/** Transactions that were decoded and whose senders were recovered once, for all validators. */
import type { TypedTransaction } from "@ethereumjs/tx";
import { chainLimits } from "../limits.ts";

export class DecodedTransactions {
  readonly #byRaw = new Map<string, TypedTransaction>();

  get(raw: string): TypedTransaction | undefined {
    return this.#byRaw.get(raw);
  }

  /** The oldest give way. */
  add(raw: string, tx: TypedTransaction): void {
    this.#byRaw.set(raw, tx);
    if (this.#byRaw.size <= chainLimits.decodedMax) return;
    const [oldest] = this.#byRaw.keys();
    if (oldest !== undefined) this.#byRaw.delete(oldest);
  }
}
