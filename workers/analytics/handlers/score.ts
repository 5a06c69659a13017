/** Whole series judged by detectors, in a thread of their own. */
import { childThread } from "../../service/child-thread.ts";
import { problem } from "../../service/errors.ts";
import { JobError, JobThreads } from "../../service/job-threads.ts";
import { scoringLimits } from "../anomaly-limits.ts";
import {
  comparedReadingsMax,
  detectorIds,
  featuresMax,
  scoredReadingsMax,
  type ScoreInput,
  type ScoreOutput,
} from "../contract.ts";
import type { ScoreOrder } from "../core/anomaly/score-series.ts";
import { analyticsProblem } from "../errors.ts";
import type { ScoreOutcome } from "../scoring-thread.ts";

export class Scoring {
  readonly #threads: JobThreads<ScoreOrder, ScoreOutcome> = new JobThreads(
    childThread("analytics", "scoring-thread"),
    scoringLimits,
  );

  /** Rejects with a problem of the catalogue, or with the signal's reason. */
  async score(order: ScoreOrder, signal: AbortSignal | undefined): Promise<ScoreOutcome> {
    try {
      return await this.#threads.run(order, { signal });
    } catch (error) {
      if (!(error instanceof JobError)) throw error;
      if (error.reason === "busy") throw problem("OVERLOADED", error.message);
      if (error.reason === "overran") throw analyticsProblem("SCORING_TOO_LONG", error.message);
      throw error;
    }
  }

  async answer(input: ScoreInput, signal: AbortSignal | undefined): Promise<ScoreOutput> {
    const order = orderOf(input);
    const { results, computeMs } = await this.score(order, signal);
    const series = Object.values(order.features);
    const missing = series.reduce((sum, each) => sum + each.filter((v) => v === null).length, 0);
    return { readings: order.timesMs.length, missing, computeMs, results };
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}

/** @throws SERIES_UNFIT naming the field */
export function orderOf(input: ScoreInput): ScoreOrder {
  const { detector, intervalMs, threshold, likelihood, seed, season = null } = input;
  const features = featuresOf(input);
  const length = Object.values(features)[0]!.length;
  const count = length * Object.keys(features).length;
  const countMax = detector === "all" ? comparedReadingsMax : scoredReadingsMax;
  if (count > countMax) {
    throw unfit("detector", `${count} readings, where ${countMax} are the most for ${detector}.`);
  }
  const timesMs = input.times ?? Array.from({ length }, (_, i) => i * intervalMs);
  if (timesMs.length !== length) {
    throw unfit("times", `There are ${timesMs.length} times for ${length} readings.`);
  }
  const back = timesMs.findIndex((atMs, i) => i > 0 && atMs < timesMs[i - 1]!);
  if (back >= 0) throw unfit(`times.${back}`, "Times never run backwards.");
  const windows = input.windows === undefined ? null : windowsOf(input.windows, length);
  const detectors = detector === "all" ? detectorIds : [detector];
  const typical = length < 2 ? intervalMs : (timesMs.at(-1)! - timesMs[0]!) / (length - 1);
  const interval = input.times === undefined || typical === 0 ? intervalMs : typical;
  const tuning = { season, threshold, likelihood, seed, intervalMs: interval };
  return { detectors, features, timesMs, windows, ...tuning };
}

function featuresOf({ values, features }: ScoreInput): ScoreOrder["features"] {
  if ((values === undefined) === (features === undefined)) {
    throw unfit("values", "Give either `values` or `features`.");
  }
  if (features === undefined) return { value: values! };
  const names = Object.keys(features);
  if (names.length < 1 || names.length > featuresMax) {
    throw unfit("features", `1 to ${featuresMax} features, not ${names.length}.`);
  }
  const length = features[names[0]!]!.length;
  const ragged = names.find((name) => features[name]!.length !== length);
  if (ragged === undefined) return features;
  const has = features[ragged]!.length;
  throw unfit(`features.${ragged}`, `It has ${has} readings, where ${names[0]} has ${length}.`);
}

function windowsOf(
  windows: readonly (readonly [number, number])[],
  length: number,
): readonly (readonly [number, number])[] {
  let before = -1;
  for (const [index, [first, last]] of windows.entries()) {
    if (first <= before || last < first || last >= length) {
      throw unfit(
        `windows.${index}`,
        `Windows are apart, in order, and lie within 0 to ${length - 1}.`,
      );
    }
    before = last;
  }
  return windows;
}

function unfit(path: string, message: string) {
  return analyticsProblem("SERIES_UNFIT", message, { issues: [{ path, message }] });
}
