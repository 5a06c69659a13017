/** Detectors, sessions and labels as a client meets them, on the running platform. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Anomaly,
  anomaliesContract,
  detectorIds,
  type Feedback,
  type ScoreOutput,
  scoreExamples,
  type Session,
  type SessionVerdict,
} from "../workers/analytics/contract.ts";
import { problemSchema } from "../workers/service/contract.ts";
import { type PlatformProcess, startPlatformProcess } from "./platform-process.ts";

const analyticsPort = 2;

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess(["--ephemeral", "--only", "analytics,gateway"]);
});
afterAll(async () => {
  await platform.stopCleanly();
});

const send = (method: string, path: string, body?: unknown) =>
  fetch(platform.url(path, analyticsPort), {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await send(method, path, body);
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text) as T;
}

const sessionsPath = "/api/analytics/detector-sessions";
const quiet = Array.from({ length: 160 }, (_, i) => 10 + ((i * 7) % 5));

async function fed(values: readonly number[]) {
  const { id } = await ask<Session>("POST", sessionsPath, { title: "Queue", features: ["queue"] });
  const readings = values.map((queue) => ({ values: { queue } }));
  const path = `${sessionsPath}/${id}/readings`;
  return ask<{ session: Session; verdicts: SessionVerdict[] }>("POST", path, { readings });
}

describe("POST /api/analytics/detectors/score", () => {
  const path = "/api/analytics/detectors/score";

  it("lets every detector judge a series, side by side", async () => {
    const output = await ask<ScoreOutput>("POST", path, scoreExamples["one spike, every detector"]);
    expect(output.results.map(({ detector }) => detector)).toEqual(detectorIds);
    const { outputSchema } = anomaliesContract.score["~orpc"];
    expect(outputSchema?.safeParse(output).error).toBeUndefined();
    const combined = output.results.find(({ detector }) => detector === "combined");
    expect(combined?.alarms.map(({ first }) => first)).toEqual([140]);
  });

  it("gives the score of the benchmark for labelled windows", async () => {
    const input = scoreExamples["labelled, with the score of NAB"];
    const { results } = await ask<ScoreOutput>("POST", path, input);
    const standard = results[0]?.evaluation?.profiles[0];
    expect(standard).toMatchObject({ profile: "standard" });
    expect(standard?.score).toBeGreaterThan(80);
  });

  it("takes the longest series without holding up other answers", async () => {
    const values = Array.from(
      { length: 25_000 },
      (_, i) => Math.sin(i / 9) + ((i * 7_919) % 97) / 50,
    );
    const [output, ...answers] = await Promise.all([
      ask<ScoreOutput>("POST", path, { detector: "seasonal-hybrid-esd", values }),
      ...Array.from({ length: 5 }, () => send("GET", "/api/analytics/status")),
    ]);
    expect(output.results[0]?.scores).toHaveLength(25_000);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  }, 60_000);

  it.each([
    [{ detector: "oracle", values: quiet }, 400, "INPUT_INVALID"],
    [{ values: quiet.slice(0, 9) }, 400, "INPUT_INVALID"],
    [{ values: [...quiet, "x"] }, 400, "INPUT_INVALID"],
    [{ values: quiet, threshold: 0 }, 400, "INPUT_INVALID"],
    [{ values: quiet, season: 1 }, 400, "INPUT_INVALID"],
    [{}, 422, "SERIES_UNFIT"],
    [{ features: { a: quiet, b: quiet.slice(1) } }, 422, "SERIES_UNFIT"],
    [{ values: quiet, windows: [[5, 900]] }, 422, "SERIES_UNFIT"],
  ])("refuses what does not fit %#", async (body, status, code) => {
    const answer = await send("POST", path, body);
    expect(problemSchema.parse(await answer.json())).toMatchObject({ status, code });
  });
});

describe("a session", () => {
  it("judges readings line by line, and streams them", async () => {
    const { session } = await fed(quiet);
    const controller = new AbortController();
    const watch = await fetch(platform.url(`${sessionsPath}/${session.id}/watch`, analyticsPort), {
      signal: controller.signal,
    });
    const reader = watch.body!.pipeThrough(new TextDecoderStream()).getReader();
    const { verdicts } = await ask<{ verdicts: SessionVerdict[] }>(
      "POST",
      `${sessionsPath}/${session.id}/readings`,
      { readings: [{ values: { queue: 80 } }] },
    );
    expect(verdicts).toMatchObject([{ alarm: true, unusual: ["queue"] }]);
    let text = "";
    while (!text.includes(`"readings":${quiet.length + 1}`))
      text += (await reader.read()).value ?? "";
    controller.abort();
    expect(await ask("DELETE", `${sessionsPath}/${session.id}`)).toHaveProperty("sessions");
    const gone = await send("GET", `${sessionsPath}/${session.id}`);
    expect(problemSchema.parse(await gone.json()).code).toBe("SESSION_UNKNOWN");
  });
});

describe("a label", () => {
  it("of a false alarm raises the threshold of its series, and can be taken back", async () => {
    const { session } = await fed([...quiet, 40]);
    const [series = ""] = session.series;
    const { anomalies } = await ask<{ anomalies: Anomaly[] }>(
      "GET",
      `/api/analytics/anomalies?series=${series}`,
    );
    const path = `/api/analytics/anomalies/${anomalies[0]?.id}`;
    const labelled = await ask<Anomaly>("POST", `${path}/label`, { verdict: "false alarm" });
    expect(labelled.label).toMatchObject({ verdict: "false alarm", note: "" });
    expect(await ask("GET", path)).toEqual(labelled);
    const report = await ask<Feedback>("GET", "/api/analytics/anomaly-feedback");
    const factor = report.adjustments.find((each) => each.series === series)?.factor;
    expect(factor).toBeGreaterThan(1);
    const live = report.detectors.find(({ detector }) => detector === "live");
    expect(live).toMatchObject({ falseAlarms: 1, precision: 0 });
    // Every detector gave its opinion with the label.
    expect(
      report.detectors.some(
        ({ detector, falseAlarms }) => detector !== "live" && falseAlarms === 1,
      ),
    ).toBe(true);
    await ask("DELETE", `${path}/label`);
    expect((await ask<Feedback>("GET", "/api/analytics/anomaly-feedback")).labels).toEqual([]);
  });

  it.each([
    ["999999999", { verdict: "false alarm" }, 404, "ANOMALY_UNKNOWN"],
    ["x", { verdict: "false alarm" }, 400, "INPUT_INVALID"],
    ["1", { verdict: "perhaps" }, 400, "INPUT_INVALID"],
    ["1", { verdict: "true alarm", note: "x".repeat(501) }, 400, "INPUT_INVALID"],
  ])("for %s with %j answers %i %s", async (id, body, status, code) => {
    const answer = await send("POST", `/api/analytics/anomalies/${id}/label`, body);
    expect(problemSchema.parse(await answer.json())).toMatchObject({ status, code });
  });
});
