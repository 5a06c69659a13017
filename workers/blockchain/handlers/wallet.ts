/** Sending from accounts that somebody here can sign for. */
import { createFeeMarket1559Tx, type TypedTransaction } from "@ethereumjs/tx";
import { bytesToHex, type PrefixedHexString } from "@ethereumjs/util";
import type { Chain } from "../node/chain.ts";
import { decodeTransaction } from "../engine/transactions.ts";
import type { Mined } from "../core/pool.ts";
import type { Admitted } from "../node/waiting-room.ts";
import { developerSigners, type Signers } from "./signers.ts";

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
}

export class Wallet {
  readonly #chain: Chain;
  readonly #signers: Signers;
  /** One transaction after the other takes its nonce. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(chain: Chain, signers: Signers = developerSigners) {
    this.#chain = chain;
    this.#signers = signers;
  }

  holdsKeyOf(address: string): boolean {
    return this.#signers.addresses().includes(address);
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
    const admitted = this.#turn.then(async () => this.#chain.admit(await this.signed(request)));
    this.#turn = admitted.catch(() => {});
    return admitted;
  }

  /** @throws SignerLocked */
  async signed({ from, to, nonce, ...rest }: SendRequest): Promise<TypedTransaction> {
    const { common } = this.#chain;
    const tx = createFeeMarket1559Tx(
      {
        ...rest,
        nonce: nonce ?? this.#chain.pendingNonce(from),
        ...(to !== null && { to: to as PrefixedHexString }),
      },
      { common },
    );
    const raw = bytesToHex((await this.#signers.sign(from, tx)).serialize());
    return decodeTransaction(raw, null, common);
  }
}
