/** What a cell's text says as a number, a truth value or a date. */

const plainNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const commaNumber = /^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?(?:[eE][+-]?\d+)?$/;
const infinity = /^[+-]?inf(?:inity)?$/i;

/** undefined: no number; infinite for what no finite number holds. */
export function numberOf(text: string, decimalComma: boolean): number | undefined {
  if (infinity.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (decimalComma) {
    if (!commaNumber.test(text)) return undefined;
    return Number(text.replaceAll(".", "").replace(",", "."));
  }
  return plainNumber.test(text) ? Number(text) : undefined;
}

const truths = new Map<string, 0 | 1>([
  ["true", 1],
  ["false", 0],
  ["yes", 1],
  ["no", 0],
  ["t", 1],
  ["f", 0],
  ["y", 1],
  ["n", 0],
]);

export function truthOf(text: string): 0 | 1 | undefined {
  return truths.get(text.toLowerCase());
}

const isoDate =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/;

/** ISO 8601 dates and times, also with slashes. @returns milliseconds since the epoch, in UTC */
export function dateOf(text: string): number | undefined {
  const match = isoDate.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "0", zone] = match;
  const parts = [year, month, day, hour, minute, second].map(Number);
  const [y, m, d, h, min, s] = parts as [number, number, number, number, number, number];
  if (h > 23 || min > 59 || s > 60) return undefined;
  const midnight = Date.UTC(y, m - 1, d);
  const date = new Date(midnight);
  // The thirtieth of February is no date.
  if (date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return undefined;
  const time = ((h * 60 + min) * 60 + s) * 1_000 + Math.floor(Number(`0.${fraction}`) * 1_000);
  return midnight + time - offsetMs(zone);
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const digits = zone.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith("-") ? -1 : 1) * minutes * 60_000;
}
