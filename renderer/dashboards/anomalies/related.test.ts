import { describe, expect, it } from "vitest";
import type { Alert, Anomaly, SeriesPoint } from "../../../workers/analytics/contract.ts";
import type { LifecycleEvent } from "../../../workers/service/contract.ts";
import { anomalyRows } from "./anomaly-rows.ts";
import { plotRows } from "./plot-rows.ts";
import { around } from "./related.ts";

const at = 10_000_000;
const anomaly = (changes: Partial<Anomaly>): Anomaly =>
  ({
    id: 1,
    series: "edge.cpu",
    title: "CPU of Edge",
    kind: "spike",
    since: at,
    until: at + 5_000,
    threshold: 4,
    ...changes,
  }) as Anomaly;
const event = (sequence: number, when: number, thread = "edge"): LifecycleEvent =>
  ({ sequence, at: when, thread, level: "info", message: "ready" }) as LifecycleEvent;

describe("what happened around an anomaly", () => {
  it("is what overlaps it within a minute, oldest first, and never the anomaly itself", () => {
    const alerts = [
      { id: "alert-1", since: at - 900_000, resolvedAt: null, subject: "edge" } as Alert,
      { id: "alert-2", since: at - 900_000, resolvedAt: at - 70_000, subject: "edge" } as Alert,
    ];
    const lines = around(anomaly({}), {
      alerts,
      events: [event(7, at + 1_000), event(8, at + 66_000)],
      anomalies: [anomaly({}), anomaly({ id: 2, since: at + 40_000, until: null })],
    });
    expect(lines.map(({ key }) => key)).toEqual(["alert-1", "event 7", "anomaly 2"]);
    expect(lines[2]?.path).toBe("/analytics/anomalies?anomaly=2");
  });

  it("keeps to its own thread when there is too much", () => {
    const others = Array.from({ length: 20 }, (_, i) => event(i, at + i, "quantum"));
    const lines = around(anomaly({}), {
      alerts: [],
      events: [...others, event(99, at + 4_000)],
      anomalies: [],
    });
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)?.key).toBe("event 99");
  });
});

describe("the charts of an anomaly", () => {
  const points: SeriesPoint[] = Array.from({ length: 600 }, (_, i) => ({
    at: at - 400_000 + i * 1_000,
    value: i === 300 ? null : i,
    score: i === 300 ? null : -i / 100,
    low: 0,
    high: 500,
  }));

  it("show three minutes before to one after, mark what was unusual, and leave gaps open", () => {
    const { series, score, spanMs } = anomalyRows(points, anomaly({}), 1_000);
    expect(spanMs).toBe(180_000 + 5_000 + 60_000);
    const marked = series.filter(({ values }) => "unusual" in values);
    expect(marked.map((row) => row.at)).toEqual([0, 1, 2, 3, 4, 5].map((i) => at + i * 1_000));
    expect(series.find((row) => row.at === at - 100_000)?.values["reading"]).toBeNull();
    expect(score.find((row) => row.at === at - 100_000)?.values["score"]).toBeNull();
    expect(score.every(({ values }) => (values["score"] ?? 0) >= 0)).toBe(true);
  });
});

describe("the plot of one's own series", () => {
  it("loses no alarm, however many readings there are", () => {
    const values = Array.from({ length: 25_000 }, (_, i) => i);
    const scores = values.map((i) => (i % 4_001 === 4_000 ? 0.8 : 0.1));
    const rows = plotRows(values, scores, 0.5);
    expect(rows.length).toBeLessThanOrEqual(600);
    expect(rows.filter(({ alarm }) => alarm !== null).map(({ alarm }) => alarm)).toEqual(
      values.filter((i) => i % 4_001 === 4_000),
    );
  });
});
