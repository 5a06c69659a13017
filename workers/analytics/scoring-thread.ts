/** The thread that judges whole series; the analytics thread itself only hands out the work. */
import { serveJobs } from "../service/job-protocol.ts";
import type { DetectorResult } from "./contract.ts";
import { type ScoreOrder, scoreSeries } from "./core/anomaly/score-series.ts";

export interface ScoreOutcome {
  readonly results: DetectorResult[];
  readonly computeMs: number;
}

serveJobs<ScoreOrder, ScoreOutcome>((order) => {
  const began = performance.now();
  const results = scoreSeries(order);
  return { results, computeMs: performance.now() - began };
});
