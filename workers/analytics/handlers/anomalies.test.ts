/** Sessions of one's own telemetry, labels and what becomes of them, without a running platform. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { sessionLimits } from "../anomaly-limits.ts";
import { scoreInputSchema, type SessionInput } from "../contract.ts";
import { Observer } from "../core/observer.ts";
import { FeedbackStore, openFeedbackDatabase } from "../feedback-store.ts";
import { DetectorSessions } from "./detector-sessions.ts";
import { FeedbackDesk } from "./feedback.ts";
import { orderOf } from "./score.ts";

const folder = mkdtempSync(join(tmpdir(), "anomaly-feedback-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const input: SessionInput = {
  title: "My queue",
  detector: "combined",
  features: ["queue"],
  unit: "count",
  intervalMs: 1_000,
  threshold: 0.5,
  likelihood: false,
  seed: 1,
};

function analytics(home: string | null = null) {
  const clock = { now: 1_000_000 };
  const host = {
    now: () => clock.now,
    monotonicMs: () => clock.now,
    breathe: () => Promise.resolve(),
  };
  const observer = new Observer();
  const store = new FeedbackStore(openFeedbackDatabase(home, 0));
  const feedback = new FeedbackDesk({
    host,
    observer,
    store,
    kept: "on disk",
    opinionsOf: () => Promise.resolve({ readings: 0, note: null, opinions: [] }),
    changed: () => {},
  });
  const sessions = new DetectorSessions({
    host,
    observer,
    anomaliesChanged: () => {},
    forget: (series) => feedback.reset(series),
  });
  const feed = (id: string, values: readonly (number | null)[]) =>
    sessions.feed(
      id,
      values.map((queue) => ({ values: { queue } })),
      undefined,
    );
  return { clock, observer, store, feedback, sessions, feed };
}

const ordinary = Array.from({ length: 150 }, (_, i) => 10 + ((i * 7) % 5));

describe("a session", () => {
  it("says how far it has warmed up, then judges each reading and explains alarms", async () => {
    const { sessions, feed, observer } = analytics();
    const { id, state } = sessions.create(input);
    expect(state).toBe("warming up, 0 of 100");
    expect((await feed(id, ordinary)).session.state).toBe("watching");
    const { verdicts, session } = await feed(id, [12, null, 90]);
    expect(verdicts.map(({ alarm }) => alarm)).toEqual([false, false, true]);
    expect(verdicts[1]?.score).toBeNull();
    expect(verdicts[2]).toMatchObject({ unusual: ["queue"] });
    expect(verdicts[2]?.reason).toMatch(/^queue: the (reading|mean of 12 readings) is /);
    expect(session.alarms).toHaveLength(1);
    const { anomalies } = observer.anomalies.list(5, `${id}.queue`);
    expect(anomalies).toMatchObject([{ title: "My queue", peak: 90 }]);
  });

  it("refuses features it has not, times that run backwards, and ids that are not", async () => {
    const { sessions, feed } = analytics();
    const { id } = sessions.create(input);
    const code = (problem: string) => expect.objectContaining({ code: problem }) as unknown;
    await expect(sessions.feed(id, [{ values: { other: 1 } }], undefined)).rejects.toEqual(
      code("READINGS_UNFIT"),
    );
    await feed(id, [1]);
    await expect(sessions.feed(id, [{ at: 5, values: { queue: 1 } }], undefined)).rejects.toEqual(
      code("READINGS_UNFIT"),
    );
    await expect(feed("session-99", [1])).rejects.toEqual(code("SESSION_UNKNOWN"));
  });

  it("is one of a bounded number, and ends by itself and with it its series", async () => {
    const { sessions, clock, observer, feed } = analytics();
    const first = sessions.create(input);
    await feed(first.id, ordinary);
    for (let i = 1; i < sessionLimits.sessionsMax; i += 1) sessions.create(input);
    expect(() => sessions.create(input)).toThrow("16 sessions are open already");
    clock.now += sessionLimits.idleMs + 1;
    expect(sessions.list()).toEqual([]);
    expect(observer.get(`${first.id}.queue`)).toBeNull();
    expect(observer.points(`${first.id}.queue`, "1s", 5)).toEqual([]);
  });

  it("streams its state on every reading until it ends", async () => {
    const { sessions, feed } = analytics();
    const { id } = sessions.create(input);
    const watch = sessions.watch(id, undefined);
    expect((await watch.next()).value).toMatchObject({ readings: 0 });
    await feed(id, [1, 2]);
    expect((await watch.next()).value).toMatchObject({ readings: 2 });
    sessions.remove(id);
    expect((await watch.next()).value).toMatchObject({ state: "ended" });
    expect((await watch.next()).done).toBe(true);
  });
});

describe("labels", () => {
  async function withAnomaly(home: string | null = null) {
    const all = analytics(home);
    const { id } = all.sessions.create(input);
    await all.feed(id, ordinary);
    await all.feed(id, [30]);
    const anomaly = all.observer.anomalies.list(1).anomalies[0]!;
    return { ...all, anomaly, series: `${id}.queue` };
  }

  it("of a false alarm raise the threshold of the series, and taking it back lowers it", async () => {
    const { feedback, anomaly, observer, series } = await withAnomaly();
    const before = observer.get(series)!.baseline.threshold!;
    const labelled = await feedback.label({
      id: anomaly.id,
      verdict: "false alarm",
      note: "known",
    });
    expect(labelled.label).toMatchObject({ verdict: "false alarm", note: "known" });
    const { sensitivity, baseline } = observer.get(series)!;
    expect(sensitivity).toBeGreaterThan(1);
    expect(baseline.threshold).toBeCloseTo(before * sensitivity, 9);
    expect(feedback.report().adjustments).toMatchObject([{ series, falseAlarms: 1 }]);
    expect(feedback.unlabel(anomaly.id).label).toBeNull();
    expect(observer.get(series)!.baseline.threshold).toBeCloseTo(before, 9);
  });

  it("stay when the series is reset, but count no more", async () => {
    const { feedback, anomaly, observer, series, clock } = await withAnomaly();
    await feedback.label({ id: anomaly.id, verdict: "false alarm", note: "" });
    clock.now += 1;
    const { labels, adjustments } = feedback.reset(series);
    expect(labels).toMatchObject([{ series, counts: false }]);
    expect(adjustments).toMatchObject([{ series, factor: 1 }]);
    expect(observer.get(series)!.sensitivity).toBe(1);
    expect(feedback.reset("no.series").labels).toHaveLength(1);
  });

  it("survive the thread when there is a home", async () => {
    const { feedback, anomaly, series, store } = await withAnomaly(folder);
    await feedback.label({ id: anomaly.id, verdict: "false alarm", note: "kept" });
    const { factor } = feedback.report().adjustments[0]!;
    store.close();
    const later = analytics(folder);
    expect(later.feedback.report()).toMatchObject({
      labels: [{ series, note: "kept", counts: true }],
      adjustments: [{ series, factor }],
    });
    later.store.close();
  });

  it("are refused for anomalies that nobody knows", async () => {
    const { feedback } = analytics();
    await expect(feedback.label({ id: 7, verdict: "true alarm", note: "" })).rejects.toMatchObject({
      code: "ANOMALY_UNKNOWN",
    });
  });
});

describe("an order to score", () => {
  const some = Array.from({ length: 20 }, (_, i) => i);
  it.each([
    [{}, "values"],
    [{ values: some, features: { a: some } }, "values"],
    [{ features: {} }, "features"],
    [{ features: { a: some, b: some.slice(1) } }, "features.b"],
    [{ values: some, times: [1, 2] }, "times"],
    [{ values: some, times: some.map((i) => (i === 7 ? 0 : i + 1)) }, "times.7"],
    [{ values: some, windows: [[3, 2]] }, "windows.0"],
    [
      {
        values: some,
        windows: [
          [3, 5],
          [5, 6],
        ],
      },
      "windows.1",
    ],
    [{ values: some, windows: [[3, 20]] }, "windows.0"],
    [{ detector: "all", values: Array<number>(5_001).fill(1) }, "detector"],
  ])("that does not fit names the field: %j", (body, path) => {
    const parsed = scoreInputSchema.parse(body);
    expect(() => orderOf(parsed)).toThrow(
      expect.objectContaining({
        code: "SERIES_UNFIT",
        data: expect.objectContaining({ issues: [expect.objectContaining({ path })] }),
      }),
    );
  });
});
