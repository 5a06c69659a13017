/** Anomalies in plain words: only what is known, with the evidence. */
import { expect, it } from "vitest";
import type { LifecycleEvent } from "../../service/contract.ts";
import type { Alert, Anomaly } from "../contract.ts";
import { insightsFrom } from "./insights.ts";

const at = Date.UTC(2026, 0, 1, 10, 4, 0);
const anomaly = (changes: Partial<Anomaly>): Anomaly => ({
  id: 12,
  series: "edge.requests",
  title: "Requests of Edge",
  unit: "per second",
  kind: "drop",
  severity: "high",
  since: at - 60_000,
  until: null,
  view: "reading",
  peak: 60,
  peakAt: at - 50_000,
  expected: 100,
  low: 90,
  high: 110,
  score: -12,
  threshold: 4,
  sensitivity: 1,
  likelihood: 1,
  readings: 20,
  explanation: "Requests of Edge fell.",
  label: null,
  ...changes,
});
const event = (changes: Partial<LifecycleEvent>): LifecycleEvent => ({
  sequence: 1,
  at: at - 61_000,
  thread: "edge",
  level: "warn",
  message: "restarting",
  ...changes,
});
const inputs = { models: [], anomalies: [], alerts: [], events: [], at, cores: 2 };

it("says what changed by how much and when, what the log says, and where to see it", () => {
  const [insight] = insightsFrom({
    ...inputs,
    anomalies: [anomaly({})],
    events: [
      event({ message: "Ended (crash): Error: on purpose. at run (file.js:1)" }),
      event({ thread: "quantum" }),
      event({ at: at - 300_000, message: "old" }),
    ],
  });
  expect(insight?.title).toBe("Requests of Edge fell by 40 %");
  expect(insight?.detail).toBe(
    "Requests of Edge fell by 40 % at 10:03:00 UTC (anomaly #12), while the log says “edge: Ended (crash): Error: on purpose.” at 10:02:59 UTC. Requests of Edge fell.",
  );
  expect(insight?.evidence.map(({ path }) => path)).toEqual([
    "/analytics/anomalies?anomaly=12",
    "/logs?subsystem=edge",
  ]);
  expect(insight?.level).toBe("warning");
});

it("names what happened along with it, and the alert of the same thread", () => {
  const other = anomaly({ id: 13, title: "CPU of Edge", series: "edge.cpu", score: 5 });
  const apart = anomaly({ id: 3, since: at - 600_000, until: at - 500_000 });
  const alert = { id: "alert-1", state: "firing", subject: "edge", silencedUntil: null } as Alert;
  const found = insightsFrom({
    ...inputs,
    anomalies: [anomaly({}), other, apart],
    alerts: [{ ...alert, title: "Down", observed: "It is down.", evidence: "/components" }],
  });
  const insight = found.find(({ id }) => id === "anomaly:12");
  expect(insight?.detail).toContain("At the same time: CPU of Edge rose (#13).");
  expect(insight?.evidence.map(({ path }) => path)).toContain("/alerts?alert=alert-1");
});

it("tells no share of nothing, calls a level a level, and says when it is over", () => {
  const titles = insightsFrom({
    ...inputs,
    anomalies: [
      anomaly({ expected: 0, score: 9 }),
      anomaly({ id: 11, kind: "level shift", until: at - 1_000 }),
    ],
  }).map(({ title }) => title);
  expect(titles).toEqual([
    "Requests of Edge rose to 60/s",
    "Requests of Edge moved from 100/s to 60/s, over again",
  ]);
});

it("is silent about what was called a false alarm, and about what is long over", () => {
  const label = { verdict: "false alarm", note: "", at } as const;
  const long = anomaly({ id: 2, until: at - 11 * 60_000 });
  expect(insightsFrom({ ...inputs, anomalies: [anomaly({ label }), long] })).toEqual([]);
});
