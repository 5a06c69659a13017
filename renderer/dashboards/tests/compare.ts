/** How a component did against the same component in an earlier run. */
import type { ComponentRun } from "../../../workers/integration/contract.ts";
import { duration, text } from "../../components/format.ts";

type Timed = Pick<ComponentRun, "status" | "durationMs">;

/** E.g. "+1.2 ms", or the change of status where there is one; null without a comparison. */
export function changeOf(now: Timed, before: Timed | undefined): string | null {
  if (before === undefined || now.status === "running") return null;
  if (before.status !== now.status) return `was ${before.status}`;
  if (now.durationMs === null || before.durationMs === null) return null;
  const change = now.durationMs - before.durationMs;
  return `${change < 0 ? "−" : "+"}${text(duration(Math.abs(change)))}`;
}
