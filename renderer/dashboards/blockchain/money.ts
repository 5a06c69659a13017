/** Amounts that come as exact decimal text, set for reading. */

/** Wei as gwei, which is what fees are quoted in; about four digits after the point. */
export function gwei(wei: string): string {
  const value = Number(wei) / 1e9;
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 1 ? 6 : 4 });
}

/** Coins with grouped thousands and every digit kept. */
export function coins(amount: string): string {
  const [whole = "0", fraction] = amount.split(".");
  const grouped = BigInt(whole).toLocaleString("en-US");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
