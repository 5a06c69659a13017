import type { SeriesSummary } from "../../../workers/analytics/contract.ts";
import { bytes, duration, number, percent, type Quantity } from "../../components/format.ts";

/** How readings of a unit are written. */
export function formatOf(unit: SeriesSummary["unit"]): (value: number) => Quantity {
  return formats[unit];
}

const formats: Record<SeriesSummary["unit"], (value: number) => Quantity> = {
  fraction: percent,
  bytes,
  ms: duration,
  "per second": (value) => ({ value: number(value), unit: "/s" }),
  count: (value) => ({ value: number(value), unit: "" }),
};
