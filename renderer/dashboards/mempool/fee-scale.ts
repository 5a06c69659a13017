const headroom = 1.1;

/** The upper end of an axis from zero that holds all values, at two significant digits. */
export function axisEnd(values: readonly number[]): number {
  const most = Math.max(0, ...values) * headroom;
  if (most === 0) return 1;
  const step = 10 ** (Math.floor(Math.log10(most)) - 1);
  return Math.ceil(most / step) * step;
}

/**
 * The base fee as a step line over the blocks, in a square of 100 by 100 with zero at the bottom:
 * a block has one fee from its left edge to its right one.
 */
export function stepPath(fees: readonly number[], end: number): string {
  const width = 100 / fees.length;
  return fees
    .map((fee, place) => {
      const y = (100 - (fee / end) * 100).toFixed(2);
      return `${place === 0 ? "M0" : `L${(place * width).toFixed(2)}`} ${y}H${((place + 1) * width).toFixed(2)}`;
    })
    .join("");
}
