/** Sending from the developer accounts, whose keys the ledger holds. */
import { createFeeMarket1559Tx } from "@ethereumjs/tx";
import { bytesToHex, type PrefixedHexString } from "@ethereumjs/util";
import type { Chain } from "../node/chain.ts";
import { developerAccounts, developerKey } from "../core/developer-accounts.ts";
import { decodeTransaction } from "../engine/transactions.ts";
import type { Mined } from "../core/pool.ts";

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
  /** One transaction after the other takes its nonce. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  holdsKeyOf(address: string): boolean {
    return developerAccounts.some((account) => account.address === address);
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
    const admitted = this.#turn.then(() => this.#admit(request));
    this.#turn = admitted.catch(() => {});
    const { mined } = await admitted;
    return mined;
  }

  async #admit({ from, to, nonce, ...rest }: SendRequest): Promise<{ mined: Promise<Mined> }> {
    const account = developerAccounts.find(({ address }) => address === from);
    if (account === undefined) throw new Error("Only developer accounts are signed for.");
    const next = nonce ?? this.#chain.pendingNonce(from);
    const { common } = this.#chain;
    const tx = createFeeMarket1559Tx(
      { ...rest, nonce: next, ...(to !== null && { to: to as PrefixedHexString }) },
      { common },
    );
    const raw = bytesToHex(tx.sign(developerKey(account.counter)).serialize());
    return this.#chain.admit(decodeTransaction(raw, null, common));
  }
}
