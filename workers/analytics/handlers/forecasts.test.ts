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
import { ForecastThreads } from "./forecast-threads.ts";
import { forecastsRouter } from "./forecasts.ts";

const threads = new ForecastThreads();
afterAll(() => threads.close());
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
const router = forecastsRouter(kit as Parameters<typeof forecastsRouter>[0], observer, threads);

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
});
