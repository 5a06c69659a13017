/** Readings in words, for explanations. */
import type { units } from "../contract.ts";

export type Unit = (typeof units)[number];

export function quantity(value: number, unit: Unit): string {
  return formats[unit](value);
}

const formats: Record<Unit, (value: number) => string> = {
  fraction: (value) => `${digits(value * 100)} %`,
  bytes: (value) => `${digits(value / 2 ** 20)} MiB`,
  ms: (value) => `${digits(value)} ms`,
  "per second": (value) => `${digits(value)}/s`,
  count: digits,
};

export function seconds(milliseconds: number): string {
  const whole = Math.max(0, Math.round(milliseconds / 1_000));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return String(Number(value.toPrecision(size < 1 ? 1 : 2)));
}
