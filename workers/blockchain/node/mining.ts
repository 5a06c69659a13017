/** When blocks are made, and what stands in their headers: the settings that developers turn. */
import type { Block } from "@ethereumjs/block";
import type { BlockEntry, EntryTransaction, Hex } from "../engine/entry.ts";
import { feeRecipient } from "../core/developer-accounts.ts";
import { chainLimits } from "../limits.ts";

/** "auto": as soon as a transaction waits; "interval": every so many seconds; "manual": when told. */
export type MiningMode =
  | { readonly kind: "auto" }
  | { readonly kind: "interval"; readonly seconds: number }
  | { readonly kind: "manual" };

export class Mining {
  mode: MiningMode = { kind: "auto" };
  /** What is added to the clock's time, seconds. */
  clockOffsetSeconds = 0;
  /** Of the next block alone. */
  nextTimestamp: number | null = null;
  /** Between blocks, instead of the clock; null: the clock tells. */
  timestampIntervalSeconds: number | null = null;
  feeRecipient: Hex = feeRecipient.address.toLowerCase() as Hex;
  gasLimit: bigint = chainLimits.blockGasLimit;
  /** Of the next block alone, wei. */
  nextBaseFee: bigint | null = null;
  /** Of the next block alone, 32 bytes. */
  nextPrevRandao: Hex | null = null;
  readonly #nowSeconds: () => number;

  constructor(nowSeconds: () => number) {
    this.#nowSeconds = nowSeconds;
  }

  /** The time that a block would carry if it came now, whole seconds; it rises with each block. */
  timestampAfter({ header }: Block): number {
    const parent = Number(header.timestamp);
    if (this.nextTimestamp !== null) return Math.max(this.nextTimestamp, parent + 1);
    if (this.timestampIntervalSeconds !== null) {
      return parent + Math.max(1, this.timestampIntervalSeconds);
    }
    return Math.max(Math.floor(this.#nowSeconds()) + this.clockOffsetSeconds, parent + 1);
  }

  /** The clock shows another time from now on. @param time seconds since the Unix epoch */
  setTime(time: number): void {
    this.clockOffsetSeconds = time - Math.floor(this.#nowSeconds());
  }

  /** The entry for a block; what was set for the next block alone is used up. */
  entry(parent: Block, transactions: readonly EntryTransaction[], mineEmpty: boolean): BlockEntry {
    const entry: BlockEntry = {
      kind: "block",
      timestamp: this.timestampAfter(parent),
      feeRecipient: this.feeRecipient,
      gasLimit: String(this.gasLimit),
      mineEmpty,
      transactions,
      ...(this.nextBaseFee !== null && { baseFeePerGas: String(this.nextBaseFee) }),
      ...(this.nextPrevRandao !== null && { prevRandao: this.nextPrevRandao }),
    };
    // Later blocks go on from a time that was set, as fast as the clock.
    if (this.nextTimestamp !== null) {
      this.clockOffsetSeconds = this.nextTimestamp - Math.floor(this.#nowSeconds());
    }
    this.nextTimestamp = null;
    this.nextBaseFee = null;
    this.nextPrevRandao = null;
    return entry;
  }
}
