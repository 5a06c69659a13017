/** What a series of the platform must stay below. */

/** The budget of the whole platform, as its requirements state it. */
const residentBudgetBytes = 600 * 2 ** 20;

export interface CapacityLimit {
  readonly value: number;
  readonly name: string;
  readonly action: string;
}

export function capacityLimitOf(series: string, cores: number): CapacityLimit | null {
  if (series === "platform.memory") {
    return {
      value: residentBudgetBytes,
      name: "its budget of 600 MiB",
      action: "See under components which thread grows, and restart that one.",
    };
  }
  if (series === "platform.cpu") {
    return {
      value: 0.85 * cores,
      name: `85 % of ${cores} ${cores === 1 ? "core" : "cores"}`,
      action: "Stop experiments and threads that are not needed before it gets there.",
    };
  }
  return null;
}
