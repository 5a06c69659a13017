/** Sending from the developer accounts, whose keys the ledger holds, and from whom is impersonated. */
import { createTx, TransactionType, type TypedTransaction, type TypedTxData } from "@ethereumjs/tx";
import type { PrefixedHexString } from "@ethereumjs/util";
import type { Mined } from "../core/pool.ts";
import type { Hex } from "../engine/entry.ts";
import { decodeTransaction, impersonated } from "../engine/transactions.ts";
import type { Chain } from "../node/chain.ts";
import { keyOf } from "./signing.ts";

/** What is left to the sender of a block beside the base fee; small, as nobody competes here. */
export const suggestedTip = 100_000_000n;

export interface SendRequest {
  readonly from: string;
  readonly to: string | null;
  readonly value: bigint;
  readonly data: PrefixedHexString;
  readonly gasLimit: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  /** The next one when left out. */
  readonly nonce?: bigint | undefined;
  /** Makes it a legacy transaction. */
  readonly gasPrice?: bigint | undefined;
  /** What other types have besides. */
  readonly extra?: TypedTxData | undefined;
}

export class Wallet {
  readonly #chain: Chain;
  /** Lower-case addresses that developers act as without a key. */
  readonly impersonated = new Set<string>();
  impersonatesAll = false;
  /** One transaction after the other takes its nonce. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  holdsKeyOf(address: string): boolean {
    return keyOf(address) !== null;
  }

  /** Whether it can send for an address, with checksum. */
  sendsFor(address: string): boolean {
    return this.holdsKeyOf(address) || this.#impersonates(address);
  }

  /** Fees that hold for the next blocks, even if the base fee rises at its fastest for a while. */
  suggestedFees(): { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint } {
    return {
      maxFeePerGas: this.#chain.nextBaseFee * 2n + suggestedTip,
      maxPriorityFeePerGas: suggestedTip,
    };
  }

  /**
   * Signs, sends and waits for the block.
   * @throws TransactionRefused
   */
  async send(request: SendRequest): Promise<Mined> {
    const { mined } = await this.#inTurn(() => {
      const { tx, impersonator } = this.make(request);
      return this.#chain.admit(tx, impersonator);
    });
    return mined;
  }

  /**
   * Sends as wallets do: the hash comes when the transaction is in its block, or waits for it where
   * blocks do not come at once.
   * @throws TransactionRefused
   */
  async sendAndTellHash(request: SendRequest): Promise<string> {
    // The next one takes its nonce when this one is in the pool, not when it is mined.
    const { promise: inPool, resolve } = Promise.withResolvers<void>();
    const { promise: sent, resolve: tell, reject } = Promise.withResolvers<string>();
    void this.#inTurn(async () => {
      try {
        const { tx, impersonator } = this.make(request);
        this.#chain.send(tx, impersonator, resolve).then(tell, (error: unknown) => {
          resolve();
          reject(error);
        });
        await inPool;
      } catch (error) {
        reject(error);
      }
    });
    return sent;
  }

  /** A signed transaction, or one that carries its sender in place of a signature. */
  make(request: SendRequest): {
    readonly tx: TypedTransaction;
    readonly impersonator: Hex | null;
  } {
    const { common } = this.#chain;
    const key = keyOf(request.from);
    const fields = this.#fields(request);
    if (key !== null) return { tx: createTx(fields, { common }).sign(key), impersonator: null };
    if (!this.#impersonates(request.from)) throw new Error("Nobody signs for that account.");
    const impersonator = request.from.toLowerCase() as Hex;
    const { raw } = impersonated(fields, impersonator, common);
    return { tx: decodeTransaction(raw, impersonator, common), impersonator };
  }

  /** @throws Error where the parts do not make a transaction */
  unsigned(request: SendRequest): TypedTransaction {
    return createTx(this.#fields(request), { common: this.#chain.common });
  }

  #fields({ from, to, nonce, gasPrice, extra, ...rest }: SendRequest): TypedTxData {
    const { value, data, gasLimit, maxFeePerGas, maxPriorityFeePerGas } = rest;
    const base = {
      value,
      data,
      gasLimit,
      nonce: nonce ?? this.#chain.pendingNonce(from),
      ...(to !== null && { to: to as PrefixedHexString }),
    };
    const priced =
      gasPrice === undefined
        ? { type: TransactionType.FeeMarketEIP1559, maxFeePerGas, maxPriorityFeePerGas }
        : { type: TransactionType.Legacy, gasPrice };
    return { ...base, ...priced, ...extra };
  }

  #impersonates(address: string): boolean {
    return this.impersonatesAll || this.impersonated.has(address.toLowerCase());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}
