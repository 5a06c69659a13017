/** Analytics and alerts as a client meets them, on the running platform. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AlertsOutput,
  analyticsContract,
  type PredictOutput,
  predictExamples,
} from "../workers/analytics/contract.ts";
import { problemSchema } from "../workers/service/contract.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

const analyticsPort = 2;

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess(["--ephemeral", "--only", "analytics,quantum,gateway"]);
});
afterAll(async () => {
  await platform.stopCleanly();
});

const get = async <T>(path: string): Promise<T> => {
  const answer = await fetch(platform.url(path, analyticsPort));
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
};

const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(platform.url(path, analyticsPort), {
    method: "POST",
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const problemOf = async (answer: Response) => problemSchema.parse(await answer.json());

/** Asks again until it holds; the platform is observed once a second. */
async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const value = await read();
    if (holds(value)) return value;
    await sleep(150);
  }
  throw new Error("It did not come to hold within 15 s.");
}

describe("POST /api/analytics/predict", () => {
  const outputOf = async (answer: Response): Promise<PredictOutput> => {
    expect(answer.status).toBe(200);
    return (await answer.json()) as PredictOutput;
  };

  it.each([
    ["no body and no content type", undefined, {}],
    ["no body, as curl -H sends it", undefined, { "content-type": "application/json" }],
    ["an empty object", {}, {}],
  ])("with %s is about the platform's own load", async (_, body, headers) => {
    const output = await outputOf(await post("/api/analytics/predict", body, headers));
    expect(output.subject).toBe("platform load");
    expect(output.forecasts.map(({ series }) => series)).toEqual([
      "platform.requests",
      "platform.cpu",
    ]);
    for (const { status, points, notes, observations } of output.forecasts) {
      // The platform has just started: what it has is said, and nothing is made up.
      expect(status).toBe(observations < 30 ? "not enough data" : "ok");
      if (observations < 30) expect(points).toEqual([]);
      if (observations < 30) expect(notes[0]).toContain(`Only ${observations} readings`);
    }
  });

  it("forecasts a given series, as the textbook has it", async () => {
    const input = predictExamples["annual oil production, Saudi Arabia 1996-2013"];
    const { forecasts } = await outputOf(await post("/api/analytics/predict", input));
    expect(forecasts).toHaveLength(1);
    // Forecasting: Principles and Practice, section 7.1.
    expect(forecasts[0]?.model?.name).toBe("simple");
    expect(forecasts[0]?.points.map(({ mean }) => Math.round(mean * 10) / 10)).toEqual(
      Array.from({ length: 5 }, () => 542.7),
    );
    expect(forecasts[0]?.points[0]?.lower).toBeCloseTo(484.2183, 0);
  });

  it("takes the longest series without holding up other answers", async () => {
    const series = Array.from(
      { length: 2_000 },
      (_, i) => Math.sin(i / 9) + ((i * 7_919) % 97) / 50,
    );
    const [forecast, ...delays] = await Promise.all([
      post("/api/analytics/predict", { series, horizon: 500 }),
      ...Array.from({ length: 10 }, async () => {
        const began = performance.now();
        await get("/api/analytics/status");
        return performance.now() - began;
      }),
    ]);
    expect((await outputOf(forecast)).forecasts[0]?.points).toHaveLength(500);
    expect(Math.max(...delays)).toBeLessThan(500);
  });

  it.each([
    ["too few values", { series: [1, 2] }, "series"],
    ["too many values", { series: Array(2_001).fill(1) }, "series"],
    ["a value that is no number", { series: [1, "2", 3] }, "series.1"],
    ["a missing value", { series: [1, null, 3] }, "series.1"],
    ["a horizon of nothing", { series: [1, 2, 3], horizon: 0 }, "horizon"],
    ["an endless horizon", { series: [1, 2, 3], horizon: 501 }, "horizon"],
    ["a broken season", { series: [1, 2, 3], season: 1.5 }, "season"],
    ["a certain interval", { series: [1, 2, 3], level: 1 }, "level"],
    ["an unknown key", { series: [1, 2, 3], model: "oracle" }, ""],
  ])("refuses %s and names the field", async (_, body, path) => {
    const problem = await problemOf(await post("/api/analytics/predict", body));
    expect(problem).toMatchObject({ status: 400, code: "INPUT_INVALID" });
    expect(problem.issues?.map((issue) => issue.path)).toContain(path);
  });
});

describe("live series", () => {
  it("are listed with how much is known of each", async () => {
    const list = analyticsContract.series.list["~orpc"].outputSchema;
    const answer = await until(
      () => get<{ series: { id: string; latest: number | null }[] }>("/api/analytics/series"),
      ({ series }) => series.some(({ latest }) => latest !== null),
    );
    expect(list?.safeParse(answer).success).toBe(true);
    const ids = answer.series.map(({ id }) => id);
    expect(ids).toContain("platform.cpu");
    expect(ids).toContain("quantum.requests");
  });

  it("hold one reading a second, with what is missing as null", async () => {
    const { points } = await until(
      () =>
        get<{ points: { at: number; value: number | null }[] }>(
          "/api/analytics/series/platform.cpu?points=5",
        ),
      (answer) => answer.points.length === 5,
    );
    for (const [index, { at }] of points.entries()) {
      const before = points[index - 1]?.at ?? at - 1_000;
      expect(at - before).toBeGreaterThanOrEqual(800);
    }
  });

  it("see the requests that are made", async () => {
    for (let i = 0; i < 60; i += 1) await get("/api/health");
    const { series } = await until(
      () => get<{ series: { latest: number | null } }>("/api/analytics/series/analytics.requests"),
      (answer) => (answer.series.latest ?? 0) > 5,
    );
    expect(series.latest).toBeGreaterThan(5);
  });

  it.each([
    ["/api/analytics/series/no.series", 404, "SERIES_UNKNOWN"],
    ["/api/analytics/series/NO", 400, "INPUT_INVALID"],
    ["/api/analytics/series/platform.cpu?points=0", 400, "INPUT_INVALID"],
    ["/api/analytics/series/platform.cpu?resolution=1h", 400, "INPUT_INVALID"],
    ["/api/analytics/anomalies?limit=501", 400, "INPUT_INVALID"],
    ["/api/analytics/status?all=1", 400, "INPUT_INVALID"],
  ])("GET %s answers %i %s", async (path, status, code) => {
    const answer = await fetch(platform.url(path, analyticsPort));
    expect(await problemOf(answer)).toMatchObject({ status, code });
  });
});

describe("status, models, insights and anomalies", () => {
  it.each([
    ["/api/analytics/status", analyticsContract.status],
    ["/api/analytics/models", analyticsContract.models],
    ["/api/analytics/insights", analyticsContract.insights],
    ["/api/analytics/anomalies", analyticsContract.anomalies.list],
    ["/api/alerts", analyticsContract.alerts.list],
  ])("GET %s answers as its contract says", async (path, procedure) => {
    const parsed = procedure["~orpc"].outputSchema?.safeParse(await get(path));
    expect(parsed?.error).toBeUndefined();
  });

  it.each(["/api/analytics/anomalies/watch", "/api/alerts/watch"])(
    "GET %s streams its state at once",
    async (path) => {
      const controller = new AbortController();
      const answer = await fetch(platform.url(path, analyticsPort), { signal: controller.signal });
      expect(answer.headers.get("content-type")).toContain("text/event-stream");
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (!text.includes("data: {")) text += (await reader?.read())?.value ?? "";
      expect(text).toContain("event: message");
      controller.abort();
    },
  );
});

describe("alerts", () => {
  const alerts = () => get<AlertsOutput>("/api/alerts");

  it("tell of a thread that keeps dying, are acknowledged, silenced and stay visible", async () => {
    for (let i = 0; i < 3; i += 1) {
      const path = "/api/platform/threads/quantum/fault";
      expect((await post(path, { kind: "crash" })).status).toBe(200);
      await until(
        () => get<{ threads: { id: string; state: string; restarts: number }[] }>("/api/platform"),
        ({ threads }) =>
          threads.some(
            ({ id, state, restarts }) => id === "quantum" && state === "ready" && restarts > i,
          ),
      );
    }
    const { active } = await until(alerts, ({ firing }) => firing > 0);
    const alert = active.find(({ rule }) => rule === "restart-loop");
    expect(alert).toMatchObject({
      category: "health",
      severity: "critical",
      state: "firing",
      subject: "quantum",
      evidence: "/components?thread=quantum",
    });
    expect(alert?.observed).toContain("restarted 3 times within 5 min");

    const path = `/api/alerts/${alert?.id}`;
    const acknowledged = await post(`${path}/acknowledge`, { note: "a test" });
    expect(await acknowledged.json()).toMatchObject({ note: "a test", state: "firing" });
    const silenced = (await (await post(`${path}/silence`, { minutes: 10 })).json()) as {
      silencedUntil: number;
    };
    expect(silenced.silencedUntil).toBeGreaterThan(Date.now());
    const loud = (await (await post(`${path}/silence`, { minutes: 0 })).json()) as object;
    expect(loud).toMatchObject({ silencedUntil: null, note: "a test" });
  }, 30_000);

  it.each([
    ["alert-999999", "acknowledge", {}, 404, "ALERT_UNKNOWN"],
    ["alert-999999", "silence", { minutes: 5 }, 404, "ALERT_UNKNOWN"],
    ["first", "acknowledge", {}, 400, "INPUT_INVALID"],
    ["alert-1", "silence", { minutes: -1 }, 400, "INPUT_INVALID"],
    ["alert-1", "silence", {}, 400, "INPUT_INVALID"],
    ["alert-1", "acknowledge", { note: "x".repeat(501) }, 400, "INPUT_INVALID"],
  ])("POST for %s to %s with %j answers %i %s", async (id, action, body, status, code) => {
    const answer = await post(`/api/alerts/${id}/${action}`, body);
    expect(await problemOf(answer)).toMatchObject({ status, code });
  });
});
