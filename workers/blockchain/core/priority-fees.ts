/** What transactions of a block paid above its base fee. */

export interface PaidGas {
  readonly gas: bigint;
  /** Effective gas price in wei, at least the base fee. */
  readonly price: bigint;
}

/**
 * Priority fees per gas at percentiles, weighted by gas as go-ethereum's `eth_feeHistory` does: the fee
 * of the first transaction, in rising order of price, up to which that share of the gas was used.
 * @param percentiles 0 to 100
 * @returns wei, one for each percentile; 0 where there are no transactions
 */
export function priorityFees(
  transactions: readonly PaidGas[],
  baseFee: bigint,
  percentiles: readonly number[],
): bigint[] {
  const sorted = transactions.toSorted((a, b) => Number(a.price - b.price));
  const total = sorted.reduce((sum, { gas }) => sum + gas, 0n);
  return percentiles.map((percentile) => {
    let gas = 0n;
    const reached = sorted.find((each) => {
      gas += each.gas;
      return Number(gas) >= (Number(total) * percentile) / 100;
    });
    return reached === undefined ? 0n : reached.price - baseFee;
  });
}
