import { useQuery } from "@tanstack/react-query";
import type { Anomaly } from "../../../workers/analytics/contract.ts";
import { formatDateTime } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { PathLink } from "../../components/path-link.tsx";
import { orpc } from "../../data/client.ts";
import { usePreferences } from "../../data/preferences.ts";
import { useRefresh } from "../analytics/use-refresh.ts";
import { AnomalyChart } from "./anomaly-chart.tsx";
import classes from "./anomalies.module.css";
import { LabelForm } from "./label-form.tsx";
import { OpinionsPanel } from "./opinions-panel.tsx";
import { around, subjectOf } from "./related.ts";

/** One anomaly: why, the series around it, a label, the detectors' opinions, what happened then. */
export function AnomalyDetails({ anomaly }: { readonly anomaly: Anomaly }) {
  const { timeFormat } = usePreferences();
  const { id, title, explanation, since, until, likelihood, view, series } = anomaly;
  const facts = [
    ["Began", formatDateTime(since, timeFormat)],
    ["Ended", until === null ? "still going on" : formatDateTime(until, timeFormat)],
    ["Stands out", view === "reading" ? "single readings" : "their mean over 12"],
    ["Likelihood", likelihood > 0.9999 ? "over 99.99 %" : `${(likelihood * 100).toFixed(2)} %`],
    [
      "Threshold raised",
      anomaly.sensitivity === 1 ? "no" : `${anomaly.sensitivity.toFixed(2)} times`,
    ],
  ] as const;
  return (
    <div className={classes.details}>
      <Panel title={`Anomaly #${id}: ${title}`} id="anomaly">
        <div className={classes.padded}>
          <p>{explanation}</p>
          <dl className={classes.facts}>
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <LabelForm anomaly={anomaly} />
        </div>
      </Panel>
      <AnomalyChart anomaly={anomaly} />
      <OpinionsPanel anomaly={anomaly} />
      <Panel title="Around that time" id="around">
        <div className={classes.padded}>
          <Related anomaly={anomaly} />
          <p className={classes.links}>
            <PathLink path={`/analytics?series=${series}`}>Real-time view of {series}</PathLink>
            <PathLink path={logsPath(series)}>Logs</PathLink>
            <PathLink path="/traces">Traces</PathLink>
          </p>
        </div>
      </Panel>
    </div>
  );
}

function logsPath(series: string): string {
  const subject = subjectOf(series);
  return subject === "platform" || subject.startsWith("session-")
    ? "/logs"
    : `/logs?subsystem=${subject}`;
}

/** Alerts, lifecycle events and other anomalies of the same minutes. */
function Related({ anomaly }: { readonly anomaly: Anomaly }) {
  const refetchInterval = useRefresh(5_000);
  const { timeFormat } = usePreferences();
  const alerts = useQuery(orpc.analytics.alerts.list.queryOptions({ input: {}, refetchInterval }));
  const events = useQuery(orpc.platform.events.queryOptions({ input: {}, refetchInterval }));
  const others = useQuery(
    orpc.analytics.anomalies.list.queryOptions({ input: { limit: 500 }, refetchInterval }),
  );
  const lines = around(anomaly, {
    alerts: [...(alerts.data?.active ?? []), ...(alerts.data?.history ?? [])],
    events: events.data?.events ?? [],
    anomalies: others.data?.anomalies ?? [],
  });
  if (lines.length === 0) {
    return (
      <p className="soft">
        No alert, no lifecycle event and no other anomaly within a minute of it.
      </p>
    );
  }
  return (
    <ul className={classes.related} aria-label="What happened around that time">
      {lines.map(({ key, at, text, path }) => (
        <li key={key}>
          <time dateTime={new Date(at).toISOString()} className="soft">
            {formatDateTime(at, timeFormat)}
          </time>{" "}
          <PathLink path={path}>{text}</PathLink>
        </li>
      ))}
    </ul>
  );
}
