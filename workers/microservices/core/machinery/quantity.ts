/**
 * Kubernetes quantities ("100m", "1.5Gi", "1e3"), exactly, after k8s.io/apimachinery
 * pkg/api/resource/quantity.go. A quantity is a whole number of nanos, the finest that Kubernetes keeps.
 */
import { machineryLimits } from "./limits.ts";

export type QuantityFormat = "decimalSI" | "binarySI" | "decimalExponent";

export interface Quantity {
  readonly nanos: bigint;
  readonly format: QuantityFormat;
}

const nanosPerUnit = 1_000_000_000n;
/** Binary quantities are capped here, 2^63 - 1. */
const binaryMax = (2n ** 63n - 1n) * nanosPerUnit;
const decimalSuffixes: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] as const;
const pattern = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*)([-+]?\d*)$/;
/** Beyond it the number would be written out digit by digit. */
const exponentMax = 30;

/** Throws an Error with Kubernetes' own sentence for text that is no quantity. */
export function parseQuantity(text: string | number): Quantity {
  const written = String(text);
  if (written === "") throw new Error("quantities must not be empty");
  const match = pattern.exec(written);
  const [, sign, whole, fraction = "", letters, digits] = match ?? [];
  if (match === null || (whole === "" && fraction === "")) throw noQuantity();
  if (written.length > machineryLimits.quantityCharactersMax) {
    throw new Error(
      `quantities must have at most ${machineryLimits.quantityCharactersMax} characters`,
    );
  }
  const { numerator, format } = suffixOf(letters!, digits!);
  // nanos = digits * 10^-fraction * numerator, rounded away from zero.
  const scaled = BigInt(`${whole}${fraction}`) * numerator;
  const divisor = 10n ** BigInt(fraction.length + scaleDigits) / nanosPerUnit;
  let magnitude = (scaled + divisor - 1n) / divisor;
  const isSmall = magnitude > 0n && magnitude < nanosPerUnit;
  if (format === "binarySI" && magnitude > binaryMax) magnitude = binaryMax;
  return {
    nanos: sign === "-" ? -magnitude : magnitude,
    format: format === "binarySI" && isSmall ? "decimalSI" : format,
  };
}

/** Numerators are whole: every factor is given times 10 to this power. */
const scaleDigits = exponentMax + 9;

function suffixOf(letters: string, digits: string): { numerator: bigint; format: QuantityFormat } {
  const scale = 10n ** BigInt(scaleDigits);
  const binary = binarySuffixes.findIndex((suffix) => suffix !== "" && suffix === letters);
  if (digits === "" && binary > 0) {
    return { numerator: 1024n ** BigInt(binary) * scale, format: "binarySI" };
  }
  const decimal = Object.hasOwn(decimalSuffixes, letters) ? decimalSuffixes[letters] : undefined;
  if (digits === "" && decimal !== undefined) {
    return { numerator: 10n ** BigInt(scaleDigits + decimal), format: "decimalSI" };
  }
  const exponent = Number(digits);
  const isExponent = /^[eE]$/.test(letters) && /^[-+]?\d+$/.test(digits);
  if (!isExponent || Math.abs(exponent) > exponentMax) {
    throw new Error("unable to parse quantity's suffix");
  }
  return { numerator: 10n ** BigInt(scaleDigits + exponent), format: "decimalExponent" };
}

function noQuantity(): Error {
  return new Error(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  );
}

/**
 * The canonical form: no precision is lost, no fractional digits are emitted, and the exponent or suffix
 * is as large as possible.
 */
export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return "0";
  const isWhole = nanos % nanosPerUnit === 0n;
  const units = nanos / nanosPerUnit;
  if (format === "binarySI" && isWhole && (units <= -1024n || units >= 1024n)) {
    let value = units;
    let power = 0;
    while (value % 1024n === 0n && power < binarySuffixes.length - 1) {
      value /= 1024n;
      power += 1;
    }
    return `${value}${binarySuffixes[power]}`;
  }
  let value = nanos;
  let exponent = -9;
  const exponentLast = format === "decimalExponent" ? exponentMax : 18;
  while (value % 1000n === 0n && exponent < exponentLast) {
    value /= 1000n;
    exponent += 3;
  }
  if (format === "decimalExponent") return exponent === 0 ? `${value}` : `${value}e${exponent}`;
  const [suffix] = Object.entries(decimalSuffixes).find(([, power]) => power === exponent)!;
  return `${value}${suffix}`;
}

/** Negative, zero or positive, as a sort wants it. */
export function compareQuantities(left: Quantity, right: Quantity): number {
  return left.nanos < right.nanos ? -1 : left.nanos > right.nanos ? 1 : 0;
}

/** Keeps the format of the left one, or of the right if the left is zero, as Kubernetes does. */
export function addQuantities(left: Quantity, right: Quantity): Quantity {
  const { format } = left.nanos === 0n ? right : left;
  return { nanos: left.nanos + right.nanos, format };
}

/** In thousandths, rounded up: of "0.1" it is 100. */
export function milliValue({ nanos }: Quantity): number {
  const perMilli = nanosPerUnit / 1000n;
  const whole = nanos / perMilli;
  return Number(nanos % perMilli > 0n ? whole + 1n : whole);
}
