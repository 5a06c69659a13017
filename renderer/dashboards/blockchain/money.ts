/** Amounts that come as exact decimal text, set for reading. */
import type { Quantity } from "../../components/format.ts";

/** Wei as gwei, which is what fees are quoted in; about four digits after the point. */
export function gwei(wei: string): string {
  const value = Number(wei) / 1e9;
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 1 ? 6 : 4 });
}

const gweiShownFrom = 1_000_000;

/** A fee per gas in the unit that suits its size: the base fee of an idle chain is a few wei. */
export function feeQuantity(wei: string): Quantity {
  return Number(wei) < gweiShownFrom
    ? { value: Number(wei).toLocaleString("en-US"), unit: "wei" }
    : { value: gwei(wei), unit: "gwei" };
}

/** Coins with grouped thousands and every digit kept. */
export function coins(amount: string): string {
  const [whole = "0", fraction] = amount.split(".");
  const grouped = BigInt(whole).toLocaleString("en-US");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
