/** Running a message against a state without changing it: eth_call and eth_estimateGas. */
import { createBlockFromRLP } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import { createFeeMarket1559Tx } from "@ethereumjs/tx";
import { Address } from "@ethereumjs/util";
import { runTx } from "@ethereumjs/vm";
import { rpcLimits } from "../limits.ts";
import type { Chain } from "./chain.ts";
import type { BlockRow } from "../store/chain-rows.ts";
import { TransactionRefused } from "../core/refusal.ts";

export interface CallMessage {
  readonly from: Uint8Array;
  /** null creates a contract. */
  readonly to: Uint8Array | null;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly gas?: bigint | undefined;
  readonly gasPrice?: bigint | undefined;
}

/** The message's own code ended it; `data` is what it returned. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  readonly data: Uint8Array;
  readonly reverted: boolean;

  constructor(cause: string, data: Uint8Array) {
    super(cause);
    this.data = data;
    this.reverted = cause === "revert";
  }
}

export class TooManyCalls extends Error {
  override readonly name = "TooManyCalls";
}

/** Estimates need not be exact to the unit; this is what go-ethereum allows itself. */
const estimateToleranceFraction = { numerator: 15n, denominator: 1_000n };
const callStipend = 2_300n;

export class Simulator {
  readonly #chain: Chain;
  #running = 0;

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /**
   * @param block whose state and header the code sees
   * @returns what the code returned
   * @throws CallFailed, TransactionRefused, TooManyCalls
   */
  call(message: CallMessage, row: BlockRow): Promise<Uint8Array> {
    return this.#limited(async () => {
      await this.#requireValue(message, row);
      const block = this.#decoded(row);
      const vm = await this.#chain.machineAfter(row, block.header);
      const { execResult } = await vm.evm.runCall({
        block,
        caller: new Address(message.from),
        origin: new Address(message.from),
        ...(message.to !== null && { to: new Address(message.to) }),
        value: message.value,
        data: message.data,
        gasLimit: capped(message.gas),
        gasPrice: message.gasPrice ?? 0n,
      });
      const { exceptionError, returnValue } = execResult;
      if (exceptionError !== undefined) throw new CallFailed(exceptionError.error, returnValue);
      return returnValue;
    });
  }

  /**
   * The least gas limit, to within 1.5 %, with which the message succeeds as a transaction.
   * @throws CallFailed, TransactionRefused, TooManyCalls
   */
  estimateGas(message: CallMessage, row: BlockRow): Promise<bigint> {
    return this.#limited(async () => {
      await this.#requireValue(message, row);
      const most = transactionGasMax(capped(message.gas), this.#chain.common);
      const first = await this.#attempt(message, row, most);
      if (first.failure !== undefined) throw first.failure;
      let low = first.gasUsed - 1n;
      let high = most;
      // A call passes on 63 of 64 parts (EIP-150), so somewhat more than was used may be needed.
      let probe = ((first.gasUsed + first.gasRefund + callStipend) * 64n) / 63n;
      while (low + 1n < high) {
        const { numerator, denominator } = estimateToleranceFraction;
        if ((high - low) * denominator < high * numerator) break;
        if (probe >= high || probe <= low) probe = (low + high) / 2n;
        const { failure } = await this.#attempt(message, row, probe);
        if (failure === undefined) high = probe;
        else low = probe;
        probe = (low + high) / 2n;
      }
      // What was used is often already enough, and exact for plain transfers.
      const exact = await this.#attempt(message, row, first.gasUsed);
      return exact.failure === undefined ? first.gasUsed : high;
    });
  }

  async #attempt(message: CallMessage, row: BlockRow, gasLimit: bigint) {
    const block = this.#decoded(row);
    const vm = await this.#chain.machineAfter(row, block.header);
    const sender = new Address(message.from);
    const tx = createFeeMarket1559Tx(
      {
        ...(message.to !== null && { to: new Address(message.to) }),
        value: message.value,
        data: message.data,
        gasLimit,
        maxFeePerGas: block.header.baseFeePerGas ?? 0n,
      },
      { common: vm.common, freeze: false },
    );
    tx.getSenderAddress = () => sender;
    let result;
    try {
      result = await runTx(vm, { tx, block, skipBalance: true, skipNonce: true });
    } catch (error) {
      // Below the intrinsic gas the transaction could not even start.
      const reason = (error as Error).message.replace(/ \(vm hf=.*$/s, "");
      return { gasUsed: 0n, gasRefund: 0n, failure: new TransactionRefused("gas limit", reason) };
    }
    const { exceptionError, returnValue } = result.execResult;
    const failure =
      exceptionError === undefined ? undefined : new CallFailed(exceptionError.error, returnValue);
    return { gasUsed: result.totalGasSpent, gasRefund: result.gasRefund, failure };
  }

  #decoded({ rlp }: BlockRow) {
    return createBlockFromRLP(rlp, { common: this.#chain.common.copy(), setHardfork: true });
  }

  async #requireValue({ from, value }: CallMessage, row: BlockRow): Promise<void> {
    if (value === 0n) return;
    const account = await this.#chain.stateAfter(row).getAccount(new Address(from));
    if ((account?.balance ?? 0n) >= value) return;
    throw new TransactionRefused("insufficient funds", "insufficient funds for transfer");
  }

  async #limited<T>(run: () => Promise<T>): Promise<T> {
    if (this.#running >= rpcLimits.callsInFlightMax) {
      throw new TooManyCalls(`${this.#running} calls are being simulated already`);
    }
    this.#running += 1;
    try {
      return await run();
    } finally {
      this.#running -= 1;
    }
  }
}

function capped(gas: bigint | undefined): bigint {
  const most = rpcLimits.callGasMax;
  return gas === undefined || gas > most ? most : gas;
}

/** A transaction may be limited to less than a call (EIP-7825). */
function transactionGasMax(gas: bigint, common: Common): bigint {
  if (!common.isActivatedEIP(7825)) return gas;
  const most = common.param("maxTransactionGasLimit");
  return gas < most ? gas : most;
}
