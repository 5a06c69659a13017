/** What is observed, how much of it, and what stands out. */
import { liveDetectionLimits } from "../core/anomaly/limits.ts";
import type { Observer } from "../core/observer.ts";
import { seriesLimits } from "../limits.ts";
import type { AnalyticsHost } from "./host.ts";
import type { Predictor } from "./predict.ts";

type Status = "healthy" | "degraded" | "failed" | "unknown";

export function createStatus(host: AnalyticsHost, observer: Observer, predictor: Predictor) {
  return () => {
    const series = observer.list();
    const warmingUp = series.filter(({ baseline }) => baseline.state === "warming up").length;
    // What somebody sends is no matter of the platform's health.
    const open = series.filter(({ id }) => observer.anomalies.openOn(id) !== null).length;
    const anomalies = { open, total: observer.anomalies.total };
    const { active, firing, pending } = observer.alerts.list(host.now());
    const critical = active.filter(
      ({ state, severity }) => state === "firing" && severity === "critical",
    ).length;
    return {
      ...verdictOver({ series: series.length, warmingUp, open: anomalies.open, firing, critical }),
      at: host.now(),
      observingSince: observer.since,
      series: series.length,
      seriesMax: seriesLimits.seriesMax,
      readings: observer.readings,
      warmingUp,
      anomalies,
      alerts: { firing, pending },
      predictions: predictor.predictions,
      falsePositiveRate: liveDetectionLimits.falsePositiveRate,
    };
  };
}

interface Counts {
  readonly series: number;
  readonly warmingUp: number;
  readonly open: number;
  readonly firing: number;
  readonly critical: number;
}

function verdictOver({ series, warmingUp, open, firing, critical }: Counts): {
  status: Status;
  verdict: string;
} {
  if (series === 0) return { status: "unknown", verdict: "Nothing has been observed yet" };
  const watched = series - warmingUp;
  const seen = `${watched} of ${series} series have enough data`;
  if (firing > 0) {
    const alerts = `${firing} ${firing === 1 ? "alert is" : "alerts are"} firing`;
    return { status: critical > 0 ? "failed" : "degraded", verdict: `${alerts}; ${seen}` };
  }
  if (open > 0) {
    const unusual = `${open} series ${open === 1 ? "is" : "are"} unusual now`;
    return { status: "degraded", verdict: `${unusual}; ${seen}` };
  }
  if (watched === 0) return { status: "unknown", verdict: `Warming up: ${seen}` };
  return { status: "healthy", verdict: `Nothing unusual; ${seen}` };
}
