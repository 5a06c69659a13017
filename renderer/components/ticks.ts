/** Where an axis has its marks: round values, few of them, zero included. */
const ticksMax = 5;

/** From zero to the first round value at or above `most`. Binary scales are round in KiB, MiB... */
export function valueTicks(most: number, scale: "decimal" | "binary" = "decimal"): number[] {
  const base = scale === "binary" ? 1_024 ** Math.floor(Math.log2(Math.max(1, most)) / 10) : 1;
  const span = most > 0 ? most / base : 1;
  const rough = span / (ticksMax - 1);
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * magnitude >= rough) ?? 10;
  const step = factor * magnitude;
  const count = Math.max(1, Math.ceil(span / step - 1e-9));
  // Multiplied rather than added up, and rounded where binary fractions would show.
  return Array.from({ length: count + 1 }, (_, index) => round(index * step) * base);
}

function round(value: number): number {
  return Number(value.toPrecision(12));
}

const timeStepsMs = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].map((seconds) => seconds * 1_000);

/** Whole multiples of a step in seconds or minutes, so that marks move with the data. */
export function timeTicks(from: number, to: number): number[] {
  const step = timeStepsMs.find((candidate) => (to - from) / candidate <= ticksMax) ?? 1_800_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** A value with its unit as short as it can be: `5 %`, `1.5 s`, `0`. */
export function tickText(text: string): string {
  const short = text.replace(/(\.\d*?)0+(?= |$)/, "$1").replace(/\.(?= |$)/, "");
  return /^0(?= |$)/.test(short) ? "0" : short;
}
