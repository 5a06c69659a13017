/** Coins and wei: exact decimal conversion, without floating point. */
export const coinDecimals = 18;
const weiPerCoin = 10n ** BigInt(coinDecimals);

/**
 * @param amount in whole coins; a number is taken as the shortest decimal that names it
 * @returns wei, or null where the amount is not a decimal with at most 18 digits after the point
 */
export function parseCoins(amount: string | number): bigint | null {
  const text = typeof amount === "number" ? plainDecimal(amount) : amount;
  const match = /^(\d+)(?:\.(\d{1,18}))?$/.exec(text);
  if (match === null) return null;
  const [, whole = "", fraction = ""] = match;
  return BigInt(whole) * weiPerCoin + BigInt(fraction.padEnd(coinDecimals, "0"));
}

/** Wei as coins, with no digit lost and no trailing zero. */
export function formatCoins(wei: bigint): string {
  const sign = wei < 0n ? "-" : "";
  const magnitude = wei < 0n ? -wei : wei;
  const fraction = String(magnitude % weiPerCoin)
    .padStart(coinDecimals, "0")
    .replace(/0+$/, "");
  const whole = `${sign}${magnitude / weiPerCoin}`;
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** Numbers below 1e-6 print with an exponent; the coin has more digits than that. */
function plainDecimal(value: number): string {
  const text = String(value);
  const match = /^(\d)(?:\.(\d+))?e-(\d+)$/.exec(text);
  if (match === null) return text;
  const [, first = "", rest = "", exponent = ""] = match;
  return `0.${"0".repeat(Number(exponent) - 1)}${first}${rest}`;
}
