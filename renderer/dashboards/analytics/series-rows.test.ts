import { expect, test } from "vitest";
import type { Anomaly, Forecast } from "../../../workers/analytics/contract.ts";
import { chartRows } from "./series-rows.ts";

const points = Array.from({ length: 1_000 }, (_, i) => ({
  at: i * 1_000,
  value: i === 500 ? null : i,
  score: 0,
  low: null,
  high: null,
}));

test("keeps the newest, all that is unusual, and no more than can be seen", () => {
  const anomalies = [{ since: 700_000, until: 702_000 } as Anomaly];
  const rows = chartRows({ points, anomalies, forecast: null, resolutionMs: 1_000 });
  expect(rows.length).toBeLessThanOrEqual(410);
  expect(rows.at(-1)).toEqual({ at: 999_000, values: { reading: 999 } });
  expect(rows.filter(({ values }) => "unusual" in values).map(({ at }) => at)).toEqual([
    699_000, 700_000, 701_000, 702_000,
  ]);
});

test("appends the part of a forecast that is still ahead", () => {
  const forecast = {
    points: [998_500, 1_000_000].map((at) => ({ at, mean: 2, lower: 1, upper: 3 })),
  } as unknown as Forecast;
  const rows = chartRows({ points, anomalies: [], forecast, resolutionMs: 1_000 });
  expect(rows.at(-1)).toEqual({ at: 1_000_000, values: { forecast: 2, lower: 1, upper: 3 } });
  expect(rows.at(-2)?.at).toBe(999_000);
});
