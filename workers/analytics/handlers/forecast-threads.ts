/** The threads that forecast on request. */
import { childThread } from "../../service/child-thread.ts";
import { problem } from "../../service/errors.ts";
import { JobError, type JobLimits, JobThreads } from "../../service/job-threads.ts";
import type { CompareOrder, ForecastOrder } from "../core/forecasting/order.ts";
import { analyticsProblem } from "../errors.ts";
import type { ForecastJob, ForecastOutcome, ForecastProgress } from "../forecast-thread.ts";
import { comparisonThreadLimits, forecastThreadLimits } from "../limits.ts";

type Outcome<Kind extends ForecastOutcome["kind"]> = Extract<ForecastOutcome, { kind: Kind }>;

export class ForecastThreads {
  readonly #threads = threadsWithin(forecastThreadLimits);
  /** Apart, so that a long comparison keeps no forecast waiting. */
  readonly #long = threadsWithin(comparisonThreadLimits);

  /** Rejects with a problem of the catalogue, or with the signal's reason. */
  async forecast(order: ForecastOrder, signal?: AbortSignal): Promise<Outcome<"forecast">> {
    const job = { kind: "forecast", order } as const;
    return (await settled(this.#threads, job, { signal })) as Outcome<"forecast">;
  }

  async compare(order: CompareOrder, signal?: AbortSignal): Promise<Outcome<"compare">> {
    const job = { kind: "compare", order } as const;
    return (await settled(this.#threads, job, { signal })) as Outcome<"compare">;
  }

  /** A comparison that may take minutes. */
  async compareAtLength(order: CompareOrder, options: Options): Promise<Outcome<"compare">> {
    const job = { kind: "compare", order } as const;
    return (await settled(this.#long, job, options)) as Outcome<"compare">;
  }

  async close(): Promise<void> {
    await Promise.all([this.#threads.close(), this.#long.close()]);
  }
}

type Threads = JobThreads<ForecastJob, ForecastOutcome, ForecastProgress>;

interface Options {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: ForecastProgress) => void;
}

function threadsWithin(limits: JobLimits): Threads {
  return new JobThreads(childThread("analytics", "forecast-thread"), limits);
}

async function settled(
  threads: Threads,
  job: ForecastJob,
  options: Options,
): Promise<ForecastOutcome> {
  let outcome: ForecastOutcome;
  try {
    outcome = await threads.run(job, options);
  } catch (error) {
    if (!(error instanceof JobError)) throw error;
    if (error.reason === "busy") throw problem("OVERLOADED", error.message);
    if (error.reason === "overran") throw analyticsProblem("FORECAST_TOO_LONG", error.message);
    throw error;
  }
  if (outcome.kind !== "refused") return outcome;
  const { message, index } = outcome;
  const issues = index === null ? [] : [{ path: `values.${index}`, message }];
  throw analyticsProblem("VALUES_UNFIT", message, { issues });
}
