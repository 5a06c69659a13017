import { describe, expect, it } from "vitest";
import type { PlatformState } from "../../service/contract.ts";
import { predictExamples, predictInputSchema, predictOutputSchema } from "../contract.ts";
import { insightsFrom } from "../core/insights.ts";
import { Observer } from "../core/observer.ts";
import { forecastLimits } from "../limits.ts";
import { Predictor } from "./predict.ts";

function fixture(breathe = () => Promise.resolve()) {
  let monotonicMs = 0;
  const time = { now: 1_000 };
  const host = { now: () => time.now, monotonicMs: () => (monotonicMs += 0.5), breathe };
  const observer = new Observer();
  return { time, observer, predictor: new Predictor(host, observer) };
}

function feed(observer: Observer, seconds: number, cpu: (second: number) => number): void {
  for (let second = 0; second < seconds; second += 1) {
    observer.observe({
      at: second * 1_000,
      process: { cpuFraction: cpu(second), residentBytes: 1e8, cores: 2 },
      threads: [],
    } as unknown as PlatformState);
  }
}

describe("predict", () => {
  it.each(Object.entries(predictExamples))("answers the example '%s'", async (_, example) => {
    const output = await fixture().predictor.predict(predictInputSchema.parse(example));
    expect(predictOutputSchema.parse(output)).toEqual(output);
  });

  it("invents nothing before it has seen enough, and says how much is missing", async () => {
    const { observer, predictor } = fixture();
    const none = await predictor.predict({});
    expect(none.subject).toBe("platform load");
    expect(none.forecasts.map(({ series, status }) => [series, status])).toEqual([
      ["platform.requests", "not enough data"],
      ["platform.cpu", "not enough data"],
    ]);
    feed(observer, 12, () => 0.2);
    const [, cpu] = (await predictor.predict({})).forecasts;
    expect(cpu).toMatchObject({ observations: 12, points: [], model: null, latest: 0.2 });
    expect(cpu?.notes[0]).toContain("Only 12 readings");
  });

  it("forecasts the platform's own load once it has", async () => {
    const { observer, predictor } = fixture();
    feed(observer, 60, (second) => 0.2 + 0.001 * (second % 7));
    const [, cpu] = (await predictor.predict({ horizon: 5, level: 0.9 })).forecasts;
    expect(cpu).toMatchObject({ status: "ok", observations: 40, level: 0.9, resolutionMs: 1_000 });
    expect(cpu?.points.map(({ at }) => at)).toEqual([60_000, 61_000, 62_000, 63_000, 64_000]);
    for (const { mean } of cpu?.points ?? []) expect(mean).toBeCloseTo(0.203, 2);
    expect(predictor.predictions).toBe(1);
  });

  it("never forecasts a load below nothing", async () => {
    const { observer, predictor } = fixture();
    feed(observer, 60, (second) => Math.max(0, 0.6 - second * 0.01));
    const [, cpu] = (await predictor.predict({ horizon: 40 })).forecasts;
    for (const { mean, lower } of cpu?.points ?? []) {
      expect(mean).toBeGreaterThanOrEqual(0);
      expect(lower).toBeGreaterThanOrEqual(0);
    }
  });

  it("gives the thread back between slices, and stops when nobody waits any more", async () => {
    let breaths = 0;
    const controller = new AbortController();
    const { predictor } = fixture(() => {
      breaths += 1;
      if (breaths === 5) controller.abort(new Error("gone"));
      return Promise.resolve();
    });
    const series = Array.from({ length: 200 }, (_, i) => i % 13);
    await expect(predictor.predict({ series }, controller.signal)).rejects.toThrow("gone");
    expect(breaths).toBe(5);
  });

  it("refuses more than may wait, and goes on after", async () => {
    const { predictor } = fixture();
    const series = [1, 2, 3, 4];
    const waiting = Array.from({ length: forecastLimits.queueMax }, () =>
      predictor.predict({ series }),
    );
    await expect(predictor.predict({ series })).rejects.toMatchObject({ code: "OVERLOADED" });
    await Promise.all(waiting);
    await expect(predictor.predict({ series })).resolves.toMatchObject({ subject: "given series" });
  });
});

describe("models and insights", () => {
  it("are computed again only when they are old", async () => {
    const { observer, predictor, time } = fixture();
    feed(observer, 60, () => 0.2);
    const first = await predictor.models();
    expect(await predictor.models()).toBe(first);
    time.now += forecastLimits.modelsMaxAgeMs + 1;
    expect(await predictor.models()).not.toBe(first);
  });

  it("say what comes, with the numbers they rest on", async () => {
    const { observer, predictor } = fixture();
    feed(observer, 60, (second) => 0.02 * second);
    const models = await predictor.models();
    const insights = insightsFrom({
      models,
      anomalies: [],
      alerts: [],
      events: [],
      at: 0,
      cores: 1,
    });
    const cpu = insights.find(({ series }) => series === "platform.cpu");
    expect(cpu).toMatchObject({
      level: "warning",
      title: "CPU of the platform: heading beyond 85 % of 1 core",
    });
    expect(cpu?.detail).toContain("In 30 s it is expected at 178 %");
    const requests = insights.find(({ series }) => series === "platform.requests");
    expect(requests).toMatchObject({ level: "info", action: null });
    expect(requests?.detail).toContain("0 of 30 readings");
  });
});
