/** What forecasts, anomalies and alerts mean, in plain words. Each rests on numbers it names. */
import type { LifecycleEvent } from "../../service/contract.ts";
import type { Alert, Anomaly, Insight, ModelRow } from "../contract.ts";
import { fromAnomaly } from "./anomaly-insights.ts";
import { quantity, seconds } from "./quantity.ts";

/** The budget of the whole platform, as its requirements state it. */
const residentBudgetBytes = 600 * 2 ** 20;
/** A trend is worth a sentence when it moves the forecast by so many deviations. */
const trendDeviations = 2;
const insightsMax = 20;
/** Anomalies that are over are told of for so long, and so many of them. */
const recentMs = 10 * 60_000;
const recentMax = 5;

export interface InsightInputs {
  readonly models: readonly ModelRow[];
  /** Newest first. */
  readonly anomalies: readonly Anomaly[];
  readonly alerts: readonly Alert[];
  /** What happened to threads, oldest first. */
  readonly events: readonly LifecycleEvent[];
  readonly at: number;
  readonly cores: number;
}

export function insightsFrom(inputs: InsightInputs): Insight[] {
  const { models, anomalies, alerts, at, cores } = inputs;
  const told = anomalies.filter(({ label }) => label?.verdict !== "false alarm");
  const open = told.filter(({ until }) => until === null);
  const recent = told.filter(({ until }) => until !== null && until >= at - recentMs);
  return [
    ...alerts
      .filter(({ state, silencedUntil }) => state === "firing" && silencedUntil === null)
      .map(fromAlert),
    ...[...open, ...recent.slice(0, recentMax)].map((each) => fromAnomaly(each, inputs)),
    ...models.flatMap((row) => fromForecast(row, cores)),
  ].slice(0, insightsMax);
}

function fromAlert({ id, title, observed, action, subject, evidence }: Alert): Insight {
  return {
    id: `alert:${id}`,
    level: "warning",
    title: `${title}: ${subject}`,
    detail: observed,
    action,
    series: null,
    evidence: [
      { label: `Alert ${id}`, path: `/alerts?alert=${id}` },
      { label: "What it saw", path: evidence },
    ],
  };
}

function fromForecast({ series, title, unit, forecast }: ModelRow, cores: number): Insight[] {
  const last = forecast.points.at(-1);
  const { model, latest, resolutionMs } = forecast;
  if (forecast.status !== "ok" || !last || !model || latest === null || resolutionMs === null) {
    const missing = `${forecast.observations} of ${forecast.observationsNeeded} readings are there`;
    return [info(series, `${title}: no forecast yet`, `${missing}; it begins when all are.`)];
  }
  const ahead = seconds(last.step * resolutionMs);
  const share = `${(forecast.level * 100).toFixed(0)} %`;
  const band = `${quantity(last.lower, unit)} and ${quantity(last.upper, unit)}`;
  const detail = `In ${ahead} it is expected at ${quantity(last.mean, unit)}, between ${band} with ${share} confidence; now it is ${quantity(latest, unit)}.${pastOf(forecast)}`;
  const limit = limitOf(series, cores);
  if (limit !== null && last.mean > limit.value) {
    return [
      {
        id: `forecast:${series}`,
        level: "warning",
        title: `${title}: heading beyond ${limit.name}`,
        detail,
        action: limit.action,
        series,
        evidence: evidenceOf(series),
      },
    ];
  }
  if (limit !== null && last.upper > limit.value) {
    return [
      {
        id: `forecast:${series}`,
        level: "advice",
        title: `${title}: may pass ${limit.name}`,
        detail,
        action: limit.action,
        series,
        evidence: evidenceOf(series),
      },
    ];
  }
  const moved = Math.abs(last.mean - latest) > trendDeviations * model.sigma && model.sigma > 0;
  const word = !moved ? "steady" : last.mean > latest ? "rising" : "falling";
  return [info(series, `${title}: ${word}`, detail)];
}

function pastOf({ accuracy }: ModelRow["forecast"]): string {
  if (accuracy === null || accuracy.coverage === null)
    return " How well this works is not known yet.";
  return ` Tested on its past, ${(accuracy.coverage * 100).toFixed(0)} % of the values fell within the band.`;
}

function limitOf(series: string, cores: number) {
  if (series === "platform.memory") {
    return {
      value: residentBudgetBytes,
      name: "its budget of 600 MiB",
      action: "See under components which thread grows, and restart that one.",
    };
  }
  if (series === "platform.cpu") {
    return {
      value: 0.85 * cores,
      name: `85 % of ${cores} ${cores === 1 ? "core" : "cores"}`,
      action: "Stop experiments and threads that are not needed before it gets there.",
    };
  }
  return null;
}

function info(series: string, title: string, detail: string): Insight {
  return {
    id: `forecast:${series}`,
    level: "info",
    title,
    detail,
    action: null,
    series,
    evidence: evidenceOf(series),
  };
}

function evidenceOf(series: string): Insight["evidence"] {
  return [{ label: "Series and forecast", path: `/analytics?series=${series}` }];
}
