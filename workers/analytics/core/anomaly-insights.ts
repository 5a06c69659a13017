/** Anomalies in plain words, with what happened at the same time. Nothing is said but what is known. */
import type { LifecycleEvent } from "../../service/contract.ts";
import type { Alert, Anomaly, Insight } from "../contract.ts";
import { quantity } from "./quantity.ts";

/** What came so shortly before an anomaly is told with it. */
const beforeMs = 20_000;
const afterMs = 5_000;
const eventsMax = 2;
const alongMax = 3;
const messageLengthMax = 120;
/** Relative to less than this share of the peak, a change is not told in percent. */
const expectedShareMin = 0.05;

interface Circumstances {
  readonly anomalies: readonly Anomaly[];
  readonly alerts: readonly Alert[];
  readonly events: readonly LifecycleEvent[];
  readonly at: number;
}

export function fromAnomaly(anomaly: Anomaly, circumstances: Circumstances): Insight {
  const { id, title, severity, series, since, until, explanation } = anomaly;
  const subject = series.slice(0, series.indexOf("."));
  const events = eventsAround(anomaly, subject, circumstances);
  const along = circumstances.anomalies.filter(
    (other) => other.id !== id && other.label?.verdict !== "false alarm" && overlap(anomaly, other),
  );
  const alerts = circumstances.alerts.filter(
    (alert) => alert.state === "firing" && alert.subject === subject,
  );
  const change = changeOf(anomaly);
  const sentences = [
    `${title} ${change} at ${clock(since)} (anomaly #${id})${whileOf(events)}.`,
    explanation,
    ...(along.length === 0 ? [] : [`At the same time: ${listed(along.map(shortly))}.`]),
  ];
  return {
    id: `anomaly:${id}`,
    level: until === null && severity === "high" ? "warning" : "advice",
    title: `${title} ${change}${until === null ? "" : ", over again"}`,
    detail: sentences.join(" "),
    action:
      until === null
        ? "See the anomaly for the detectors' opinions, and say whether it is a true alarm."
        : null,
    series,
    evidence: [
      { label: `Anomaly #${id}`, path: `/analytics/anomalies?anomaly=${id}` },
      ...alerts.map((alert) => ({ label: `Alert ${alert.id}`, path: `/alerts?alert=${alert.id}` })),
      ...(events.length === 0
        ? []
        : [{ label: "Log of the thread", path: `/logs?subsystem=${events[0]!.thread}` }]),
    ],
  };
}

/** "rose by 40 %", or between which values where a share would say nothing. */
function changeOf({ peak, expected, unit, kind, score }: Anomaly): string {
  const verb = score > 0 ? "rose" : "fell";
  const to = quantity(peak, unit);
  if (kind === "level shift") return `moved from ${quantity(expected, unit)} to ${to}`;
  if (Math.abs(expected) <= expectedShareMin * Math.abs(peak)) return `${verb} to ${to}`;
  return `${verb} by ${Math.round((100 * Math.abs(peak - expected)) / Math.abs(expected))} %`;
}

function eventsAround(
  { since, until }: Anomaly,
  subject: string,
  { events, at }: Circumstances,
): LifecycleEvent[] {
  const [from, to] = [since - beforeMs, (until ?? at) + afterMs];
  const near = events.filter(
    (event) => event.at >= from && event.at <= to && ["platform", event.thread].includes(subject),
  );
  // What went wrong explains more than what went well.
  const wrong = near.filter(({ level }) => level !== "info");
  return (wrong.length > 0 ? wrong : near).slice(0, eventsMax);
}

function whileOf(events: readonly LifecycleEvent[]): string {
  if (events.length === 0) return "";
  return `, while the log says ${listed(
    events.map(
      ({ at, thread, message }) => `“${thread}: ${firstSentence(message)}” at ${clock(at)}`,
    ),
  )}`;
}

/** What follows is for the log itself, such as where in the code it happened. */
function firstSentence(message: string): string {
  const [sentence = message] = /^.*?[.!?](?=\s|$)/.exec(message) ?? [];
  return sentence.length > messageLengthMax ? `${sentence.slice(0, messageLengthMax)}…` : sentence;
}

function overlap(one: Anomaly, other: Anomaly): boolean {
  const end = (each: Anomaly) => (each.until ?? Infinity) + afterMs;
  return other.since <= end(one) && one.since <= end(other);
}

function shortly({ id, title, score }: Anomaly): string {
  return `${title} ${score > 0 ? "rose" : "fell"} (#${id})`;
}

function listed(parts: readonly string[]): string {
  const shown = parts.slice(0, alongMax);
  const more = parts.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(" and ");
}

/** The time of day, in the one zone that needs no asking. */
function clock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}
