/** What else is known of the minutes around an anomaly. */
import type { Alert, Anomaly } from "../../../workers/analytics/contract.ts";
import type { LifecycleEvent } from "../../../workers/service/contract.ts";

const marginMs = 60_000;
const linesMax = 12;

export interface RelatedLine {
  readonly key: string;
  readonly at: number;
  readonly text: string;
  /** Where it is seen. */
  readonly path: string;
}

interface Known {
  readonly alerts: readonly Alert[];
  readonly events: readonly LifecycleEvent[];
  readonly anomalies: readonly Anomaly[];
}

/** The thread a series is of, `platform`, or the session that feeds it. */
export function subjectOf(series: string): string {
  return series.slice(0, series.indexOf("."));
}

/** Oldest first, at most twelve: those of the same subject go before the others when there are more. */
export function around(anomaly: Anomaly, { alerts, events, anomalies }: Known): RelatedLine[] {
  const [from, to] = [anomaly.since - marginMs, (anomaly.until ?? Infinity) + marginMs];
  const overlaps = (start: number, end: number | null) => start <= to && (end ?? Infinity) >= from;
  const subject = subjectOf(anomaly.series);
  const lines = [
    ...alerts
      .filter(({ since, resolvedAt }) => overlaps(since, resolvedAt))
      .map((alert) => ({
        key: alert.id,
        at: alert.since,
        text: `Alert: ${alert.title} (${alert.subject}), ${alert.state}`,
        path: `/alerts?alert=${alert.id}`,
        subject: alert.subject,
      })),
    ...events
      .filter(({ at }) => overlaps(at, at))
      .map(({ sequence, at, thread, message }) => ({
        key: `event ${sequence}`,
        at,
        text: `${thread}: ${message}`,
        path: `/logs?subsystem=${thread}`,
        subject: thread,
      })),
    ...anomalies
      .filter(({ id, since, until }) => id !== anomaly.id && overlaps(since, until))
      .map(({ id, since, title, kind, series }) => ({
        key: `anomaly ${id}`,
        at: since,
        text: `Anomaly #${id}: ${kind} of ${title}`,
        path: `/analytics/anomalies?anomaly=${id}`,
        subject: subjectOf(series),
      })),
  ];
  const isNear = (line: { subject: string }) => line.subject === subject;
  return [...lines.filter(isNear), ...lines.filter((line) => !isNear(line))]
    .slice(0, linesMax)
    .toSorted((a, b) => a.at - b.at)
    .map(({ subject: _subject, ...line }) => line);
}
