/** A series of the platform as forecasts take it. */
import type { Observer } from "../core/observer.ts";
import { type History, historyOf } from "../core/own-history.ts";
import { forecastLimits } from "../limits.ts";

/** Since the last change of level; without the start-up, when enough is left. */
export function settledHistory(
  observer: Observer,
  id: string,
): { history: History; shiftedAt: number | null } {
  const points = (resolution: "1s" | "10s", count: number) =>
    observer.points(id, resolution, count);
  const shiftedAt = observer.anomalies.shiftOf(id);
  const from = shiftedAt ?? 0;
  const started = (observer.since ?? 0) + forecastLimits.startUpMs;
  const settled = historyOf(points, Math.max(from, started));
  const isEnough = settled.values.length >= forecastLimits.ownReadingsMin;
  return { history: isEnough ? settled : historyOf(points, from), shiftedAt };
}
