/** A series keeps its colour and its dash on every screen. */
import type { SubsystemId } from "../../workers/service/contract.ts";
import { subsystemTitle } from "../data/subsystem.ts";

export interface Series {
  readonly id: string;
  readonly label: string;
  readonly color: string;
  /** SVG dash pattern, so that lines differ by more than colour. */
  readonly dash?: string;
  /** Single points of note instead of a line. */
  readonly marks?: boolean;
}

const looks: Record<SubsystemId, Pick<Series, "color" | "dash">> = {
  gateway: { color: "var(--series-1)" },
  integration: { color: "var(--series-2)", dash: "7 3" },
  quantum: { color: "var(--series-3)", dash: "2 3" },
  edge: { color: "var(--series-5)", dash: "4 3" },
  microservices: { color: "var(--series-6)", dash: "4 2 1 2" },
  analytics: { color: "var(--series-4)", dash: "9 3" },
  blockchain: { color: "var(--series-7)", dash: "6 2 2 2" },
};

export function threadSeries(id: SubsystemId): Series {
  return { id, label: subsystemTitle(id), ...looks[id] };
}

export const processSeries: Series = {
  id: "process",
  label: "Process",
  color: "var(--series-neutral)",
  dash: "10 3 2 3",
};

/** The memory of the process is counted in another way than that of its threads. */
export const residentSeries: Series = { ...processSeries, label: "Process, resident" };
