/** Amounts of resources as whole numbers (apimachinery pkg/api/resource: rounded up, never down). */

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const form = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([KMGTPE]i|[numkMGTPE]))?$/;

/** The amount in thousandths: "1.5" is 1,500. What is no quantity counts as 0; validation refuses it. */
export const milliOf = (text: string | number): number => amountOf(text, 1_000);

/** The amount in whole units: "1Ki" is 1,024. */
export const wholeOf = (text: string | number): number => amountOf(text, 1);

function amountOf(text: string | number, scale: number): number {
  const parts = form.exec(String(text).trim());
  if (parts === null) return 0;
  const [, digits, exponent, suffix] = parts;
  const value = Number(`${digits}${exponent ?? ""}`) * (factors[suffix ?? ""] ?? 1) * scale;
  // A binary fraction is off by a hair from the decimal one: 1.1 * 1000 is not 1,100.
  return Number.isInteger(value) ? value : Math.ceil(Math.round(value * 1e6) / 1e6);
}

/** An amount of a resource: thousandths of cpu, whole units of everything else. */
export function amountOfResource(resource: string, text: string | number): number {
  return resource === "cpu" ? milliOf(text) : wholeOf(text);
}
