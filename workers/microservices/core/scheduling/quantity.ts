/** Amounts of resources as whole numbers, rounded up, never down, as the scheduler counts. */
import { parseQuantity } from "../machinery/quantity.ts";

const nanosPerUnit = 1_000_000_000n;

/** The amount in thousandths: "1.5" is 1,500. What is no quantity counts as 0; validation refuses it. */
export const milliOf = (text: string | number): number => amountOf(text, nanosPerUnit / 1_000n);

/** The amount in whole units: "1Ki" is 1,024. */
export const wholeOf = (text: string | number): number => amountOf(text, nanosPerUnit);

function amountOf(text: string | number, nanosPerPart: bigint): number {
  let nanos: bigint;
  try {
    ({ nanos } = parseQuantity(text));
  } catch {
    return 0;
  }
  const whole = nanos / nanosPerPart;
  return Number(nanos % nanosPerPart > 0n ? whole + 1n : whole);
}

/** Thousands of pods say the same few words. */
const remembered = {
  cpu: new Map<string | number, number>(),
  other: new Map<string | number, number>(),
};
const rememberedMax = 1_024;

/** An amount of a resource: thousandths of cpu, whole units of everything else. */
export function amountOfResource(resource: string, text: string | number): number {
  const known = resource === "cpu" ? remembered.cpu : remembered.other;
  const before = known.get(text);
  if (before !== undefined) return before;
  const amount = resource === "cpu" ? milliOf(text) : wholeOf(text);
  if (known.size >= rememberedMax) known.clear();
  known.set(text, amount);
  return amount;
}
