/** Sending from accounts that somebody here can sign for, and from those that are impersonated. */
import { createTx, TransactionType, type TypedTransaction, type TypedTxData } from "@ethereumjs/tx";
import { bytesToHex, type PrefixedHexString } from "@ethereumjs/util";
import type { Mined } from "../core/pool.ts";
import { TransactionRefused } from "../core/refusal.ts";
import type { Hex } from "../engine/entry.ts";
import { decodeTransaction, impersonated } from "../engine/transactions.ts";
import type { Chain } from "../node/chain.ts";
import type { Admitted } from "../node/waiting-room.ts";
import { developerSigners, joinSigners, type Signers } from "./signers.ts";

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

/** A signed transaction, or one that carries its sender in place of a signature. */
interface Made {
  readonly tx: TypedTransaction;
  readonly impersonator: Hex | null;
}

export class Wallet {
  readonly #chain: Chain;
  #signers: Signers;
  /** Lower-case addresses that developers act as without a key. */
  readonly impersonated = new Set<string>();
  impersonatesAll = false;
  /** One transaction after the other takes its nonce. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(chain: Chain, signers: Signers = developerSigners) {
    this.#chain = chain;
    this.#signers = signers;
  }

  holdsKeyOf(address: string): boolean {
    return this.#signers.holds(address);
  }

  get signers(): Signers {
    return this.#signers;
  }

  /** From now on, it signs for those of another keeper as well. */
  join(signers: Signers): void {
    this.#signers = joinSigners([this.#signers, signers]);
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
   * @throws TransactionRefused, SignerLocked
   */
  async send(request: SendRequest): Promise<Mined> {
    const { mined } = await this.admit(request);
    return mined;
  }

  /**
   * Signs and sends; resolves when the transaction waits for its block.
   * @throws TransactionRefused, SignerLocked
   */
  admit(request: SendRequest): Promise<Admitted> {
    return this.#inTurn(async () => {
      const { tx, impersonator } = await this.make(request);
      return this.#chain.admit(tx, impersonator);
    });
  }

  /** @throws SignerLocked */
  async signed(request: SendRequest): Promise<TypedTransaction> {
    const tx = await this.#signers.sign(request.from, this.unsigned(request));
    return decodeTransaction(bytesToHex(tx.serialize()), null, this.#chain.common);
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
        const { tx, impersonator } = await this.make(request);
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

  /** @throws SignerLocked */
  async make(request: SendRequest): Promise<Made> {
    const { common } = this.#chain;
    if (this.holdsKeyOf(request.from)) {
      return { tx: await this.signed(request), impersonator: null };
    }
    if (!this.#impersonates(request.from)) throw new Error("Nobody signs for that account.");
    const impersonator = request.from.toLowerCase() as Hex;
    const { raw } = impersonated(this.#fields(request), impersonator, common);
    return { tx: decodeTransaction(raw, impersonator, common), impersonator };
  }

  /** @throws TransactionRefused where the parts do not make a transaction */
  unsigned(request: SendRequest): TypedTransaction {
    try {
      return createTx(this.#fields(request), { common: this.#chain.common });
    } catch (error) {
      const { message } = error as Error;
      const [, size, limit] =
        /initcode size .* it is (\d+) while the max is (\d+)/.exec(message) ?? [];
      // In go-ethereum's words where it has some.
      const text =
        size === undefined
          ? `invalid transaction: ${message.replace(/ \(tx type=.*$/s, "")}`
          : `max initcode size exceeded: code size ${size}, limit ${limit}`;
      throw new TransactionRefused("malformed", text);
    }
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
