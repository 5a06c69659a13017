/** The forecasts' API over its real thread. */
import { call } from "@orpc/server";
import { afterAll, describe, expect, it } from "vitest";
import type { PlatformState } from "../../service/contract.ts";
import {
  compareInputSchema,
  compareOutputSchema,
  forecastExamples,
  forecastInputSchema,
  forecastMethodIds,
  forecastOutputSchema,
} from "../contract-forecasts.ts";
import { methodIds } from "../core/forecasting/methods.ts";
import { Observer } from "../core/observer.ts";
import { JobTable } from "../jobs/job-table.ts";
import { Jobs } from "../jobs/jobs.ts";
import { ForecastThreads } from "./forecast-threads.ts";
import { forecastsRouter } from "./forecasts.ts";

const threads = new ForecastThreads();
const clock = { now: () => 7, monotonicMs: () => performance.now() };
const jobs = new Jobs(clock, new JobTable(null, 7));
afterAll(async () => {
  jobs.close();
  await threads.close();
});
const observer = new Observer();
const state = (second: number) =>
  ({
    at: second * 1_000,
    // 2 MiB more a second: from 100 MiB the budget of 600 MiB is reached after 250 s.
    process: { cpuFraction: 0.5, residentBytes: (100 + 2 * second) * 2 ** 20, cores: 2 },
    threads: [],
  }) as unknown as PlatformState;
const seconds = 200;
for (let second = 0; second < seconds; second += 1) observer.observe(state(second));
const kit = { now: () => 7, platform: { state: () => state(seconds) } };
const router = forecastsRouter(
  kit as Parameters<typeof forecastsRouter>[0],
  observer,
  threads,
  jobs,
);

describe("forecasts", () => {
  it("lists every method it has", async () => {
    const { methods } = await call(router.methods, {});
    expect(methods.map(({ id }) => id)).toEqual([...forecastMethodIds]);
    expect([...methodIds]).toEqual([...forecastMethodIds]);
  });

  it.each(Object.entries(forecastExamples))(
    "answers the example '%s'",
    async (_, example) => {
      const output = await call(router.forecast, forecastInputSchema.parse(example));
      expect(forecastOutputSchema.parse(output)).toEqual(output);
      expect(output.points).toHaveLength("horizon" in example ? example.horizon : 12);
      expect(output.accuracy[0]!.method).toBe(output.method);
    },
    30_000,
  );

  it("sees when memory that grows steadily reaches its budget", async () => {
    const input = forecastInputSchema.parse({
      series: "platform.memory",
      horizon: 120,
      method: "holt",
      seasons: [],
      origins: 2,
    });
    const { reaches, resolutionMs, points } = await call(router.forecast, input);
    // 500 MiB at second 199, so 600 MiB come about 50 s later.
    const stepsMs = reaches!.expected! * resolutionMs!;
    expect(stepsMs).toBeGreaterThan(45_000);
    expect(stepsMs).toBeLessThan(56_000);
    expect(reaches!.expectedAt).toBe(points[reaches!.expected! - 1]!.at);
    expect(reaches!.earliest).toBeLessThanOrEqual(reaches!.expected!);
  });

  it("compares methods, best first, a pattern's own method before the naive one", async () => {
    const values = Array.from({ length: 48 }, (_, t) => 50 + t + [0, 9, -4, 2][t % 4]!);
    const input = compareInputSchema.parse({
      values,
      seasons: [4],
      horizon: 4,
      origins: 3,
      methods: ["naive", "ets", "seasonal-naive"],
    });
    const output = await call(router.compare, input);
    expect(compareOutputSchema.parse(output)).toEqual(output);
    expect(output.best).toBe("ets");
    expect(output.scores.map(({ method }) => method)).toEqual(["ets", "seasonal-naive", "naive"]);
    expect(output.scores[0]!.mase).toBeLessThan(0.1);
  });

  it("refuses values by their place, unknown series, and series that are too short", async () => {
    const forecast = (input: unknown) => call(router.forecast, forecastInputSchema.parse(input));
    await expect(forecast({ values: [1, 2, 3, null] })).rejects.toMatchObject({
      code: "VALUES_UNFIT",
      data: { issues: [{ path: "values.3" }] },
    });
    await expect(forecast({ values: [0, -1, 2, 4], method: "croston" })).rejects.toMatchObject({
      code: "VALUES_UNFIT",
    });
    await expect(forecast({ series: "platform.nothing" })).rejects.toMatchObject({
      code: "SERIES_UNKNOWN",
    });
    expect(forecastInputSchema.safeParse({}).success).toBe(false);
    expect(forecastInputSchema.safeParse({ values: [1, 2], series: "a.b" }).success).toBe(false);
  });

  it("is given up with its request, and the next one is served", async () => {
    const values = Array.from({ length: 2_000 }, (_, t) => Math.sin(t / 5) * 10 + (t % 7));
    const abort = new AbortController();
    const order = { values, seasons: [24], method: "arima", origins: 50 };
    const long = call(router.forecast, forecastInputSchema.parse(order), { signal: abort.signal });
    setTimeout(() => abort.abort(new Error("gone")), 200);
    await expect(long).rejects.toThrow("gone");
    const next = await call(
      router.forecast,
      forecastInputSchema.parse({ values: [1, 2, 3, 4, 5, 6], method: "naive" }),
    );
    expect(next.points[0]!.mean).toBe(6);
  }, 30_000);

  it("holds values back, forecasts without them and says how well it met them", async () => {
    const values = Array.from({ length: 40 }, (_, t) => 3 * t);
    const order = { values, seasons: [], horizon: 6, method: "drift", holdBack: 4, origins: 1 };
    const output = await call(router.forecast, forecastInputSchema.parse(order));
    expect(output.history).toEqual(values.slice(0, 36));
    expect(output.actual).toEqual(values.slice(36));
    // A straight line carried on is exact.
    expect(output.actualScore).toMatchObject({ mase: 0, sMape: 0 });
    const other = { ...order, values: [...values.slice(0, 36), 999, 999, 999, 999] };
    const unseen = await call(router.forecast, forecastInputSchema.parse(other));
    expect(unseen.points).toEqual(output.points);
    await expect(
      call(router.forecast, forecastInputSchema.parse({ ...order, holdBack: 39 })),
    ).rejects.toMatchObject({ code: "VALUES_UNFIT" });
  });

  it("takes the history apart into parts that add up to it", async () => {
    const pattern = [5, -3, 1, -3];
    const values = Array.from({ length: 60 }, (_, t) => 10 + t / 2 + pattern[t % 4]!);
    for (const seasons of [[4], []]) {
      const order = { values, seasons, method: "naive", origins: 1 };
      // One thread serves them in turn anyway.
      // oxlint-disable-next-line no-await-in-loop
      const output = await call(router.forecast, forecastInputSchema.parse(order));
      const { trend, seasonal, remainder } = output.decomposition!;
      expect(seasonal.map(({ season }) => season)).toEqual(seasons);
      for (const [t, value] of output.history.entries()) {
        const sum =
          trend[t]! + remainder[t]! + seasonal.reduce((total, part) => total + part.values[t]!, 0);
        expect(sum).toBeCloseTo(value, 9);
      }
      // The season that was put in comes out again.
      for (const part of seasonal) {
        // Loess bends at the ends of the series: within a twentieth of the season's height.
        for (const [t, y] of part.values.entries()) {
          expect(Math.abs(y - pattern[t % 4]!)).toBeLessThan(0.25);
        }
      }
    }
  });

  it("compares as a job that reports, ends with errors by step, and can be cancelled", async () => {
    const values = Array.from({ length: 48 }, (_, t) => 50 + t + [0, 9, -4, 2][t % 4]!);
    const order = { values, seasons: [4], horizon: 4, origins: 3, methods: ["naive", "theta"] };
    const { id } = await call(router.startComparison, compareInputSchema.parse(order));
    const seen: number[] = [];
    for await (const { fraction } of jobs.watch(id, undefined)) seen.push(fraction);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    const { job, result } = await call(router.comparison, { id });
    expect(job.state).toBe("done");
    const direct = await call(router.compare, compareInputSchema.parse(order));
    expect(result!.scores).toEqual(direct.scores);
    for (const { stepErrors, meanAbsoluteError } of result!.scores) {
      const mean = stepErrors.reduce((sum, error) => sum + error / stepErrors.length, 0);
      expect(stepErrors).toHaveLength(4);
      expect(mean).toBeCloseTo(meanAbsoluteError!, 9);
    }
    const long = {
      values: Array.from({ length: 2_000 }, (_, t) => Math.sin(t / 5) * 10 + (t % 7)),
      seasons: [24],
      methods: ["arima", "median"],
      origins: 50,
    };
    const started = await call(router.startComparison, compareInputSchema.parse(long));
    await expect(call(router.comparison, { id: started.id })).resolves.toMatchObject({
      result: null,
    });
    jobs.cancel(started.id);
    // The next one is served, so the thread was let go.
    const next = await call(router.startComparison, compareInputSchema.parse(order));
    for await (const { state: ended } of jobs.watch(next.id, undefined)) {
      expect(ended).not.toBe("failed");
    }
    expect(jobs.get(next.id).state).toBe("done");
    expect(jobs.get(started.id).state).toBe("cancelled");
  }, 60_000);
});
