import { subsystemIdSchema } from "../../../workers/service/contract.ts";
import { threadSeries } from "../../components/series.ts";

/** A component that is a thread has its thread's colour; the consensus group is none. */
export function componentColor(id: string): string {
  const thread = subsystemIdSchema.safeParse(id);
  return thread.success ? threadSeries(thread.data).color : "var(--series-neutral)";
}
