/** Rows of the live chart: readings, what was unusual among them, and the forecast after them. */
import type { Anomaly, Forecast, SeriesPoint } from "../../../workers/analytics/contract.ts";
import type { SeriesRow } from "../../data/samples.ts";

/** More points than this are not visible on a chart. */
const pointsMax = 400;

interface ChartInputs {
  readonly points: readonly SeriesPoint[];
  readonly anomalies: readonly Anomaly[];
  readonly forecast: Forecast | null;
  readonly resolutionMs: number;
}

export function chartRows({ points, anomalies, forecast, resolutionMs }: ChartInputs): SeriesRow[] {
  const stride = Math.max(1, Math.ceil(points.length / pointsMax));
  const last = points.length - 1;
  const rows: SeriesRow[] = points.flatMap(({ at, value }, index) => {
    const unusual = anomalies.some(
      ({ since, until }) => at >= since - resolutionMs && at <= (until ?? at) + resolutionMs / 2,
    );
    // Counted from the newest, so that the newest is always there; what is unusual is never lost.
    if (!unusual && (last - index) % stride !== 0) return [];
    return [{ at, values: { reading: value, ...(unusual ? { unusual: value } : {}) } }];
  });
  const newest = points.at(-1)?.at ?? 0;
  const ahead = (forecast?.points ?? []).flatMap(({ at, mean, lower, upper }) =>
    at === null || at <= newest ? [] : [{ at, values: { forecast: mean, lower, upper } }],
  );
  return [...rows, ...ahead];
}
