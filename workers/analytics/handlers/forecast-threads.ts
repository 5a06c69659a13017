/** The threads that forecast on request. */
import { childThread } from "../../service/child-thread.ts";
import { problem } from "../../service/errors.ts";
import { JobError, JobThreads } from "../../service/job-threads.ts";
import type { CompareOrder, ForecastOrder } from "../core/forecasting/order.ts";
import { analyticsProblem } from "../errors.ts";
import type { ForecastJob, ForecastOutcome } from "../forecast-thread.ts";
import { forecastThreadLimits } from "../limits.ts";

type Outcome<Kind extends ForecastOutcome["kind"]> = Extract<ForecastOutcome, { kind: Kind }>;

export class ForecastThreads {
  readonly #threads = new JobThreads<ForecastJob, ForecastOutcome>(
    childThread("analytics", "forecast-thread"),
    forecastThreadLimits,
  );

  /** Rejects with a problem of the catalogue, or with the signal's reason. */
  async forecast(order: ForecastOrder, signal?: AbortSignal): Promise<Outcome<"forecast">> {
    return (await this.#run({ kind: "forecast", order }, signal)) as Outcome<"forecast">;
  }

  async compare(order: CompareOrder, signal?: AbortSignal): Promise<Outcome<"compare">> {
    return (await this.#run({ kind: "compare", order }, signal)) as Outcome<"compare">;
  }

  close(): Promise<void> {
    return this.#threads.close();
  }

  async #run(job: ForecastJob, signal: AbortSignal | undefined): Promise<ForecastOutcome> {
    const outcome = await this.#settled(job, signal);
    if (outcome.kind !== "refused") return outcome;
    const { message, index } = outcome;
    const issues = index === null ? [] : [{ path: `values.${index}`, message }];
    throw analyticsProblem("VALUES_UNFIT", message, { issues });
  }

  async #settled(job: ForecastJob, signal: AbortSignal | undefined): Promise<ForecastOutcome> {
    try {
      return await this.#threads.run(job, { signal });
    } catch (error) {
      if (!(error instanceof JobError)) throw error;
      if (error.reason === "busy") throw problem("OVERLOADED", error.message);
      if (error.reason === "overran") throw analyticsProblem("FORECAST_TOO_LONG", error.message);
      throw error;
    }
  }
}
