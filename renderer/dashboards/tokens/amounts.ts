/** Amounts of tokens: whole numbers of the smallest unit, set for reading with every digit. */

/** @param decimals null: the token tells none, so that the smallest unit is shown */
export function tokenAmount(value: string, decimals: number | null): string {
  const places = decimals ?? 0;
  const negative = value.startsWith("-");
  const digits = (negative ? value.slice(1) : value).padStart(places + 1, "0");
  const whole = BigInt(digits.slice(0, digits.length - places)).toLocaleString("en-US");
  const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
  return `${negative ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** A part of a whole in per cent; null where the whole is not known. */
export function shareOf(part: string, whole: string | null): number | null {
  if (whole === null || BigInt(whole) === 0n) return null;
  return Number((BigInt(part) * 1_000_000n) / BigInt(whole)) / 10_000;
}
